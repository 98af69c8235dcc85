import { initialOf, tintOf } from "../../core/say/face.ts";
import type { OnStage } from "../../core/wire/messages.ts";
import { sayRole, sayState } from "../listen/faces.ts";
import { button, element, icon, List, type Row } from "../page/elements.ts";
import { hide } from "../page/focus.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { sayLoss } from "../stage/say-studio.ts";
import type { Studio } from "../stage/studio.ts";
import { card } from "./card.ts";
import { confirm } from "./confirm.ts";
import { Menu } from "./menu.ts";
import { removeAsking } from "./removing.ts";
import { type Ask, allowed, type Panel } from "./shown.ts";

const say = words.panel;

/** Who is on stage, how their lines do, and what may be done with each. */
export function stageCard(ask: Ask): Panel {
  const people = element("ul", { class: "people" });
  const nobody = element("p", { class: "hint", text: say.nobody });
  const muteAll = button({ text: say.muteAll }, () => ask({ type: "mute-all", lock: false }));
  const whole = card(say.stage, nobody, people, element("div", { class: "row" }, muteAll));
  let studio: Studio | undefined;
  const list = new List<OnStage>(
    people,
    ({ session }) => session,
    () => row(ask, () => studio),
  );
  return {
    element: whole,
    show: (now) => {
      studio = now;
      const onStage = now.stage?.speakers ?? [];
      nobody.hidden = onStage.length > 0;
      list.show(onStage, () => muteAll);
      hide(muteAll, onStage.length < 3 || !allowed(now, "mute-all"));
    },
  };
}

function row(ask: Ask, studio: () => Studio | undefined): Row<OnStage> {
  const face = element("span", { class: "face small" });
  face.setAttribute("aria-hidden", "true");
  const name = element("b", { dir: "auto" });
  const about = element("small");
  const mute = button(
    { class: "round" },
    () => one !== undefined && ask({ type: "mute", session: one.session, muted: one.state !== "muted" }),
  );
  const menu = new Menu();
  const who = element("span", { class: "who" }, name, about);
  let one: OnStage | undefined;
  return {
    element: element("li", {}, face, who, mute, ...menu.parts),
    show: (now) => {
      one = now;
      const known = studio();
      if (known === undefined) return;
      const isMine = now.session === known.session;
      write(face, initialOf(now.name));
      face.dataset["tint"] = String(tintOf(now.name));
      write(name, now.name);
      const line = known.quality?.lines.find(({ session }) => session === now.session);
      const parts = [sayRole(now, isMine), sayState(now), line === undefined ? "" : sayLoss(line)];
      write(about, parts.filter((part) => part !== "").join(" · "));
      const isMuted = now.state === "muted";
      mute.hidden = isMine || now.state === "away" || !allowed(known, "mute", now);
      mute.setAttribute("aria-label", isMuted ? say.unmuteWho(now.name) : say.muteWho(now.name));
      mute.setAttribute("aria-pressed", String(isMuted));
      const wanted = isMuted ? "mic-off" : "mic";
      if (mute.dataset["icon"] !== wanted) mute.replaceChildren(icon(wanted));
      mute.dataset["icon"] = wanted;
      menu.show(say.more(now.name), isMine ? [] : choices(ask, known, now));
    },
  };
}

function choices(ask: Ask, studio: Studio, one: OnStage): Parameters<Menu["show"]>[1] {
  const { session, name, role, rank } = one;
  const may = (verb: Parameters<typeof allowed>[1]) => allowed(studio, verb, one);
  const appoint = ([1, 2] as const).map((place) =>
    may("appoint") && rank !== place ? { says: say.appoint(place), work: () => ask({ type: "appoint", session, rank: place }) } : undefined,
  );
  const transfer = () =>
    confirm({
      title: say.transferTitle(name),
      says: say.transferSays,
      yes: say.transferYes,
      work: () => ask({ type: "transfer", session }),
    });
  return [
    may("mute") ? { says: say.muteLock, work: () => ask({ type: "mute", session, muted: true, lock: true }) } : undefined,
    ...appoint,
    role === "co-host" && may("dismiss") ? { says: say.dismiss, work: () => ask({ type: "dismiss", session }) } : undefined,
    may("transfer") ? { says: say.transfer, work: transfer } : undefined,
    may("demote") ? { says: say.demote, work: () => ask({ type: "demote", session }) } : undefined,
    may("remove") ? { says: `${say.remove} …`, work: () => removeAsking(ask, one), grave: true } : undefined,
  ];
}
