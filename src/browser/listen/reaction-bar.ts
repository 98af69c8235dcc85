import { isReaction, type Reaction } from "../../core/tree/people/reactions.ts";
import type { ReactionsState } from "../../core/wire/messages.ts";
import { element, icon } from "../page/elements.ts";
import { part, writeOrHide } from "../page/parts.ts";
import { words } from "../page/words.ts";
import { ReactionShow } from "./reaction-show.ts";

/** Most that are on screen at once. */
const MOST_FLOATS = 40;
/** What one state brought rises over this time, until the next comes, in ms. */
const SPREAD_MS = 900;
/** Two taps of one person that are closer than this count once, in ms: the leaf takes twenty texts a second of all kinds. */
const TAP_MS = 120;

/** The row of reactions, and what rises above it: living, bounded, and counts instead where motion is not wanted. */
export class ReactionBar {
  readonly #bar = part("reactions", HTMLFieldSetElement);
  readonly #floats = part("floats", HTMLElement);
  readonly #still = window.matchMedia("(prefers-reduced-motion: reduce)");
  readonly #show = new ReactionShow();
  #shown: ReactionsState | undefined;
  #tappedAt = 0;

  /** @param say tells the room; false if that cannot be done just now */
  constructor(say: (reaction: Reaction) => boolean) {
    for (const one of this.#bar.querySelectorAll<HTMLButtonElement>("[data-reaction]")) {
      const reaction = one.dataset["reaction"];
      if (!isReaction(reaction)) continue;
      one.onclick = () => {
        if (performance.now() - this.#tappedAt < TAP_MS || !say(reaction)) return;
        this.#tappedAt = performance.now();
        this.#show.tapped(reaction);
        this.#rise(reaction, 0);
      };
    }
  }

  /** @param open whether reactions can be given now */
  show(state: ReactionsState | undefined, open: boolean): void {
    this.#bar.hidden = !open;
    if (state === undefined || state === this.#shown) return;
    this.#shown = state;
    for (const { reaction, times } of this.#show.told(state.counts)) {
      for (let nth = 0; nth < times; nth++) this.#rise(reaction, Math.random() * SPREAD_MS);
    }
    for (const [reaction, count] of Object.entries(state.counts)) {
      writeOrHide(part(`tally-${reaction}`, HTMLElement), this.#still.matches && count > 0 ? words.count.plain(count) : undefined);
    }
  }

  #rise(reaction: Reaction, inMs: number): void {
    if (this.#still.matches || document.visibilityState !== "visible") return;
    setTimeout(() => {
      if (this.#floats.childElementCount >= MOST_FLOATS) return;
      const float = element("span", { class: "float", data: { reaction } }, icon(reaction));
      const across = this.#bar.querySelector(`[data-reaction="${reaction}"]`)?.getBoundingClientRect();
      const left = across === undefined ? 0 : across.left - this.#floats.getBoundingClientRect().left + across.width / 2 - 12;
      float.style.setProperty("--from", `${Math.round(left + (Math.random() - 0.5) * 40)}px`);
      float.style.setProperty("--sway", ((Math.random() - 0.5) * 5).toFixed(2));
      float.style.setProperty("--size", `${(0.9 + Math.random() * 0.7).toFixed(2)}rem`);
      float.style.setProperty("--for", `${Math.round(2_100 + Math.random() * 1_100)}ms`);
      float.addEventListener("animationend", () => float.remove());
      this.#floats.append(float);
    }, inMs);
  }
}
