import { part } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** How loud a page sounds: a range, and a button that makes it silent. */
export class VolumeKnob {
  readonly #range = part("volume-range", HTMLInputElement);
  readonly #mute = part("mute", HTMLButtonElement);
  readonly #set: (volume: number) => void;
  #muted = false;

  /** @param set 0 silent, 1 as it was spoken */
  constructor(set: (volume: number) => void) {
    this.#set = set;
    this.#mute.onclick = () => this.toggle();
    this.#range.oninput = () => this.#turn(false);
  }

  /** True while the listener made the page silent himself. */
  get silenced(): boolean {
    return this.#muted || this.#range.value === "0";
  }

  toggle(): void {
    this.#turn(!this.#muted);
  }

  #turn(muted: boolean): void {
    this.#muted = muted;
    this.#set(muted ? 0 : Number(this.#range.value) / 100);
    this.#mute.setAttribute("aria-pressed", String(muted));
    this.#mute.setAttribute("aria-label", muted ? words.listener.unmute : words.listener.mute);
    this.#mute.querySelector("use")?.setAttribute("href", muted ? "#i-sound-off" : "#i-sound");
  }
}
