import {
  BLOCK_FLAG,
  BLOCK_HEADER_BYTES,
  CHUNK_FLAG,
  CHUNK_HEADER_BYTES,
  type Chunk,
  encodeChunk,
  MAX_CHUNK_BYTES,
  type VoiceBlock,
} from "./chunk.ts";
import { FRAME_MS, FRAME_SAMPLES, SAMPLES_PER_MS, SILENCE_LEVEL } from "./format.ts";
import { Loudest } from "./loudest.ts";
import { SOUND_LEVEL, type Source, Standby } from "./standby.ts";
import { type PlacedFrame, VoiceQueue } from "./voice-queue.ts";

/** Most room time that one chunk covers when late ticks are merged, in ms: offsets within a chunk are u16 samples, 1,365 ms. */
export const MAX_MERGED_MS = 1_200;

export type { PlacedFrame };

/** What a tick holds, before it is laid out as bytes. */
export type Cut = { readonly chunk: Omit<Chunk, "version">; readonly ticks: number };

/** A chunk that is closed, and how late it is. */
export type Closed = { readonly bytes: Uint8Array; readonly sequence: number; readonly ticks: number };

/**
 * Speakers' frames in, one chunk per tick out: the room's clock and timeline within one epoch.
 *
 * Time comes as an argument, in ms of one wall clock. Tick n covers [n, n + 1) × chunkMs after the epoch began and is due at its end.
 * One close makes one chunk, however late it comes: what the clock slept through is merged into it. Four voices sound at most (Loudest),
 * and who stands by sounds while nobody else does (Standby).
 */
export class Bundle {
  readonly #epoch: number;
  readonly #chunkMs: number;
  readonly #beganMs: number;
  #tick = 0;
  #sequence = 0;
  readonly #voices = new Map<number, VoiceQueue>();
  readonly #loudest = new Loudest();
  readonly #standby = new Standby();
  /** Voices whose newest frame that left did not end a talkspurt. */
  readonly #open = new Set<number>();
  /** Those of them that do not go on: the next chunk says so. */
  readonly #ended = new Set<number>();

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

  /** Voices that stand by and are on air just now. */
  get steppedIn(): readonly number[] {
    return this.#standby.onAir;
  }

  /** A frame of `voice`; frames of one voice come in order of their positions. @param standsBy it is to be heard only while nobody else is */
  add(voice: number, frame: PlacedFrame, standsBy = false): void {
    let queue = this.#voices.get(voice);
    if (queue === undefined) {
      queue = new VoiceQueue();
      this.#voices.set(voice, queue);
    }
    queue.standsBy = standsBy;
    queue.add(frame);
  }

