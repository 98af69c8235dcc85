import type { WaitingHand } from "../../core/wire/messages.ts";
import { button, element, List, type Row } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { beside, card } from "./card.ts";
import { Menu } from "./menu.ts";
import { removeAsking } from "./removing.ts";
import type { Ask, Panel } from "./shown.ts";

const say = words.panel;

/** Whose hand is up, and who was asked up and has not come yet. Who came first stands first. */
export function handsCard(ask: Ask): Panel {
  const nobody = element("p", { class: "hint", text: say.noHands });
  const hands = element("ul", { class: "people" });
  const whole = card(say.hands, nobody, hands);
  const number = beside(whole.querySelector("h2"));
  whole.tabIndex = -1;
  const list = new List<WaitingHand>(
    hands,
    ({ session }) => session,
    (hand) => row(ask, hand),
  );
  return {
    element: whole,
    show: ({ hands: state }) => {
      const waiting = state?.hands ?? [];
      nobody.hidden = waiting.length > 0;
      number.hidden = waiting.length === 0;
      write(number, words.count.plain(waiting.length));
      list.show(waiting, () => whole);
    },
  };
}

function row(ask: Ask, { session }: WaitingHand): Row<WaitingHand> {
  const name = element("b", { dir: "auto" });
  const about = element("small");
  const invite = button({ class: "primary", text: say.invite }, () => ask({ type: "invite", session }));
  const decline = button({}, () => ask({ type: "decline", session }));
  const menu = new Menu();
  return {
    element: element("li", { class: "hand" }, element("span", { class: "who" }, name, about), invite, decline, ...menu.parts),
    show: (hand) => {
      const isInvited = hand.state === "invited";
      write(name, hand.name);
      write(about, isInvited ? say.invited : "");
      invite.hidden = isInvited;
      invite.setAttribute("aria-label", say.to(say.invite, hand.name));
      write(decline, isInvited ? say.takeBack : say.decline);
      decline.setAttribute("aria-label", say.to(isInvited ? say.takeBack : say.decline, hand.name));
      menu.show(say.more(hand.name), [{ says: `${say.remove} …`, work: () => removeAsking(ask, hand), grave: true }]);
    },
  };
}
