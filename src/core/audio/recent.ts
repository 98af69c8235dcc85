import { comparePositions, type Position } from "./position.ts";

/** A chunk as it is kept: where it stands in the audience's history and on the room's timeline (ms), and its bytes, never decoded. */
export type Kept = { readonly position: Position; readonly roomTimeMs: number; readonly durationMs: number; readonly bytes: Uint8Array };

/** Kept chunks in order, of which none is copied before somebody wants the bytes. */
export class Run {
  readonly #kept: readonly Kept[];
  readonly #from: number;
  readonly #end: number;

  /** Those of `kept` from `from` on and before `end`. */
  constructor(kept: readonly Kept[], from: number, end: number) {
    this.#kept = kept;
    this.#from = from;
    this.#end = end;
  }

  get length(): number {
    return this.#end - this.#from;
  }

  get first(): Kept | undefined {
    return this.at(0);
  }

  get last(): Kept | undefined {
    return this.at(this.length - 1);
  }

  at(index: number): Kept | undefined {
    return index < 0 || index >= this.length ? undefined : this.#kept[this.#from + index];
  }

  /** True if each follows the one before. */
  get isUnbroken(): boolean {
    const [first, last] = [this.first?.position, this.last?.position];
    return first !== undefined && first.epoch === last?.epoch && last.sequence - first.sequence === this.length - 1;
  }

  part(from: number, end: number): Run {
    return new Run(this.#kept, this.#from + from, this.#from + end);
  }

  /** Their bytes, chunk by chunk. */
  bytes(): readonly Uint8Array[] {
    return this.#kept.slice(this.#from, this.#end).map(({ bytes }) => bytes);
  }
}

/**
 * The last seconds of chunks, for who comes late or comes back. Spans epochs; ordered by (epoch, sequence).
 *
 * Bounded by the sound it covers and by bytes: whichever is reached first lets the oldest go.
 */
export class Recent {
  readonly #keepMs: number;
  readonly #keepBytes: number;
  #kept: Kept[] = [];
  #first = 0;
  #ms = 0;
  #bytes = 0;

  /**
   * @param keepMs sound to keep, in ms
   * @param keepBytes bytes to keep; 4 MiB hold a minute of four voices at 128 kbit/s
   */
  constructor(keepMs: number, keepBytes = 4 * 1024 * 1024) {
    this.#keepMs = keepMs;
    this.#keepBytes = keepBytes;
  }

  /** The newest chunk's place; undefined before any. */
  get newest(): Position | undefined {
    return this.#first < this.#kept.length ? this.#kept.at(-1)?.position : undefined;
  }

  /** Keeps a chunk that comes after all others; the caller has ordered them (core/tree/down/feed.ts). */
  push(kept: Kept): void {
    this.#kept.push(kept);
    this.#ms += kept.durationMs;
    this.#bytes += kept.bytes.byteLength;
    while (this.#kept.length - this.#first > 1 && (this.#ms > this.#keepMs || this.#bytes > this.#keepBytes)) this.#drop();
    // The array is cut seldom, so that a push costs the same however much is kept.
    if (this.#first > 1_024) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }

  /**
   * What is kept and comes after `position`, oldest first: no more than `most` bytes of it, and at least one chunk.
   */
  after(position: Position, most = Number.POSITIVE_INFINITY): Run {
    let low = this.#first;
    let high = this.#kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const kept = this.#kept[middle];
      if (kept !== undefined && comparePositions(kept.position, position) <= 0) low = middle + 1;
      else high = middle;
    }
    // Nearly always all of it, however many chunks that are.
    let end = this.#bytes <= most ? this.#kept.length : low;
    for (let bytes = 0; end < this.#kept.length; end++) {
      bytes += this.#kept[end]?.bytes.byteLength ?? 0;
      if (bytes > most && end > low) break;
    }
    return new Run(this.#kept, low, end);
  }

  /** The newest chunks that together cover at least `ms` of sound, or as many as follow each other without a pause of the timeline. */
  tail(ms: number): Run {
    let from = this.#kept.length;
    let next: Kept | undefined;
    for (let covered = 0; covered < ms && from > this.#first; ) {
      const kept = this.#kept[from - 1];
      if (kept === undefined || (next !== undefined && !leadsTo(kept, next))) break;
      covered += kept.durationMs;
      next = kept;
      from--;
    }
    return new Run(this.#kept, from, this.#kept.length);
  }

  #drop(): void {
    const oldest = this.#kept[this.#first];
    if (oldest === undefined) return;
    this.#ms -= oldest.durationMs;
    this.#bytes -= oldest.bytes.byteLength;
    this.#first++;
  }
}

function leadsTo(before: Kept, next: Kept): boolean {
  return before.position.epoch === next.position.epoch && before.roomTimeMs + before.durationMs === next.roomTimeMs;
}
