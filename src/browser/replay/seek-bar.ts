import { clockOf } from "../../core/moment.ts";
import { part, write } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** The bar on which one sees and says where in the recording one is. */
export class SeekBar {
  readonly #range = part("seek", HTMLInputElement);
  readonly #at = part("at", HTMLElement);
  readonly #of = part("of", HTMLElement);
  #isHeld = false;

  /** @param seek where the listener let go of it, in ms */
  constructor(seek: (ms: number) => void) {
    // While it is dragged it shows where one would land; what sounds goes on.
    this.#range.oninput = () => {
      this.#isHeld = true;
      this.#write(Number(this.#range.value) * 1_000, Number(this.#range.max) * 1_000);
    };
    this.#range.onchange = () => {
      this.#isHeld = false;
      seek(Number(this.#range.value) * 1_000);
    };
  }

  /** @param isReady one may seek */
  show(positionMs: number, durationMs: number, isReady: boolean): void {
    this.#range.disabled = !isReady;
    this.#range.max = String(Math.max(1, Math.ceil(durationMs / 1_000)));
    write(this.#of, durationMs > 0 ? clockOf(durationMs) : "");
    if (this.#isHeld) return;
    this.#range.value = String(Math.floor(positionMs / 1_000));
    this.#write(positionMs, durationMs);
  }

  #write(ms: number, durationMs: number): void {
    const { length, at } = words.replay;
    write(this.#at, clockOf(ms));
    const text = at(length(ms), length(durationMs));
    if (this.#range.getAttribute("aria-valuetext") !== text) this.#range.setAttribute("aria-valuetext", text);
    this.#range.style.setProperty("--at", (durationMs > 0 ? Math.min(1, ms / durationMs) : 0).toFixed(4));
  }
}
