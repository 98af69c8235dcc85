import type { Hearing } from "./hearing.ts";

/** Sound that stops for less than this is a pause, not an end, in ms. */
const PAUSE_MS = 4_000;

/** When to tell that sound really comes out, or that it does no more: after each welcome once, then when it changes, and not for a pause. */
export class Ears {
  #told: boolean | undefined;
  #after: number | undefined;
  #soundAt = Number.NEGATIVE_INFINITY;

  /**
   * What to tell now; undefined if the leaf knows already.
   *
   * @param silenced the listener made the page silent himself
   */
  news(hearing: Hearing, silenced: boolean, now: number): boolean | undefined {
    const sounds = hearing.listening && !hearing.held && !silenced && hearing.facts?.playing === true;
    if (sounds) this.#soundAt = now;
    if (hearing.link !== "open" || hearing.welcomes === 0) return undefined;
    const isStopped = !hearing.listening || hearing.held || silenced;
    const hears = sounds || (!isStopped && now - this.#soundAt < PAUSE_MS);
    // A leaf takes everybody for connected only, until told more.
    const known = this.#after === hearing.welcomes ? this.#told : false;
    this.#after = hearing.welcomes;
    this.#told = hears;
    return hears === known ? undefined : hears;
  }
}
