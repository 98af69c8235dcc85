/** Keys that are counted at once; beyond that the oldest windows are forgotten. */
const MOST_KEYS = 20_000;

/** Counts per key within fixed windows of time: as coarse as what it stands in for (Cloudflare's rate limits), and as cheap. */
export class RateLimit {
  readonly #most: number;
  readonly #withinMs: number;
  /** Oldest window first. */
  readonly #windows = new Map<string, { readonly since: number; count: number }>();

  /** @param most how often each key may come within `withinMs` */
  constructor(most: number, withinMs: number) {
    this.#most = most;
    this.#withinMs = withinMs;
  }

  /** Counts one more of `key`; false if that is more than it may. @param now in ms, by a clock that does not go back */
  take(key: string, now: number): boolean {
    const window = this.#windows.get(key);
    if (window !== undefined && now - window.since < this.#withinMs) return ++window.count <= this.#most;
    this.#windows.delete(key);
    this.#windows.set(key, { since: now, count: 1 });
    const [oldest] = this.#windows.keys();
    if (this.#windows.size > MOST_KEYS && oldest !== undefined) this.#windows.delete(oldest);
    return this.#most > 0;
  }
}
