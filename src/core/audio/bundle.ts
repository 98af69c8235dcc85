import { BLOCK_FLAG, BLOCK_HEADER_BYTES, CHUNK_FLAG, CHUNK_HEADER_BYTES, encodeChunk, MAX_CHUNK_BYTES, type VoiceBlock } from "./chunk.ts";
import { FRAME_SAMPLES, SAMPLES_PER_MS } from "./format.ts";

/** Most room time that one chunk covers when late ticks are merged, in ms: offsets within a chunk are u16 samples, 1,365 ms. */
export const MAX_MERGED_MS = 1_200;

/** One frame where it belongs on the room's timeline. */
export type PlacedFrame = {
  /** Room position of its first sample, in samples at 48 kHz since the epoch began. */
  readonly position: number;
  readonly level: number;
  readonly starts: boolean;
  readonly ends: boolean;
  readonly bytes: Uint8Array;
};

/** A chunk that is closed, and how late it is. */
export type Closed = { readonly bytes: Uint8Array; readonly sequence: number; readonly ticks: number };

/**
 * Speakers' frames in, one chunk per tick out: the room's clock and timeline within one epoch.
 *
 * Time comes as an argument, in ms of one wall clock. Tick n covers [n, n + 1) × chunkMs after the epoch began and is due at its end.
 * One close makes one chunk, however late it comes: what the clock slept through is merged into it.
 */
export class Bundle {
  readonly #epoch: number;
  readonly #chunkMs: number;
  readonly #beganMs: number;
  #tick = 0;
  #sequence = 0;
  readonly #voices = new Map<number, PlacedFrame[]>();

  /** @param beganMs the wall clock when the epoch began, in ms since 1970 */
  constructor(epoch: number, chunkMs: number, beganMs: number) {
    this.#epoch = epoch;
    this.#chunkMs = chunkMs;
    this.#beganMs = beganMs;
  }

  /** When the open chunk is due to leave, in ms of the wall clock. */
  get dueMs(): number {
    return this.#beganMs + (this.#tick + 1) * this.#chunkMs;
  }

  /** Where the open chunk starts, in samples. Nothing can be placed before it. */
  get openFrom(): number {
    return this.#tick * this.#chunkMs * SAMPLES_PER_MS;
  }

  /** The room position of an instant, in samples. */
  positionAt(nowMs: number): number {
    return Math.round((nowMs - this.#beganMs) * SAMPLES_PER_MS);
  }

  /** Room time of an instant, in ms since the epoch began. */
  roomTimeAt(nowMs: number): number {
    return Math.max(0, Math.round(nowMs - this.#beganMs));
  }

  /** After a quiet time: the timeline goes on at `nowMs`; the ticks in between never were. */
  skipTo(nowMs: number): void {
    this.#tick = Math.max(this.#tick, Math.floor((nowMs - this.#beganMs) / this.#chunkMs));
    this.#forgetBefore(this.openFrom);
  }

  /** A frame of `voice`; frames of one voice come in order of their positions. */
  add(voice: number, frame: PlacedFrame): void {
    const frames = this.#voices.get(voice);
    if (frames === undefined) this.#voices.set(voice, [frame]);
    else frames.push(frame);
  }

  /** What `voice` said and nobody has heard yet is not said: it was muted or replaced. */
  silence(voice: number): void {
    this.#voices.delete(voice);
  }

  /** The chunk of all ticks that are due at `nowMs`; undefined if none is. */
  close(nowMs: number): Closed | undefined {
    const elapsed = Math.floor((nowMs - this.#beganMs) / this.#chunkMs) - this.#tick;
    if (elapsed < 1) return undefined;
    // What was slept through beyond the bound is left out of the timeline, and so is what was said in it: an honest hole.
    const ticks = Math.min(elapsed, Math.floor(MAX_MERGED_MS / this.#chunkMs));
    const first = this.#tick;
    const durationMs = ticks * this.#chunkMs;
    const start = first * this.#chunkMs * SAMPLES_PER_MS;
    const dueMs = this.dueMs;
    this.#tick = first + elapsed;
    const blocks = this.#take(start, start + durationMs * SAMPLES_PER_MS);
    if (elapsed > ticks) this.#forgetBefore(this.openFrom);
    const silent = blocks.length === 0 && this.#voices.size === 0;
    const flags = (silent ? CHUNK_FLAG.silenceFollows : 0) | (ticks > 1 ? CHUNK_FLAG.mergedTicks : 0);
    const sequence = ++this.#sequence;
    const bytes = encodeChunk({ flags, epoch: this.#epoch, sequence, roomTimeMs: first * this.#chunkMs, dueMs, durationMs, blocks });
    return { bytes, sequence, ticks };
  }

  #forgetBefore(position: number): void {
    for (const [voice, frames] of this.#voices) {
      const later = frames.filter((frame) => frame.position >= position);
      if (later.length > 0) this.#voices.set(voice, later);
      else this.#voices.delete(voice);
    }
  }

  #take(start: number, end: number): readonly VoiceBlock[] {
    const blocks: VoiceBlock[] = [];
    let room = MAX_CHUNK_BYTES - CHUNK_HEADER_BYTES;
    for (const [voice, frames] of this.#voices) {
      const until = frames.findIndex((frame) => frame.position >= end);
      const taken = until < 0 ? frames : frames.slice(0, until);
      if (until < 0) this.#voices.delete(voice);
      else this.#voices.set(voice, frames.slice(until));
      for (const run of runsOf(taken)) {
        const block = blockOf(voice, run, start);
        const bytes = block.frames.reduce((sum, frame) => sum + 2 + frame.byteLength, BLOCK_HEADER_BYTES);
        // Only hostile bit rates get here: what does not fit is a hole, and everybody else is still heard.
        if (bytes > room) continue;
        room -= bytes;
        blocks.push(block);
      }
    }
    return blocks;
  }
}

/** Frames cut wherever one does not continue the one before, a talkspurt starts, or a block is full (its count is a u8). */
function runsOf(frames: readonly PlacedFrame[]): readonly (readonly PlacedFrame[])[] {
  const runs: PlacedFrame[][] = [];
  let before: PlacedFrame | undefined;
  for (const frame of frames) {
    const run = runs.at(-1);
    const goesOn = before !== undefined && !frame.starts && !before.ends && before.position + FRAME_SAMPLES === frame.position;
    if (run !== undefined && goesOn && run.length < 255) run.push(frame);
    else runs.push([frame]);
    before = frame;
  }
  return runs;
}

function blockOf(voice: number, run: readonly PlacedFrame[], start: number): VoiceBlock {
  const first = run[0];
  const level = run.reduce((loudest, frame) => Math.min(loudest, frame.level), 127);
  const flags = (first?.starts ? BLOCK_FLAG.starts : 0) | (run.at(-1)?.ends ? BLOCK_FLAG.ends : 0);
  const offsetSamples = (first?.position ?? start) - start;
  return { voice, level, flags, offsetSamples, frames: run.map((frame) => frame.bytes) };
}
