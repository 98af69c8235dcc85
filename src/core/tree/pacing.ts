import type { LocalTime } from "../ids.ts";
import { formatStatus } from "./greeting.ts";

/** While chunks come later than this, in ms, nobody is told that the stride has changed. */
const HASTE_MS = 100;
/** At a stride above 1 numbers of listeners are told this seldom, in ms: each text costs as much as a send of sound. */
const COUNTS_MS = 10_000;

/** The texts of a leaf that can wait: a word to everybody is a send to everybody, and under load there is no time for it. */
export class Pacing {
  #toldStride: number | undefined = 1;
  #count: string | undefined;
  #countedAt: LocalTime | undefined;

  /** True while a number waits to be told. */
  get waits(): boolean {
    return this.#count !== undefined;
  }

  /** What was told before a sleep is not known any more: the stride is told anew. */
  doubt(): void {
    this.#toldStride = undefined;
  }

  /** The newest number of listeners, to be told later. */
  hold(count: string): void {
    this.#count = count;
  }

  /** What has waited is told now, whatever the load. */
  release(): readonly string[] {
    const count = this.#count;
    this.#count = undefined;
    return count === undefined ? [] : [count];
  }

  /** What is to be told in this second: that the stride is another one now, and the number that waited long enough. */
  second(stride: number, lateMs: number, roomTimeMs: number, now: LocalTime): readonly string[] {
    const texts: string[] = [];
    if (stride !== this.#toldStride && lateMs < HASTE_MS) {
      this.#toldStride = stride;
      texts.push(formatStatus(stride, roomTimeMs));
    }
    if (this.#count === undefined || now - (this.#countedAt ?? 0) < COUNTS_MS) return texts;
    this.#countedAt = now;
    return [...texts, ...this.release()];
  }
}
