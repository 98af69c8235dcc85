/** Smallest value told apart from 0, in ms. */
const LEAST = 0.5;
/** Each bin is so much wider than the one before: a quantile is right to 2.5 %. */
const STEP = 1.05;
const LOG_STEP = Math.log(STEP);
/** Bins up to 10 minutes. */
const BINS = 290;

/** How often each value came, in bins that grow by 5 %: quantiles of any number of samples in 2 KB. Values are in ms. */
export class Histogram {
  readonly #bins = new Float64Array(BINS);
  #count = 0;
  #max = 0;

  /** Samples so far. */
  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** A value that came `times` times. */
  add(value: number, times = 1): void {
    const bin = value < LEAST ? 0 : Math.min(BINS - 1, 1 + Math.floor(Math.log(value / LEAST) / LOG_STEP));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + times;
    this.#count += times;
    if (value > this.#max) this.#max = value;
  }

  /** The value that a share of all samples does not exceed; undefined without samples. @param share from 0 to 1 */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    let left = share * this.#count;
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#bins[bin] ?? 0;
      // The middle of the bin, by its logarithm.
      if (left <= 0) return bin === 0 ? 0 : Math.min(this.#max, LEAST * STEP ** (bin - 0.5));
    }
    return this.#max;
  }

  /** The share of samples up to `value`, from 0 to 1. */
  shareUpTo(value: number): number {
    let sum = 0;
    for (let bin = 0; bin < BINS && LEAST * STEP ** bin <= value * STEP ** 0.5; bin++) sum += this.#bins[bin] ?? 0;
    return this.#count === 0 ? 1 : sum / this.#count;
  }

  /** Takes in another's samples. */
  merge(other: Histogram): void {
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin] = (this.#bins[bin] ?? 0) + (other.#bins[bin] ?? 0);
    this.#count += other.#count;
    this.#max = Math.max(this.#max, other.#max);
  }

  clear(): void {
    this.#bins.fill(0);
    this.#count = 0;
    this.#max = 0;
  }
}
