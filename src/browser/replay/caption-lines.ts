import { clockOf } from "../../core/moment.ts";
import { type Cue, parseCues } from "../../core/wire/cues.ts";
import { button, element } from "../page/elements.ts";
import { hide } from "../page/focus.ts";
import { part } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** Whoever scrolled the lines himself reads on there for so long, in ms. */
const READING_MS = 6_000;

/** What was said, line by line; the one that is said now is marked, and each leads to its moment. */
export class CaptionLines {
  readonly #box = part("caption-lines", HTMLElement);
  #cues: readonly Cue[] = [];
  #lines: readonly HTMLButtonElement[] = [];
  #now = -1;
  #readingUntil = 0;
  readonly #seek: (ms: number) => void;

  constructor(seek: (ms: number) => void) {
    this.#seek = seek;
    for (const gesture of ["wheel", "touchmove", "keydown"]) {
      this.#box.addEventListener(gesture, () => (this.#readingUntil = performance.now() + READING_MS), { passive: true });
    }
  }

  /** @param file WebVTT; undefined if it could not be had */
  show(file: string | undefined): void {
    this.#cues = file === undefined ? [] : parseCues(file);
    this.#lines = this.#cues.map((cue) => this.#line(cue));
    this.#now = -1;
    this.#box.replaceChildren(...this.#lines);
    hide(part("captions", HTMLElement), this.#lines.length === 0);
  }

  /** Marks what is said at that moment. */
  follow(positionMs: number): void {
    const now = this.#cues.findLastIndex(({ fromMs }) => fromMs <= positionMs);
    if (now === this.#now) return;
    this.#lines[this.#now]?.removeAttribute("aria-current");
    this.#now = now;
    const line = this.#lines[now];
    line?.setAttribute("aria-current", "true");
    if (line === undefined || performance.now() < this.#readingUntil) return;
    // The box alone scrolls: scrollIntoView would take the whole page with it.
    this.#box.scrollTop = line.offsetTop - this.#box.clientHeight / 2 + line.offsetHeight / 2;
  }

  #line({ fromMs, name, text }: Cue): HTMLButtonElement {
    const time = element("time", { text: clockOf(fromMs) });
    time.setAttribute("aria-label", words.replay.length(fromMs));
    const said = element("span", { dir: "auto" }, ...(name === undefined ? [] : [element("b", { text: `${name}: ` })]), text);
    return button({ class: "caption" }, () => this.#seek(fromMs), time, said);
  }
}
