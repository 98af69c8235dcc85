import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64 } from "hdr-histogram-js";

/** Longest time that is told apart, in ms: what is longer counts as this. */
const LONGEST_MS = 600_000;

/** What a histogram says; ms. Undefined where nothing was counted. */
export type Spread = {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  readonly p99: number | undefined;
  readonly p999: number | undefined;
  readonly max: number | undefined;
};

/**
 * Counts times to the millisecond, or to a thousandth of them, in constant memory: an HDR histogram (hdrhistogram.org). Negative
 * ones count as 0. Histograms of several processes add up without losing a digit, which percentiles do not.
 */
export class Histogram {
  readonly #counts = build({ highestTrackableValue: LONGEST_MS, numberOfSignificantValueDigits: 3, bitBucketSize: 32 });

  add(ms: number): void {
    this.#counts.recordValue(Math.round(Math.min(LONGEST_MS, Math.max(0, ms))));
  }

  /** Adds what another histogram gave with `encode`. @throws if that is none */
  merge(encoded: string): void {
    this.#counts.add(decodeFromCompressedBase64(encoded, 32));
  }

  /** All of it as text, to be merged elsewhere. */
  encode(): string {
    return encodeIntoCompressedBase64(this.#counts);
  }

  /** Forgets all. */
  reset(): void {
    this.#counts.reset();
  }

  /** The least time that at least `share` (0 to 1) of all do not exceed, in ms; undefined if nothing was counted. */
  quantile(share: number): number | undefined {
    return this.#counts.totalCount === 0 ? undefined : this.#counts.getValueAtPercentile(share * 100);
  }

  /** The percentiles that one asks for, and the largest. */
  spread(): Spread {
    const count = this.#counts.totalCount;
    return {
      count,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: count === 0 ? undefined : this.#counts.maxValue,
    };
  }
}

/** Adds `times` to `key`. */
export function count(counts: Map<string, number>, key: string, times = 1): void {
  counts.set(key, (counts.get(key) ?? 0) + times);
}

/** A time for a table: `12 ms`, or `-` where nothing was counted. */
export function ms(value: number | undefined): string {
  return value === undefined ? "-" : `${value} ms`;
}
