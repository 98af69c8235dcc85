import type { VoiceLevel } from "../core/audio/mixer.ts";
import type { SessionId } from "../core/ids.ts";
import { initialOf, tintOf } from "../core/say/face.ts";
import type { OnStage } from "../core/wire/messages.ts";
import { element, icon, List, type Row } from "./elements.ts";
import { write } from "./parts.ts";
import { words } from "./words.ts";

/** A ring's level falls by this part per frame when a voice pauses: quick to rise, calm to fall. */
const RING_FALL = 0.88;
/** A voice this loud fills the ring: −16 dBFS. */
const FULL_RMS = 0.15;
/** Below this a ring is as good as still, and is left alone. */
const STILL = 0.004;

/** The cards of who is on stage. A frame changes one CSS variable of who sounds, and nothing else. */
export class Faces {
  readonly #list: List<OnStage>;
  readonly #parent: HTMLElement;
  readonly #levels = new Map<number, number>();
  readonly #rings = new Map<number, HTMLElement>();
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
    for (const voice of this.#rings.keys()) if (!onStage.some((one) => one.voice === voice)) this.#rings.delete(voice);
    this.#list.show(onStage);
  }

  /** What sounds just now. */
  heard(levels: readonly VoiceLevel[]): void {
    for (const { voice, rms } of levels) this.#levels.set(voice, Math.max(this.#levels.get(voice) ?? 0, Math.min(1, rms / FULL_RMS)));
  }

  /** Once per animation frame. */
  frame(): void {
    for (const [voice, level] of this.#levels) {
      this.#rings.get(voice)?.style.setProperty("--level", level < STILL ? "0" : level.toFixed(3));
      if (level < STILL) this.#levels.delete(voice);
      else this.#levels.set(voice, level * RING_FALL);
    }
  }

  #card({ voice }: OnStage): Row<OnStage> {
    const initial = element("span");
    const off = element("span", { class: "off" }, icon("mic-off"));
    const face = element("span", { class: "face" }, initial, off);
    face.setAttribute("aria-hidden", "true");
    const name = element("b", { class: "name", dir: "auto" });
    const role = element("small");
    const state = element("small", { class: "state" });
    this.#rings.set(voice, face);
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
