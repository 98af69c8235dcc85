import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { SessionId } from "../../core/ids.ts";
import { initialOf, tintOf } from "../../core/say/face.ts";
import type { OnStage } from "../../core/wire/messages.ts";
import { element, icon, List, type Row } from "../page/elements.ts";
import { write } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { Rings } from "./rings.ts";

/** The cards of who is on stage. */
export class Faces {
  readonly #list: List<OnStage>;
  readonly #parent: HTMLElement;
  readonly #rings = new Rings<number>();
  #mine: SessionId | undefined;
  #isFirst = true;

  /** @param parent may hold cards that the edge wrote; the first news replaces them */
  constructor(parent: HTMLElement) {
    this.#parent = parent;
    this.#list = new List(
      parent,
      ({ voice }) => String(voice),
      (one) => this.#card(one),
    );
  }

  /** @param mine whose card is one's own */
  show(onStage: readonly OnStage[], mine?: SessionId): void {
    if (this.#isFirst) this.#parent.replaceChildren();
    this.#isFirst = false;
    this.#mine = mine;
    this.#parent.toggleAttribute("data-few", onStage.length < 3);
    this.#rings.keep((voice) => onStage.some((one) => one.voice === voice));
    this.#list.show(onStage);
  }

  /** What sounds just now. */
  heard(levels: readonly VoiceLevel[]): void {
    for (const { voice, rms } of levels) this.#rings.heard(voice, rms);
  }

  /** Once per animation frame. */
  frame(): void {
    this.#rings.frame();
  }

  #card({ voice }: OnStage): Row<OnStage> {
    const initial = element("span");
    const off = element("span", { class: "off" }, icon("mic-off"));
    const face = element("span", { class: "face" }, initial, off);
    face.setAttribute("aria-hidden", "true");
    const name = element("b", { class: "name", dir: "auto" });
    const role = element("small");
    const state = element("small", { class: "state" });
    this.#rings.follow(voice, face);
    return {
      element: element("li", { class: "speaker" }, face, name, role, state),
      show: (one) => {
        write(initial, initialOf(one.name));
        face.dataset["tint"] = String(tintOf(one.name));
        off.hidden = one.state !== "muted";
        write(name, one.name);
        write(role, sayRole(one, one.session === this.#mine));
        write(state, sayState(one));
        const card = name.parentElement;
        if (card !== null) card.dataset["state"] = one.state;
      },
    };
  }
}

/** What somebody on stage is there. */
export function sayRole({ role, rank }: Pick<OnStage, "role" | "rank">, isMine: boolean): string {
  const { people } = words;
  const said = role === "co-host" && rank !== undefined ? people.ranked(rank) : people.role[role];
  return isMine ? `${said} · ${people.you}` : said;
}

/** Why somebody on stage is not heard, and whether he stands by; empty if he may be heard like everybody. */
export function sayState({ state, muteLocked, standby, steppedIn }: OnStage): string {
  const { people } = words;
  const why = state === "muted" && muteLocked === true ? people.held : people.state[state];
  const by = standby !== true ? "" : steppedIn === true ? people.steppedIn : people.standby;
  return [by, why].filter((part) => part !== "").join(" · ");
}