  /** The talkspurt of `voice` ended with its newest frame. */
  end(voice: number): void {
    if (this.#voices.get(voice)?.end() !== true) this.#breakOff(voice);
  }

  /** What `voice` said and nobody has heard yet is not said: it was muted or replaced. */
  silence(voice: number): void {
    this.#voices.get(voice)?.clear();
    this.#breakOff(voice);
  }

  /** The chunk of all ticks that are due at `nowMs`; undefined if none is. */
  close(nowMs: number): Closed | undefined {
    const cut = this.cut(nowMs);
    return cut && { bytes: encodeChunk(cut.chunk), sequence: cut.chunk.sequence, ticks: cut.ticks };
  }

  /** The same, for who makes its bytes himself. */
  cut(nowMs: number): Cut | undefined {
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
    const silent = blocks.every(({ frames }) => frames.length === 0) && !this.#waits;
    const flags = (silent ? CHUNK_FLAG.silenceFollows : 0) | (ticks > 1 ? CHUNK_FLAG.mergedTicks : 0);
    const sequence = ++this.#sequence;
    return { chunk: { flags, epoch: this.#epoch, sequence, roomTimeMs: first * this.#chunkMs, dueMs, durationMs, blocks }, ticks };
  }

  /** True while anything waits for its tick and will be heard, as far as it can be known. */
  get #waits(): boolean {
    const { steppedIn } = this;
    for (const [voice, queue] of this.#voices) if (!queue.isEmpty && (!queue.standsBy || steppedIn.includes(voice))) return true;
    return false;
  }

  #forgetBefore(position: number): void {
    for (const queue of this.#voices.values()) queue.skip(position);
  }

  /** What sounded goes on no more, though nothing said so yet. */
  #breakOff(voice: number): void {
    this.#loudest.leave(voice);
    if (this.#open.delete(voice)) this.#ended.add(voice);
  }

  /** The blocks of [start, end), of the loudest voices. */
  #take(start: number, end: number): readonly VoiceBlock[] {
    const [endMs, tickMs] = [end / SAMPLES_PER_MS, (end - start) / SAMPLES_PER_MS];
    const sources = this.#sources(end);
    const keptOut = this.#standby.choose(sources, endMs, tickMs);
    for (const voice of keptOut.silenced) this.#breakOff(voice);
    const candidates = sources.filter(({ voice }) => !keptOut.silenced.has(voice));
    const { sounding, waiting, displaced } = this.#loudest.choose(candidates, endMs, tickMs);
    for (const voice of displaced) this.#breakOff(voice);
    const blocks: VoiceBlock[] = [];
    let room = MAX_CHUNK_BYTES - CHUNK_HEADER_BYTES - this.#ended.size * BLOCK_HEADER_BYTES;
    for (const [voice, queue] of this.#voices) {
      if (waiting.has(voice) || keptOut.waiting.has(voice)) continue;
      if (queue.isOver(start)) this.#voices.delete(voice);
      if (!sounding.has(voice)) {
        queue.skip(end);
        continue;
      }
      // Who had to wait a tick for a place says what he has to say a tick later, and all of it.
      queue.moveTo(start);
      const taken = queue.take(end);
      this.#follow(voice, taken);
      for (const run of runsOf(taken)) {
        const block = blockOf(voice, run, start);
        const bytes = block.frames.reduce((sum, frame) => sum + 2 + frame.byteLength, BLOCK_HEADER_BYTES);
        // Only hostile bit rates get here: what does not fit is a hole, and everybody else is still heard.
        if (bytes > room) continue;
        room -= bytes;
        blocks.push(block);
      }
    }
    return [...this.#endings(), ...blocks];
  }

  #sources(end: number): readonly Source[] {
    const sources: Source[] = [];
    for (const [voice, queue] of this.#voices) {
      const frames = queue.before(end);
      const last = frames.at(-1);
      if (last === undefined) continue;
      const level = frames.reduce((loudest, frame) => Math.min(loudest, frame.level), SILENCE_LEVEL);
      const sounding = frames.filter((frame) => frame.level <= SOUND_LEVEL);
      const soundsTo = sounding.at(-1)?.position;
      sources.push({
        voice,
        level,
        ageMs: (end - queue.spurtAt) / SAMPLES_PER_MS,
        ends: last.ends,
        standsBy: queue.standsBy,
        soundMs: sounding.length * FRAME_MS,
        soundsToMs: soundsTo === undefined ? undefined : soundsTo / SAMPLES_PER_MS + FRAME_MS,
      });
    }
    return sources;
  }

  /** Notes whether the voice's talkspurt goes on after these frames. */
  #follow(voice: number, taken: readonly PlacedFrame[]): void {
    const last = taken.at(-1);
    if (last === undefined) return;
    // What begins anew needs no word about its end before.
    this.#ended.delete(voice);
    if (last.ends) {
      this.#open.delete(voice);
      this.#loudest.leave(voice);
    } else this.#open.add(voice);
  }

  #endings(): readonly VoiceBlock[] {
    const endings = [...this.#ended].map((voice) => ({
      voice,
      level: SILENCE_LEVEL,
      flags: BLOCK_FLAG.ends,
      offsetSamples: 0,
      frames: [],
    }));
    this.#ended.clear();
    return endings;
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
