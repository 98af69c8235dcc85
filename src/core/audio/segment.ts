import { chunksIn, joinChunks, readHeader } from "./chunk.ts";
import { BEFORE_ALL, comparePositions, type Position } from "./position.ts";

/** How much of the room's timeline one segment covers, in ms. */
export const SEGMENT_MS = 2_000;
/**
 * A segment that would grow beyond this is closed early, in bytes: half of what one SQLite value may hold (2 MiB). Two seconds of four
 * voices at Opus's highest rate (510 kbit/s) are 510 KB, so only broken or hostile sound gets there.
 */
export const MAX_SEGMENT_BYTES = 1024 * 1024;

/** What a segment is called: the epoch, and which two seconds of its timeline. */
export type SegmentName = { readonly epoch: number; readonly index: number };

/** Chunks after `from` and before `to` never came; where the epochs differ, the room began anew. */
export type Missing = { readonly from: Position; readonly to: Position };

/** Two seconds of a room, closed for good. */
export type Segment = SegmentName & {
  /** Whole chunks back to back, as they came: the same bytes that a listener's socket brings in one message. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly first: Position;
  readonly last: Position;
  /** What is missing between its own chunks. */
  readonly missing: readonly Missing[];
  /** The stretch of a recording that it belongs to, whole; undefined if it is not kept. */
  readonly take?: number;
  /** It begins so many ms before the time that its name says: what came for segments that were closed already. */
  readonly early?: number;
};

/** The take that a chunk belongs to; undefined if it is not kept. */
export type TakeOf = (position: Position) => number | undefined;

/** Where an earlier life of the archive stood: its last closed segment, and that segment's last chunk. */
export type Stood = SegmentName & { readonly last: Position };

type Open = {
  readonly index: number;
  readonly pieces: Uint8Array[];
  readonly first: Position;
  readonly missing: Missing[];
  readonly take: number | undefined;
  readonly early: number;
  bytes: number;
};

/**
 * Chunks in, segments out: every chunk once, in order, its bytes untouched.
 *
 * A chunk belongs to segment `floor(roomTimeMs / 2000)` of its epoch, so a name follows from an instant and nobody has to be asked. A
 * segment has no head of its own: it is a message as a socket brings it, whoever decodes one decodes the other, and what is missing is
 * told by the sequences and listed beside it (core/audio/lane-head.ts).
 *
 * A closed segment never changes. It is closed by a chunk of a later one or of a later epoch, or by `close`, when the room's clock has
 * stopped; and by a chunk of another take, so that a segment is kept as a whole or not at all. What comes for a segment that is closed
 * already (the clock went on within the same two seconds) goes into the next one.
 */
export class Segmenter {
  #last: Position;
  #closed: SegmentName;
  #open: Open | undefined;
  readonly #takeOf: TakeOf;

  /** @param takeOf asked once for each chunk, in order */
  constructor(stood?: Stood, takeOf: TakeOf = () => undefined) {
    this.#takeOf = takeOf;
    this.#last = stood?.last ?? BEFORE_ALL;
    this.#closed = stood ?? { epoch: BEFORE_ALL.epoch, index: -1 };
  }

  /** The segment that is being filled; undefined between two. */
  get open(): SegmentName | undefined {
    return this.#open === undefined ? undefined : { epoch: this.#open.first.epoch, index: this.#open.index };
  }

  /** The take of the segment that is being filled, if it is kept. */
  get take(): number | undefined {
    return this.#open?.take;
  }

  /** Takes the chunks of a message that are newer than all before; the segments that they closed. */
  add(message: Uint8Array): readonly Segment[] {
    const closed: Segment[] = [];
    for (const { at, end } of chunksIn(message)) {
      const header = readHeader(message, at);
      if (header === undefined || comparePositions(header, this.#last) <= 0) continue;
      const { epoch, sequence, roomTimeMs } = header;
      const index = this.#indexAt(epoch, roomTimeMs);
      const take = this.#takeOf({ epoch, sequence });
      const isOther =
        this.#open !== undefined && (this.#open.first.epoch !== epoch || this.#open.index !== index || this.#open.take !== take);
      const isFull = this.#open !== undefined && this.#open.bytes + (end - at) > MAX_SEGMENT_BYTES;
      if (isOther || isFull) closed.push(...this.close());
      this.#put(message.subarray(at, end), { epoch, sequence }, roomTimeMs, take);
    }
    return closed;
  }

  /** Closes what is open; nothing if nothing is. */
  close(): readonly Segment[] {
    const open = this.#open;
    if (open === undefined) return [];
    this.#open = undefined;
    const { epoch } = open.first;
    this.#closed = { epoch, index: open.index };
    // Copied, even a single chunk: a view would keep the whole message that it came in.
    const bytes = new Uint8Array(joinChunks(open.pieces));
    const { index, first, missing, take, early } = open;
    const more = { ...(take === undefined ? {} : { take }), ...(early > 0 ? { early } : {}) };
    return [{ epoch, index, bytes, first, last: this.#last, missing, ...more }];
  }

  /** Where it stands: the newest chunk that it took. */
  get last(): Position {
    return this.#last;
  }

  #put(bytes: Uint8Array, position: Position, roomTimeMs: number, take: number | undefined): void {
    this.#open ??= this.#begun(this.#indexAt(position.epoch, roomTimeMs), position, roomTimeMs, take);
    const isHole = this.#open.pieces.length > 0 && position.sequence !== this.#last.sequence + 1;
    if (isHole) this.#open.missing.push({ from: this.#last, to: position });
    this.#open.pieces.push(bytes);
    this.#open.bytes += bytes.byteLength;
    this.#last = position;
  }

  #begun(index: number, first: Position, roomTimeMs: number, take: number | undefined): Open {
    return { index, pieces: [], first, missing: [], take, early: Math.max(0, index * SEGMENT_MS - roomTimeMs), bytes: 0 };
  }

  /** Never what is closed, even if the timeline stepped back. */
  #indexAt(epoch: number, roomTimeMs: number): number {
    const least = this.#closed.epoch === epoch ? this.#closed.index + 1 : 0;
    return Math.max(least, Math.floor(roomTimeMs / SEGMENT_MS));
  }
}
