import { chunkLength, chunksIn } from "../../audio/chunk.ts";
import { BEFORE_ALL, comparePositions, continues, type Position } from "../../audio/position.ts";
import { Recent } from "../../audio/recent.ts";
import { type LocalTime, localTime } from "../../ids.ts";
import { CHUNKS, type Chunks, type Heard, type WholeChunk } from "./chunks.ts";
import { type Break, breakBetween, type Part, part } from "./parts.ts";
import { Slice } from "./slice.ts";

/** How much sound a newcomer is given at once, in ms: enough to prime a decoder and to start at the live edge. */
export const GREETING_MS = 1_000;
/** Answers that are remembered at once: more than there are strides, each of one turn's bytes. */
const MOST_ANSWERS = 32;
/**
 * What came longer ago than this, in ms, is let go of, however long nothing comes after it: in a quiet room a memory would else keep the last
 * words for hours, and hand them out though the recording that they stood in was deleted.
 */
const FORGOTTEN_MS = 60_000;
/** A newcomer hears nothing that came longer ago than this, in ms: the last words before an hour's silence are not news. */
const FRESH_MS = 3_000;

/**
 * What a node has heard from above: in order, without repeats, the last of it kept.
 *
 * A node may hear a chunk twice (from two parents, or replayed after a broken link) and hands it on once; what comes from a
 * lower epoch than it has seen is stale and dropped. Bytes are handed on untouched.
 */
export class Feed {
  #recent: Recent;
  readonly #keepMs: number;
  readonly #chunks: Chunks;
  #newest: Position;
  /** Where one stands who has heard all but the newest chunk; itself undefined where a break lies between. */
  #before: Position | undefined;
  #endsMs = 0;
  #heardAt: LocalTime | undefined;
  #last: WholeChunk | undefined;
  /** What newcomers hear until the next chunk comes: a storm of them hears the same. */
  #tail: Slice | undefined;
  /** What was answered since the newest chunk came, by the sequence that was asked for. */
  readonly #answers = new Map<number, { readonly asked: Position; readonly most: number; readonly slice: Slice }>();

  /**
   * @param keepMs sound to keep for who comes late or comes back, in ms
   * @param newest where this node stood when it last knew: what came before is not handed on again
   * @param chunks how chunks are read and joined
   */
  constructor(keepMs: number, newest: Position = BEFORE_ALL, chunks: Chunks = CHUNKS) {
    this.#keepMs = keepMs;
    this.#recent = new Recent(keepMs);
    this.#newest = newest;
    this.#chunks = chunks;
  }

  /** The newest chunk handed on; 0.0 before any. */
  get newest(): Position {
    return this.#newest;
  }

  /** Room time where the newest chunk ends, in ms. */
  get endsMs(): number {
    return this.#endsMs;
  }

  /** The newest chunk of this life; undefined before any. */
  get last(): Heard | undefined {
    return this.#last?.heard;
  }

  /** What of `message` is new: one part, the message itself, unless something in it is stale or broken. */
  hear(message: Uint8Array, now: LocalTime): readonly Part[] {
    // Nearly always: one chunk, and the next.
    if (chunkLength(message, 0) === message.byteLength) {
      const chunk = this.#chunks.read(message, 0, message.byteLength);
      if (chunk !== undefined && continues(this.#newest, chunk.kept.position)) {
        this.#keep(chunk, now);
        return chunk.alone.parts;
      }
    }
    return this.#hearAny(message, now);
  }

  #hearAny(message: Uint8Array, now: LocalTime): readonly Part[] {
    const parts: Part[] = [];
    let from = -1;
    let to = -1;
    let before: Break | undefined;
    const flush = () => {
      if (from >= 0) parts.push(part(from === 0 && to === message.byteLength ? message : message.subarray(from, to), before));
      from = -1;
    };
    for (const span of chunksIn(message)) {
      const chunk = this.#chunks.read(message, span.at, span.end);
      if (chunk === undefined || comparePositions(chunk.kept.position, this.#newest) <= 0) {
        flush();
        continue;
      }
      const broken = breakBetween(this.#newest, chunk.kept.position);
      if (from < 0 || broken !== undefined) {
        flush();
        from = span.at;
        before = broken;
      }
      to = span.end;
      this.#keep(chunk, now);
    }
    flush();
    return parts;
  }

  #keep(chunk: WholeChunk, now: LocalTime): void {
    const { position, roomTimeMs, durationMs } = chunk.kept;
    this.#before = continues(this.#newest, position) ? this.#newest : undefined;
    this.#newest = position;
    this.#endsMs = roomTimeMs + durationMs;
    this.#heardAt = now;
    this.#last = chunk;
    this.#recent.push(chunk.kept);
    if (this.#answers.size > 0) this.#answers.clear();
    this.#tail = undefined;
  }

  /** To be called before anything that is kept is handed out again: what is too old is not kept any more. */
  forget(now: LocalTime): void {
    if (this.#heardAt === undefined || this.#last === undefined || now - this.#heardAt <= FORGOTTEN_MS) return;
    this.#recent = new Recent(this.#keepMs);
    this.#last = undefined;
    this.#before = undefined;
    this.#tail = undefined;
    this.#answers.clear();
  }

  /** What is kept and comes after `position`, with a break before whatever does not continue it; also where nothing is kept of what was missed. */
  after(position: Position): readonly Part[] {
    return this.slice(position, Number.POSITIVE_INFINITY).parts;
  }

  /**
   * The same, but no more than `most` bytes of it, and at least one chunk: the rest comes after `through`. Answers are remembered until the
   * next chunk comes: a cohort, or a crowd that lost the same leaf, stands at the same position.
   */
  slice(position: Position, most: number): Slice {
    if (this.#last !== undefined && this.#before !== undefined && comparePositions(position, this.#before) === 0) return this.#last.alone;
    const known = this.#answers.get(position.sequence);
    if (known !== undefined && known.most === most && comparePositions(known.asked, position) === 0) return known.slice;
    const slice = this.#chunks.slice(position, this.#recent.after(position, most), this.#newest);
    // While no chunk comes nothing else clears them, and strangers may stand anywhere.
    if (this.#answers.size >= MOST_ANSWERS) this.#answers.clear();
    this.#answers.set(position.sequence, { asked: position, most, slice });
    return slice;
  }

  /** How long ago the newest chunk came, in ms; undefined if none did. */
  ageMs(now: LocalTime): number | undefined {
    return this.#heardAt === undefined ? undefined : now - this.#heardAt;
  }

  /** What was replayed is as old as the parent says, not as new as its coming here. */
  isAged(ageMs: number, now: LocalTime): void {
    this.#heardAt = localTime(now - ageMs);
  }

  /** What a newcomer hears first: the last second, if it is fresh. */
  tail(now: LocalTime): Slice {
    if (this.#heardAt === undefined || now - this.#heardAt > FRESH_MS) return new Slice([], this.#newest);
    this.#tail ??= this.#chunks.slice(BEFORE_ALL, this.#recent.tail(GREETING_MS), this.#newest);
    return this.#tail;
  }

  /** True if `position` was handed on, or lies before what was: who stands there can be served from here. */
  reaches(position: Position): boolean {
    return comparePositions(position, this.#newest) <= 0;
  }
}
