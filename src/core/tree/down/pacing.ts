import type { LocalTime } from "../../ids.ts";
import { formatStatus } from "./greeting.ts";

/** While chunks come later than this, in ms, nobody is told that the stride has changed. */
const HASTE_MS = 100;
/**
 * At a stride above 1 these texts are told this seldom, in ms: each costs as much as a send of sound. Numbers of listeners can wait; captions
 * are told once for four sends of sound, and where more than four lines end in that time, the older ones are not seen.
 */
const EVERY_MS = { audience: () => 10_000, captions: (stride: number) => 400 * stride } as const;
type Waits = keyof typeof EVERY_MS;

/** The texts of a leaf that can wait: a word to everybody is a send to everybody, and under load there is no time for it. */
export class Pacing {
  #toldStride: number | undefined = 1;
  readonly #waiting = new Map<Waits, string>();
  readonly #toldAt = new Map<Waits, LocalTime>();

  /** True while something waits to be told. */
  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  /** What was told before a sleep is not known any more: the stride is told anew. */
  doubt(): void {
    this.#toldStride = undefined;
  }

  /** The newest text of its type, to be told later. */
  hold(type: Waits, text: string): void {
    this.#waiting.set(type, text);
  }

  /** What waits of this type is no news any more. */
  drop(type: string): void {
    if (canWait(type)) this.#waiting.delete(type);
  }

  /** What has waited is told now, whatever the load. */
  release(): readonly string[] {
    const texts = [...this.#waiting.values()];
    this.#waiting.clear();
    return texts;
  }

  /** What is to be told in this second: that the stride is another one now, and what waited long enough. */
  second(stride: number, lateMs: number, roomTimeMs: number, now: LocalTime): readonly string[] {
    const texts: string[] = [];
    if (stride !== this.#toldStride && lateMs < HASTE_MS) {
      this.#toldStride = stride;
      texts.push(formatStatus(stride, roomTimeMs));
    }
    for (const [type, text] of this.#waiting) {
      if (now - (this.#toldAt.get(type) ?? 0) < EVERY_MS[type](stride)) continue;
      this.#toldAt.set(type, now);
      this.#waiting.delete(type);
      texts.push(text);
    }
    return texts;
  }
}

/** True of a text that can wait, by its type. */
export function canWait(type: string): type is Waits {
  return Object.hasOwn(EVERY_MS, type);
}
