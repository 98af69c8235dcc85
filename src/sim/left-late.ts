import type { Histogram } from "./histogram.ts";

/** Bins of 1 ms: chunks that leave their leaf later than this, in ms, count as so late. */
const BINS = 60_000;
/** A crowd's lines are told by so many of their delays, each standing for as many of them. */
const LINES = 128;

/**
 * How late chunks left for listeners within one second. On each line that comes to its own delay: a leaf's listeners have lines of all kinds, so
 * the two are laid together once a second for all of them.
 */
export class LeftLate {
  readonly #bins = new Float64Array(BINS);
  /** In the middle of each of as many equal parts of all lines, in ms. */
  readonly #delays: Float64Array;
  #least = BINS;
  #most = 0;

  /** @param delaysMs of all lines, one way */
  constructor(delaysMs: Float64Array) {
    const sorted = delaysMs.toSorted();
    this.#delays = Float64Array.from({ length: LINES }, (_, line) => sorted[Math.floor(((line + 0.5) / LINES) * sorted.length)] ?? 0);
  }

  add(lateMs: number, times: number): void {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(lateMs)));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + times;
    if (bin < this.#least) this.#least = bin;
    if (bin > this.#most) this.#most = bin;
  }

  /** All that left since the last time arrives: adds to `lag` how late. */
  arrive(lag: Histogram): void {
    for (let bin = this.#least; bin <= this.#most; bin++) {
      const times = (this.#bins[bin] ?? 0) / LINES;
      if (times === 0) continue;
      this.#bins[bin] = 0;
      for (const delayMs of this.#delays) lag.add(bin + 0.5 + delayMs, times);
    }
    this.#least = BINS;
    this.#most = 0;
  }
}
