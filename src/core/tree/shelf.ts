import { missingIn, type Run, runsOf, type SegmentFacts } from "../audio/lane-head.ts";
import type { Missing, Segment, SegmentName } from "../audio/segment.ts";
import type { LocalTime } from "../ids.ts";

/** How long a segment is kept unless the room is recorded, in ms: who was away for less finds all that he missed. */
export const SEGMENT_KEEP_MS = 120_000;
/**
 * Segments kept in memory, in bytes: also the bound of what waits for a storage that fails. 8 MiB are a minute of four voices at
 * 256 kbit/s each, or half an hour of one at 32.
 */
export const SPOOL_BYTES = 8 * 1024 * 1024;
/** A write that failed is tried again after so long, in ms. */
const RETRY_MS = 1_000;

/** A segment that storage holds, as it is found again after a restart. */
export type Stored = SegmentFacts & { readonly closedAt: LocalTime };

export type ShelfEffect =
  /** One at a time, in order; `written` or `failed` must follow. */
  | { readonly do: "write"; readonly segment: Segment; readonly closedAt: LocalTime }
  | { readonly do: "erase"; readonly names: readonly SegmentName[] };

/** A segment to hand out: `bytes` are undefined where only the storage has them. */
export type Found = { readonly bytes: Uint8Array<ArrayBuffer> | undefined; readonly leftMs: number };

type Held = Stored & { bytes: Uint8Array<ArrayBuffer> | undefined; isStored: boolean };

/**
 * The segments that an archive holds: the newest in memory, all of them in storage, none for longer than it may.
 *
 * What is not stored yet waits in memory and can be fetched all the same, so a storage that fails is noticed by nobody while the bound
 * lasts. Beyond it the oldest give way, and the gap is listed. Writes go one after another, so that what is stored has no holes: a
 * restart goes on where storage ends, and the parent replays the rest.
 */
export class Shelf {
  readonly #keepMs: number;
  #held: Held[];
  #bytes = 0;
  #writing: Held | undefined;
  #retryAt = Number.NEGATIVE_INFINITY;

  /**
   * @param keepMs how long a segment is kept, in ms; a room that is recorded keeps them for ever
   * @param stored what storage holds, in order
   */
  constructor(keepMs: number, stored: readonly Stored[] = []) {
    this.#keepMs = keepMs;
    this.#held = stored.map((segment) => ({ ...segment, bytes: undefined, isStored: true }));
  }

  /** True while something is not in storage yet. */
  get owes(): boolean {
    return this.#held.some(({ isStored }) => !isStored);
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** The newest segment in storage: a restart goes on behind it. */
  get newestStored(): Stored | undefined {
    return this.#held.findLast(({ isStored }) => isStored);
  }

  /** A segment was closed. */
  put(segment: Segment, now: LocalTime): readonly ShelfEffect[] {
    this.#held.push({ ...segment, closedAt: now, isStored: false });
    this.#bytes += segment.bytes.byteLength;
    this.#bound();
    return this.second(now);
  }

  /** A write is done. */
  written({ epoch, index }: SegmentName, now: LocalTime): readonly ShelfEffect[] {
    const done = this.#writing;
    if (done?.epoch !== epoch || done.index !== index) return [];
    this.#writing = undefined;
    done.isStored = true;
    // It went while it was written: nobody else will take it out of storage.
    const isGone = !this.#held.includes(done);
    return [...(isGone ? [{ do: "erase", names: [{ epoch, index }] } as const] : []), ...this.second(now)];
  }

  /** A write failed; it is tried again in a second. */
  failed({ epoch, index }: SegmentName, now: LocalTime): void {
    if (this.#writing?.epoch !== epoch || this.#writing.index !== index) return;
    this.#writing = undefined;
    this.#retryAt = now + RETRY_MS;
  }

  /** Time passed: what is too old goes, and the next write begins. */
  second(now: LocalTime): readonly ShelfEffect[] {
    const old = this.#held.filter((held) => !this.#lives(held, now));
    if (old.length > 0) this.#held = this.#held.filter((held) => this.#lives(held, now));
    for (const held of old) this.#forget(held);
    const names = old.filter(({ isStored }) => isStored).map(({ epoch, index }) => ({ epoch, index }));
    return [...(names.length > 0 ? [{ do: "erase", names } as const] : []), ...this.#write(now)];
  }

  /** A segment that may still be fetched, and for how long. */
  find({ epoch, index }: SegmentName, now: LocalTime): Found | undefined {
    const held = this.#held.findLast((one) => one.epoch === epoch && one.index === index);
    if (held === undefined || !this.#lives(held, now)) return undefined;
    return { bytes: held.bytes, leftMs: held.closedAt + this.#keepMs - now };
  }

  /** What may be fetched now. */
  list(now: LocalTime): { readonly runs: readonly Run[]; readonly gaps: readonly Missing[] } {
    const held = this.#held.filter((one) => this.#lives(one, now));
    return { runs: runsOf(held), gaps: missingIn(held) };
  }

  /** Lets go of everything. */
  clear(): void {
    this.#held = [];
    this.#bytes = 0;
    this.#writing = undefined;
  }

  #lives({ closedAt }: Held, now: LocalTime): boolean {
    return now - closedAt < this.#keepMs;
  }

  #write(now: LocalTime): readonly ShelfEffect[] {
    if (this.#writing !== undefined || now < this.#retryAt) return [];
    const next = this.#held.find(({ isStored }) => !isStored);
    if (next?.bytes === undefined) return [];
    this.#writing = next;
    return [{ do: "write", segment: { ...next, bytes: next.bytes }, closedAt: next.closedAt }];
  }

  /** What is stored leaves memory first; then what is not stored is lost, oldest first. */
  #bound(): void {
    for (const held of this.#held) {
      if (this.#bytes <= SPOOL_BYTES) return;
      if (held.isStored) this.#forget(held);
    }
    while (this.#bytes > SPOOL_BYTES) {
      const lost = this.#held.find(({ isStored }) => !isStored);
      if (lost === undefined) return;
      this.#held = this.#held.filter((held) => held !== lost);
      this.#forget(lost);
    }
  }

  #forget(held: Held): void {
    this.#bytes -= held.bytes?.byteLength ?? 0;
    held.bytes = undefined;
  }
}
