/** Segments that one isolate keeps, in bytes: of its 128 MB. 16 MiB are 2,000 segments of one voice at 32 kbit/s. */
const MOST_BYTES = 16 * 1024 * 1024;

/** `until`: how long it may be handed out, by this machine's clock, in ms. */
export type KeptSegment = { readonly bytes: Uint8Array<ArrayBuffer>; readonly until: number };

/** Segments that this isolate handed out: for runtimes without an edge cache, and cheaper than one where there is. Bounded, oldest go first. */
export class SegmentMemory {
  readonly #kept = new Map<string, KeptSegment>();
  readonly #most: number;
  #bytes = 0;

  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  /** Undefined once its time is over. */
  find(key: string, now: number): KeptSegment | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || now < kept.until) return kept;
    this.#drop(key);
    return undefined;
  }

  keep(key: string, kept: KeptSegment): void {
    this.#drop(key);
    this.#kept.set(key, kept);
    this.#bytes += kept.bytes.byteLength;
    for (const [oldest] of this.#kept) {
      if (this.#bytes <= this.#most) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes.byteLength ?? 0;
    this.#kept.delete(key);
  }
}
