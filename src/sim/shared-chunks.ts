import { comparePositions, type Position } from "../core/audio/position.ts";
import type { Run } from "../core/audio/recent.ts";
import { CHUNKS, type Chunks, joined, type WholeChunk } from "../core/tree/down/chunks.ts";
import { type Slice, sliceOf } from "../core/tree/down/slice.ts";

/** So many chunks are remembered: more than any node keeps. A power of two. */
const REMEMBERED = 2_048;
/** Joined messages that are remembered. */
const JOINED = 4_096;
/** What those were sent is remembered who stood at so many places. A power of two. */
const SLICES = 4_096;

/** What was sent to one who stood at `position`: so many chunks from `first` on, when `newest` was the last. */
type Sent = {
  readonly position: Position;
  readonly first: Position;
  readonly chunks: number;
  readonly newest: Position;
  readonly slice: Slice;
};

/**
 * Reads and joins each chunk once for all nodes of an evening: a chunk of one epoch and sequence has the same bytes everywhere, and a thousand
 * leaves greet their newcomers with the same second of sound. What they make of it is theirs.
 */
export class SharedChunks implements Chunks {
  readonly #read = new Array<WholeChunk | undefined>(REMEMBERED).fill(undefined);
  readonly #slices = new Array<Sent | undefined>(SLICES).fill(undefined);
  readonly #joined = new Map<number, { readonly epoch: number; readonly bytes: Uint8Array }>();

  read(message: Uint8Array, at: number, end: number): WholeChunk | undefined {
    const slot = sequenceAt(message, at) & (REMEMBERED - 1);
    const known = this.#read[slot];
    if (known !== undefined && isSame(known, message, at, end)) return known;
    const chunk = CHUNKS.read(message, at, end);
    this.#read[slot] = chunk;
    return chunk;
  }

  slice(position: Position, run: Run, newest: Position): Slice {
    const first = run.first?.position;
    if (first === undefined || !run.isUnbroken) return sliceOf(position, run, newest, this.#join);
    const slot = (newest.sequence + 61 * position.sequence + 7 * run.length) & (SLICES - 1);
    const known = this.#slices[slot];
    if (known !== undefined && known.newest === newest && known.first === first && known.chunks === run.length) {
      if (comparePositions(known.position, position) === 0) return known.slice;
    }
    const slice = sliceOf(position, run, newest, this.#join);
    this.#slices[slot] = { position, first, chunks: run.length, newest, slice };
    return slice;
  }

  readonly #join = (run: Run): Uint8Array => {
    const { first } = run;
    if (first === undefined || run.length === 1) return joined(run);
    const { epoch, sequence } = first.position;
    const key = sequence * 4_096 + run.length;
    const known = this.#joined.get(key);
    if (known?.epoch === epoch) return known.bytes;
    const bytes = joined(run);
    if (this.#joined.size >= JOINED) this.#joined.clear();
    this.#joined.set(key, { epoch, bytes });
    return bytes;
  };
}

function isSame({ kept, heard }: WholeChunk, message: Uint8Array, at: number, end: number): boolean {
  if (heard.bytes !== end - at || kept.position.epoch !== epochAt(message, at)) return false;
  return kept.position.sequence === sequenceAt(message, at);
}

/** Bytes 6-9 of a chunk (core/audio/chunk.ts). */
function epochAt(message: Uint8Array, at: number): number {
  return (((message[at + 6] ?? 0) << 24) | ((message[at + 7] ?? 0) << 16) | ((message[at + 8] ?? 0) << 8) | (message[at + 9] ?? 0)) >>> 0;
}

/** Bytes 10-13. */
function sequenceAt(message: Uint8Array, at: number): number {
  return (
    (((message[at + 10] ?? 0) << 24) | ((message[at + 11] ?? 0) << 16) | ((message[at + 12] ?? 0) << 8) | (message[at + 13] ?? 0)) >>> 0
  );
}
