import { BLOCK_FLAG, CHUNK_FLAG, type Chunk } from "../../core/audio/chunk.ts";
import { FRAME_SAMPLES, SAMPLES_PER_MS } from "../../core/audio/format.ts";
import type { HeardChunk } from "../../core/audio/player.ts";
import type { Decoder, MakeDecoder } from "./codec.ts";

/** When nothing came out for so long, in ms, a decoder swallowed frames. Not a number of chunks: a backlog may bring hundreds at once. */
const STUCK_MS = 3_000;
/** Voices are given anew all the time; this many decoders are kept, the longest unused goes first. */
const MOST_DECODERS = 8;

type Part = { readonly voice: number; readonly start: number; readonly pcm: Float32Array; readonly ends: boolean };
type Waiting = { readonly chunk: Omit<HeardChunk, "sounds">; readonly sounds: Part[]; readonly takenAt: number; frames: number };
type Frame = { readonly start: number; readonly part: Part; readonly of: Waiting };
type Voice = { readonly decoder: Decoder; frames: Frame[] };

/** Chunks in, the same chunks with sound out, in the same order. A frame that cannot be decoded is silence. */
export class ChunkDecoder {
  readonly #make: MakeDecoder;
  readonly #onHeard: (chunk: HeardChunk) => void;
  readonly #voices = new Map<string, Voice>();
  #waiting: Waiting[] = [];
  #released = true;
  #movedAt = 0;

  constructor(make: MakeDecoder, onHeard: (chunk: HeardChunk) => void) {
    this.#make = make;
    this.#onHeard = onHeard;
  }

  /**
   * @param counts false for what was replayed at a greeting
   * @param now a monotonic clock, in ms
   */
  take(chunk: Chunk, counts: boolean, now: number): void {
    this.mend(now);
    const start = chunk.roomTimeMs * SAMPLES_PER_MS;
    const waiting: Waiting = {
      chunk: {
        position: { epoch: chunk.epoch, sequence: chunk.sequence },
        start,
        length: chunk.durationMs * SAMPLES_PER_MS,
        counts,
        silenceFollows: (chunk.flags & CHUNK_FLAG.silenceFollows) !== 0,
      },
      sounds: [],
      takenAt: now,
      frames: 0,
    };
    this.#waiting.push(waiting);
    for (const block of chunk.blocks) {
      const part: Part = {
        voice: block.voice,
        start: start + block.offsetSamples,
        pcm: new Float32Array(block.frames.length * FRAME_SAMPLES),
        ends: (block.flags & BLOCK_FLAG.ends) !== 0,
      };
      if (part.pcm.length > 0 || part.ends) waiting.sounds.push(part);
      if (part.pcm.length === 0) continue;
      const voice = this.#voice(`${chunk.epoch}:${block.voice}`);
      if ((block.flags & BLOCK_FLAG.starts) !== 0) voice.decoder.reset();
      for (const [index, frame] of block.frames.entries()) {
        const at = part.start + index * FRAME_SAMPLES;
        waiting.frames++;
        voice.frames.push({ start: at, part, of: waiting });
        voice.decoder.decode(frame, at);
      }
    }
    this.#release();
  }

  /** Gives up the frames that hold everything back for too long: they are silence then. To be called now and then where nothing may come for a while. */
  mend(now: number): void {
    if (this.#released || this.#waiting.length === 0) this.#movedAt = now;
    this.#released = false;
    if (now - this.#movedAt <= STUCK_MS) return;
    const fresh = (waiting: Waiting) => now - waiting.takenAt <= STUCK_MS;
    for (const voice of this.#voices.values()) voice.frames = voice.frames.filter(({ of }) => fresh(of));
    for (const waiting of this.#waiting) if (!fresh(waiting)) waiting.frames = 0;
    this.#release();
  }

  close(): void {
    for (const voice of this.#voices.values()) voice.decoder.close();
    this.#voices.clear();
    this.#waiting = [];
  }

  #voice(key: string): Voice {
    const known = this.#voices.get(key);
    if (known !== undefined) {
      this.#voices.delete(key);
      this.#voices.set(key, known);
      return known;
    }
    const decoder = this.#make(
      (start, pcm) => this.#decoded(voice, start, pcm),
      () => this.#lost(voice),
    );
    const voice: Voice = { decoder, frames: [] };
    this.#voices.set(key, voice);
    const oldest = this.#voices.keys().next().value;
    if (this.#voices.size > MOST_DECODERS && oldest !== undefined) {
      const left = this.#voices.get(oldest);
      this.#voices.delete(oldest);
      left?.decoder.close();
      if (left !== undefined) this.#lost(left);
    }
    return voice;
  }

  #decoded(voice: Voice, start: number, pcm: Float32Array): void {
    // A decoder may swallow a frame, never change their order; a microsecond's rounding is no other frame.
    for (let frame = voice.frames[0]; frame !== undefined && frame.start < start + FRAME_SAMPLES / 2; frame = voice.frames[0]) {
      voice.frames.shift();
      frame.of.frames--;
      if (Math.abs(frame.start - start) < FRAME_SAMPLES / 2) {
        const at = frame.start - frame.part.start;
        frame.part.pcm.set(pcm.subarray(0, Math.min(FRAME_SAMPLES, frame.part.pcm.length - at)), at);
      }
    }
    this.#release();
  }

  #lost(voice: Voice): void {
    for (const frame of voice.frames) frame.of.frames--;
    voice.frames = [];
    this.#release();
  }

  #release(): void {
    for (let head = this.#waiting[0]; head !== undefined && head.frames <= 0; head = this.#waiting[0]) {
      this.#waiting.shift();
      this.#released = true;
      this.#onHeard({ ...head.chunk, sounds: head.sounds });
    }
  }
}
