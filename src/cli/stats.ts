/** Longest time that is told apart, in ms: what is longer counts as this. */
const LONGEST_MS = 60_000;

/** What a histogram says; ms. Undefined where nothing was counted. */
export type Spread = {
  readonly count: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly max: number | undefined;
};

/** Counts times to the millisecond in constant memory: 300,000 a run are nothing to it. Negative ones count as 0. */
export class Histogram {
  readonly #buckets = new Uint32Array(LONGEST_MS + 1);
  #count = 0;
  #max: number | undefined;

  add(ms: number): void {
    const rounded = Math.round(Math.min(LONGEST_MS, Math.max(0, ms)));
    this.#buckets[rounded] = (this.#buckets[rounded] ?? 0) + 1;
    this.#count++;
    if (this.#max === undefined || ms > this.#max) this.#max = Math.round(ms);
  }

  /** The least time that at least `share` (0 to 1) of all do not exceed, in ms; undefined if nothing was counted. */
  quantile(share: number): number | undefined {
    const wanted = Math.max(1, Math.ceil(this.#count * share));
    let seen = 0;
    for (let ms = 0; ms <= LONGEST_MS; ms++) {
      seen += this.#buckets[ms] ?? 0;
      if (seen >= wanted) return ms;
    }
    return undefined;
  }

  /** Median, 99th percentile and largest. */
  spread(): Spread {
    return { count: this.#count, p50: this.quantile(0.5), p99: this.quantile(0.99), max: this.#max };
  }
}

/** Adds one to `key`. */
export function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** A time for a table: `12 ms`, or `-` where nothing was counted. */
export function ms(value: number | undefined): string {
  return value === undefined ? "-" : `${value} ms`;
}
