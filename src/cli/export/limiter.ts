import { SAMPLES_PER_MS } from "../../core/audio/format.ts";

/** It looks so far ahead, in samples: 5 ms, so that it is down before a peak comes; and is late by as much. */
export const LIMITER_AHEAD = 5 * SAMPLES_PER_MS;
/** And comes up again as slowly as this, in samples: 120 ms, so that no syllable pumps. */
const RELEASE = 120 * SAMPLES_PER_MS;

/** Makes sound louder or softer, and turns down what would be too loud then: nothing that comes out is above the ceiling. */
export class Limiter {
  readonly #gain: number;
  readonly #ceiling: number;
  /** The newest LIMITER_AHEAD samples, which have not come out yet, in a ring; and what gain each of them allows. */
  readonly #waiting = new Float32Array(LIMITER_AHEAD);
  readonly #allowed = new Float32Array(LIMITER_AHEAD).fill(1);
  #at = 0;
  #least = 1;
  #leastFor = 0;
  #now = 1;

  /** @param ceiling the highest that may come out, 0 to 1 */
  constructor(gain: number, ceiling: number) {
    this.#gain = gain;
    this.#ceiling = ceiling;
  }

  /** As many samples as come in, 5 ms late; the first are silence. */
  next(pcm: Float32Array): Float32Array {
    return pcm.map((sample) => this.#one(sample * this.#gain));
  }

  /** What has not come out yet. */
  rest(): Float32Array {
    return new Float32Array(LIMITER_AHEAD).map(() => this.#one(0));
  }

  #one(loud: number): number {
    const out = this.#waiting[this.#at] ?? 0;
    const allows = Math.min(1, this.#ceiling / Math.max(1e-9, Math.abs(loud)));
    this.#waiting[this.#at] = loud;
    this.#allowed[this.#at] = allows;
    this.#at = (this.#at + 1) % LIMITER_AHEAD;
    this.#leastFor--;
    if (allows <= this.#least) {
      this.#least = allows;
      this.#leastFor = LIMITER_AHEAD;
    } else if (this.#leastFor <= 0) this.#lookAgain();
    // Down in a straight line that is there in time, up in a curve.
    const step = (1 - this.#least) / LIMITER_AHEAD;
    this.#now = this.#now > this.#least ? Math.max(this.#least, this.#now - step) : this.#now + (this.#least - this.#now) / RELEASE;
    return out * Math.min(this.#now, this.#ceiling / Math.max(1e-9, Math.abs(out)));
  }

  /** The one that allowed least has come out: the least of those that wait is in force. */
  #lookAgain(): void {
    this.#least = 1;
    for (let back = 0; back < LIMITER_AHEAD; back++) {
      const allows = this.#allowed[(this.#at + back) % LIMITER_AHEAD] ?? 1;
      if (allows > this.#least) continue;
      this.#least = allows;
      this.#leastFor = back + 1;
    }
  }
}
