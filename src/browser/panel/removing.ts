import type { SessionId } from "../../core/ids.ts";
import { element } from "../page/elements.ts";
import { words } from "../page/words.ts";
import { confirm } from "./confirm.ts";
import type { Ask } from "./shown.ts";

const say = words.panel;

/** Asks how to remove somebody: only now, or for good, or with all who come from where he comes from. Says what that is worth. */
export function removeAsking(ask: Ask, { session, name }: { readonly session: SessionId; readonly name: string }): void {
  const ban = element("input");
  const address = element("input");
  for (const box of [ban, address]) box.type = "checkbox";
  const warning = element("p", { class: "note warn", text: say.addressWarning });
  const follow = () => {
    address.disabled = !ban.checked;
    if (!ban.checked) address.checked = false;
    warning.hidden = !address.checked;
  };
  ban.onchange = follow;
  address.onchange = follow;
  follow();
  confirm({
    title: say.removeTitle(name),
    says: say.removeSays,
    yes: say.removeYes,
    more: [
      element("label", { class: "check" }, ban, element("span", { text: say.banToo })),
      element("label", { class: "check" }, address, element("span", { text: say.address })),
      warning,
    ],
    work: () => ask(ban.checked ? { type: "ban", session, address: address.checked } : { type: "remove", session }),
  });
}
