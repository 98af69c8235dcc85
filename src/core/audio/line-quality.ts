import { FRAME_SAMPLES } from "./format.ts";
import type { Speech } from "./speech.ts";

/** Loss is told of so long, in ms. */
const MEMORY_MS = 10_000;
/** Counted together, in ms. */
const BUCKET_MS = 1_000;
/** A jump of the speaker's own clock above this, in frames, is a new beginning and no loss: ten seconds. */
const MOST_LOST = MEMORY_MS / 20;

/** How a speaker's line does: what of his talkspurts did not come, or came too late to be heard, in the last ten seconds. */
export class LineQuality {
  readonly #buckets: { readonly at: number; heard: number; lost: number }[] = [];
  /** Where the talkspurt goes on, on the speaker's clock; undefined between two of them. */
  #next: number | undefined;
  /** How long the line takes there and back, in ms, as far as the speaker's page has told. */
  roundTripMs: number | undefined;

  /** A message came. @param nowMs of one clock, in ms */
  heard({ sample, frames, ends }: Speech, nowMs: number): void {
    const missing = this.#next === undefined ? 0 : ((sample - this.#next) | 0) / FRAME_SAMPLES;
    if (missing > 0 && missing <= MOST_LOST) this.#at(nowMs).lost += missing;
    this.#at(nowMs).heard += frames.length;
    this.#next = ends ? undefined : (sample + frames.length * FRAME_SAMPLES) >>> 0;
  }

  /** So many frames came, and could not be heard. */
  late(frames: number, nowMs: number): void {
    const bucket = this.#at(nowMs);
    bucket.lost += frames;
    bucket.heard -= frames;
  }

  /** What was lost of all that was said in the last ten seconds, in percent, to a tenth; 0 if nothing was said. */
  lossPercent(nowMs: number): number {
    const recent = this.#buckets.filter(({ at }) => nowMs - at <= MEMORY_MS);
    const lost = recent.reduce((sum, bucket) => sum + bucket.lost, 0);
    const all = recent.reduce((sum, bucket) => sum + bucket.heard, lost);
    return all === 0 ? 0 : Math.round((1_000 * lost) / all) / 10;
  }

  #at(nowMs: number): { heard: number; lost: number } {
    const last = this.#buckets.at(-1);
    if (last !== undefined && nowMs - last.at < BUCKET_MS) return last;
    while (nowMs - (this.#buckets[0]?.at ?? nowMs) > MEMORY_MS) this.#buckets.shift();
    const bucket = { at: nowMs, heard: 0, lost: 0 };
    this.#buckets.push(bucket);
    return bucket;
  }
}
