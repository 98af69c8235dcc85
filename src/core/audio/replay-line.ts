import { type Chunk, chunksIn, decodeChunk } from "./chunk.ts";
import { BEFORE_ALL, comparePositions, continues, type Position } from "./position.ts";
import { lengthMs, type Recording, startOf } from "./recording.ts";
import type { SegmentName } from "./segment.ts";

/** Whoever begins in the midst of a word hears first what a decoder needs to settle, and not it: 80 ms (RFC 7845 §4.2), and a chunk. */
const PRIMING_MS = 200;
/** A hole up to this long keeps its place, as silence; a longer one is closed up, as a live player does. In ms. */
const HOLE_KEPT_MS = 1_000;

/** A chunk on a replay's line. `lineMs`: where it starts there; negative for what only primes the decoders. */
export type LineChunk = { readonly chunk: Chunk; readonly bytes: Uint8Array; readonly lineMs: number };

/** Sound that was lost before `lineMs`. `ms`: how much, where that can be known. */
export type Loss = { readonly lineMs: number; readonly ms: number | undefined };

/** From `lineMs` on the line runs along with replay time, from `replayMs` on and within its run. */
type Piece = { readonly lineMs: number; readonly replayMs: number; readonly run: Run };
/** `zeroMs`: room time at `startsMs` of replay time. */
type Run = { readonly epoch: number; readonly first: number; readonly startsMs: number; readonly endsMs: number; readonly zeroMs: number };

/**
 * What is played from one seek to the next, laid out without a hole: segments in, chunks with their places out, each once and in order.
 *
 * The line starts at 0 where the seek went. What was not recorded, and long holes, take no time on it; what was lost is listed, so that
 * the player can say so where it happens.
 */
export class ReplayLine {
  readonly #startMs: number;
  readonly #pieces: Piece[] = [];
  readonly #losses: Loss[] = [];
  /** Added to room time, it gives the place on the line. */
  #shift: number | undefined;
  #run: Run | undefined;
  #last: Position = BEFORE_ALL;
  #end = 0;
  #lostFor: number | undefined;

  /** @param startMs of replay time */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** How far the line reaches, in ms. */
  get endMs(): number {
    return Math.max(0, this.#end);
  }

  /** What was lost, in order. */
  get losses(): readonly Loss[] {
    return this.#losses;
  }

  /** Lays the next segment; the first is the one in which the line starts. @param recording as it is known by now */
  add(recording: Recording, name: SegmentName, bytes: Uint8Array): readonly LineChunk[] {
    const run = runOf(recording, name);
    const laid: LineChunk[] = [];
    if (run === undefined) return laid;
    for (const { at, end } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      // A chunk of a newer version cannot be decoded here, and one that was heard before is not heard again.
      if ("malformed" in chunk || comparePositions(chunk, this.#last) <= 0) continue;
      const lineMs = this.#place(recording, run, name, chunk);
      this.#last = { epoch: chunk.epoch, sequence: chunk.sequence };
      if (lineMs === undefined) continue;
      this.#end = lineMs + chunk.durationMs;
      laid.push({ chunk, bytes: bytes.subarray(at, end), lineMs });
    }
    this.#run = run;
    return laid;
  }

  /** The next segment cannot be had: what was in it is lost. */
  giveUp(segmentMs: number): void {
    this.#lostFor = (this.#lostFor ?? 0) + segmentMs;
  }

  /** Replay time of a place on the line, in ms. */
  replayMsAt(lineMs: number): number {
    const piece = this.#pieceAt(lineMs);
    if (piece === undefined) return this.#startMs;
    return Math.min(Math.max(piece.replayMs + lineMs - piece.lineMs, piece.run.startsMs), piece.run.endsMs);
  }

  /** Whose voices sound at a place on the line: the epoch in which they were given. */
  epochAt(lineMs: number): number | undefined {
    return this.#pieceAt(lineMs)?.run.epoch;
  }

  #pieceAt(lineMs: number): Piece | undefined {
    return this.#pieces.findLast((piece) => piece.lineMs <= lineMs) ?? this.#pieces[0];
  }

  /** Where the chunk starts on the line; undefined for what lies before its start. */
  #place(recording: Recording, run: Run, name: SegmentName, chunk: Chunk): number | undefined {
    if (this.#shift === undefined) return this.#placeFirst(run, name, chunk);
    const isSameRun = this.#run?.epoch === run.epoch && this.#run.first === run.first;
    const lost = this.#lostBefore(recording, chunk);
    const at = chunk.roomTimeMs + this.#shift;
    const hole = at - this.#end;
    // In one epoch the room's time tells how much it was, but for what was not recorded beside it.
    if (lost) this.#losses.push({ lineMs: this.endMs, ms: this.#last.epoch === chunk.epoch ? Math.max(0, hole) : this.#lostFor });
    this.#lostFor = undefined;
    // The timeline may have been closed up within a run, too: nobody was on air, or much was lost.
    if (!isSameRun || hole > HOLE_KEPT_MS || hole < 0) this.#goOnAt(this.#end, run, chunk.roomTimeMs);
    this.#run = run;
    return chunk.roomTimeMs + this.#shift;
  }

  #placeFirst(run: Run, name: SegmentName, chunk: Chunk): number | undefined {
    // What was said while the segment before was closed already stands in a run's first: it is heard from its very start.
    const isStart = this.#startMs <= run.startsMs && name.index === run.first;
    const wantedMs = run.zeroMs + Math.max(0, this.#startMs - run.startsMs);
    if (!isStart && chunk.roomTimeMs + chunk.durationMs <= wantedMs - PRIMING_MS) return undefined;
    // Nobody waits for what does not come: a hole right at the start is passed over.
    const startMs = isStart ? chunk.roomTimeMs : Math.max(wantedMs, chunk.roomTimeMs);
    this.#goOnAt(0, run, startMs);
    this.#run = run;
    this.#lostFor = undefined;
    return chunk.roomTimeMs - startMs;
  }

  #goOnAt(lineMs: number, run: Run, roomTimeMs: number): void {
    this.#shift = lineMs - roomTimeMs;
    const replayMs = run.startsMs + roomTimeMs - run.zeroMs;
    this.#pieces.push({ lineMs, replayMs, run });
  }

  /** True if sound was lost between the chunk before and this one: what was not recorded is none. */
  #lostBefore(recording: Recording, chunk: Position): boolean {
    if (this.#lostFor !== undefined) return true;
    if (continues(this.#last, chunk)) return false;
    return recording.gaps.some(({ from, to }) => comparePositions(from, chunk) < 0 && comparePositions(to, this.#last) > 0);
  }
}

/** The run in which a segment stands, with its place in replay time and the room time at which it starts. */
function runOf({ runs, segmentMs }: Recording, { epoch, index }: SegmentName): Run | undefined {
  let startsMs = 0;
  for (const run of runs) {
    const endsMs = startsMs + lengthMs(run, segmentMs);
    const { first, last } = run;
    if (run.epoch === epoch && first <= index && index <= last)
      return { epoch, first, startsMs, endsMs, zeroMs: startOf(run, segmentMs) * segmentMs };
    startsMs = endsMs;
  }
  return undefined;
}
