import { missingIn, type Run, runsOf, type SegmentFacts } from "../../audio/lane-head.ts";
import type { Missing, Segment, SegmentName } from "../../audio/segment.ts";
import { type LocalTime, localTime } from "../../ids.ts";

/** How long a segment is kept unless the room is recorded, in ms: who was away for less finds all that he missed. */
export const SEGMENT_KEEP_MS = 120_000;
/**
 * Segments kept in memory, in bytes: also the bound of what waits for a storage that fails. 8 MiB are a minute of four voices at
 * 256 kbit/s each, or half an hour of one at 32.
 */
export const SPOOL_BYTES = 8 * 1024 * 1024;
/** A write that failed is tried again after so long, in ms. */
const RETRY_MS = 1_000;
/** What a host deletes while his room is live goes this long after, in ms: who is 4 to 8 s behind in the cached lane hears on. */
const DELETED_MS = 15_000;
/**
 * How long a segment that is kept may be handed out by who was given it, in ms, before it must be asked for again: what is deleted is in no
 * memory and no cache after that.
 */
export const LENT_MS = 30_000;

/** A segment that storage holds, as it is found again after a restart. */
export type Stored = SegmentFacts & {
  readonly closedAt: LocalTime;
  /** The take of a recording that it belongs to; undefined if it goes in its time. */
  readonly take?: number;
  /** Who sounds in it, if it is kept. */
  readonly voices?: readonly number[];
};

/** A segment of a recording. */
export type KeptSegment = Stored & { readonly take: number };

/** A segment to be written. */
export type ToStore = Segment & Pick<Stored, "closedAt" | "voices">;

export type ShelfEffect =
  /** One at a time, in order; `written` or `failed` must follow. */
  { readonly do: "write"; readonly segment: ToStore } | { readonly do: "erase"; readonly names: readonly SegmentName[] };

/** A segment to hand out: `bytes` are undefined where only the storage has them. */
export type Found = { readonly bytes: Uint8Array<ArrayBuffer> | undefined; readonly leftMs: number };

/** `goesAt`: undefined for what is kept: it only leaves this shelf, once it is stored and old. */
type Held = Omit<Stored, "take"> & {
  take: number | undefined;
  goesAt: LocalTime | undefined;
  bytes: Uint8Array<ArrayBuffer> | undefined;
  isStored: boolean;
};

