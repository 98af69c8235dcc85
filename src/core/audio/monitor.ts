import { Alignment, placeSpeech, TALKED_WITH } from "./alignment.ts";
import { Bundle } from "./bundle.ts";
import { CHUNK_FLAG, type Chunk, encodeChunk } from "./chunk.ts";
import type { Speech } from "./speech.ts";

/** Length of a chunk of the fast path, in ms: two frames. Shorter ones would double the sends, longer ones delay an answer. */
export const MONITOR_CHUNK_MS = 40;
/** The clock runs on over so much silence, in ms: within a sentence it must not start anew. */
const QUIET_MS = 400;

/** What one tick of the stage holds, for each who is on it. */
export class Mix {
  readonly #chunk: Omit<Chunk, "version">;
  readonly #made = new Map<number | undefined, Uint8Array>();

  constructor(chunk: Omit<Chunk, "version">) {
    this.#chunk = chunk;
  }

  /** The chunk without `voice`: nobody hears himself. Encoded once for all who are silent, and once for each who sounds: five times at most. */
  without(voice: number | undefined): Uint8Array {
    const own = this.#chunk.blocks.some((block) => block.voice === voice) ? voice : undefined;
    let bytes = this.#made.get(own);
    if (bytes === undefined) {
      const blocks = this.#chunk.blocks.filter((block) => block.voice !== own);
      const flags = this.#chunk.flags | (blocks.some(({ frames }) => frames.length > 0) ? 0 : CHUNK_FLAG.silenceFollows);
      bytes = encodeChunk({ ...this.#chunk, flags, blocks });
      this.#made.set(own, bytes);
    }
    return bytes;
  }
}

/**
 * The fast path: what those on stage say, for each other, 40 ms at a time. Pure: time is passed in, in ms since 1970.
 *
 * It has a clock, a timeline and sequences of its own, so it works in a quiet room too. The clock runs only while somebody says something.
 */
export class Monitor {
  readonly #bundle: Bundle;
  readonly #alignments = new Map<number, Alignment>();
  /** When somebody was last heard; undefined while the clock stands. */
  #heardMs: number | undefined;

  /** @param epoch what its chunks bear: higher than that of any fast path which who is on stage heard before */
  constructor(epoch: number, nowMs: number) {
    this.#bundle = new Bundle(epoch, MONITOR_CHUNK_MS, nowMs);
  }

  /** When the next chunk is due, in ms since 1970; undefined while nobody says anything. */
  get dueMs(): number | undefined {
    return this.#heardMs === undefined ? undefined : this.#bundle.dueMs;
  }

  /** Somebody said something that the stage is to hear. */
  hear(voice: number, speech: Speech, nowMs: number): void {
    if (this.#heardMs === undefined) this.#bundle.skipTo(nowMs);
    this.#heardMs = nowMs;
    let alignment = this.#alignments.get(voice);
    if (alignment === undefined) {
      alignment = new Alignment(TALKED_WITH);
      this.#alignments.set(voice, alignment);
    }
    const placed = placeSpeech(alignment, speech, this.#bundle.positionAt(nowMs), this.#bundle.openFrom);
    // Why it could not be taken, the speaker is told by who places it for the audience.
    if (typeof placed === "string") return;
    for (const frame of placed) this.#bundle.add(voice, frame);
    if (speech.ends && speech.frames.length === 0) this.#bundle.end(voice);
  }

  /** What the voice said and nobody has heard yet is not said: it was muted, or its speaker has a new connection. */
  silence(voice: number): void {
    this.#alignments.delete(voice);
    this.#bundle.silence(voice);
  }

  /** The chunk of what is due; undefined if nothing is. */
  tick(nowMs: number): Mix | undefined {
    const cut = this.#bundle.cut(nowMs);
    if (cut === undefined || this.#heardMs === undefined) return undefined;
    if (nowMs - this.#heardMs > QUIET_MS && (cut.chunk.flags & CHUNK_FLAG.silenceFollows) !== 0) this.#heardMs = undefined;
    return new Mix(cut.chunk);
  }
}