/**
 * The segments that an archive holds of the last two minutes: the newest in memory, all of them in storage, none for longer than it may. What
 * is kept for longer is known by its index alone once it leaves this shelf (recorded.ts).
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
   * @param keepMs how long a segment that is not kept may be fetched, in ms, and how long one that is kept stays here
   * @param stored what storage holds, in order
   */
  constructor(keepMs: number, stored: readonly Stored[] = []) {
    this.#keepMs = keepMs;
    this.#held = stored.map((segment) => ({ ...timed(segment, keepMs), bytes: undefined, isStored: true }));
  }

  /** True while something is not in storage yet. */
  get owes(): boolean {
    return this.#held.some(({ isStored }) => !isStored);
  }

  /** True while something that is kept is not in storage yet. */
  get owesKept(): boolean {
    return this.#held.some(({ isStored, take }) => !isStored && take !== undefined);
  }

  get isEmpty(): boolean {
    return this.#held.length === 0;
  }

  /** A segment was closed. */
  put(segment: Segment & Pick<Stored, "voices">, now: LocalTime): readonly ShelfEffect[] {
    this.#held.push({ ...timed({ ...segment, closedAt: now }, this.#keepMs), bytes: segment.bytes, isStored: false });
    this.#bytes += segment.bytes.byteLength;
    this.#bound();
    return this.second(now);
  }

  /** A write is done. `kept`: the segment, if it is to be kept. */
  written(
    { epoch, index }: SegmentName,
    now: LocalTime,
  ): { readonly kept: KeptSegment | undefined; readonly effects: readonly ShelfEffect[] } {
    const done = this.#writing;
    if (done?.epoch !== epoch || done.index !== index) return { kept: undefined, effects: [] };
    this.#writing = undefined;
    done.isStored = true;
    // It went while it was written: nobody else will take it out of storage.
    const isGone = !this.#held.includes(done);
    const effects = [...(isGone ? [{ do: "erase", names: [{ epoch, index }] } as const] : []), ...this.second(now)];
    return { kept: done.take === undefined || isGone ? undefined : { ...done, take: done.take }, effects };
  }

  /** A write failed; it is tried again in a second. */
  failed({ epoch, index }: SegmentName, now: LocalTime): void {
    if (this.#writing?.epoch !== epoch || this.#writing.index !== index) return;
    this.#writing = undefined;
    this.#retryAt = now + RETRY_MS;
  }

  /** Time passed: what is too old goes, and the next write begins. */
  second(now: LocalTime): readonly ShelfEffect[] {
    const old = this.#held.filter((held) => !this.#stays(held, now));
    if (old.length > 0) this.#held = this.#held.filter((held) => this.#stays(held, now));
    for (const held of old) this.#forget(held);
    const names = namesOf(old.filter(({ isStored, take }) => isStored && take === undefined));
    return [...(names.length > 0 ? [{ do: "erase", names } as const] : []), ...this.#write(now)];
  }

  /** A segment that may still be fetched, and for how long. */
  find({ epoch, index }: SegmentName, now: LocalTime): Found | undefined {
    const held = this.#held.findLast((one) => one.epoch === epoch && one.index === index);
    if (held === undefined || !lives(held, now)) return undefined;
    return { bytes: held.bytes, leftMs: held.goesAt === undefined ? LENT_MS : held.goesAt - now };
  }

  /** What may be fetched now. */
  list(now: LocalTime): { readonly runs: readonly Run[]; readonly gaps: readonly Missing[] } {
    const held = this.#held.filter((one) => lives(one, now) && now - one.closedAt < this.#keepMs);
    return { runs: runsOf(held), gaps: missingIn(held) };
  }

  /** Nothing is kept any more: what is here goes soon, like what never was. */
  forgetKept(now: LocalTime): void {
    for (const held of this.#held) {
      if (held.take === undefined) continue;
      held.take = undefined;
      held.goesAt = localTime(Math.min(held.closedAt + this.#keepMs, now + DELETED_MS));
    }
  }

  /** Lets go of everything. */
  clear(): void {
    this.#held = [];
    this.#bytes = 0;
    this.#writing = undefined;
  }

  /** The room is over: only what is kept stays, until it is stored. */
  keepRecorded(): readonly ShelfEffect[] {
    const gone = this.#held.filter(({ take }) => take === undefined);
    this.#held = this.#held.filter(({ take }) => take !== undefined);
    for (const held of gone) this.#forget(held);
    const names = namesOf(gone.filter(({ isStored }) => isStored));
    return names.length > 0 ? [{ do: "erase", names }] : [];
  }

  #stays(held: Held, now: LocalTime): boolean {
    if (held.goesAt !== undefined) return lives(held, now);
    return !held.isStored || now - held.closedAt < this.#keepMs;
  }

  #write(now: LocalTime): readonly ShelfEffect[] {
    if (this.#writing !== undefined || now < this.#retryAt) return [];
    const next = this.#held.find(({ isStored }) => !isStored);
    if (next?.bytes === undefined) return [];
    this.#writing = next;
    const { epoch, index, first, last, missing, closedAt, bytes, take, voices, early } = next;
    const said = early === undefined ? {} : { early };
    const kept = take === undefined ? said : { take, ...said, ...(voices === undefined ? {} : { voices }) };
    return [{ do: "write", segment: { epoch, index, first, last, missing, closedAt, bytes, ...kept } }];
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

function lives({ goesAt }: Held, now: LocalTime): boolean {
  return goesAt === undefined || now < goesAt;
}

/** When a segment goes, unless it is kept. */
function timed({ take, ...segment }: Stored, keepMs: number): Omit<Held, "bytes" | "isStored"> {
  return { ...segment, take, goesAt: take === undefined ? localTime(segment.closedAt + keepMs) : undefined };
}

function namesOf(held: readonly Held[]): readonly SegmentName[] {
  return held.map(({ epoch, index }) => ({ epoch, index }));
}
