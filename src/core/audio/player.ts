import { SAMPLES_PER_MS } from "./format.ts";
import { type Arrival, JitterBuffer, type Patience } from "./jitter-buffer.ts";
import { Mixer, type VoiceLevel } from "./mixer.ts";
import { Playhead } from "./playhead.ts";
import { BLEND_SAMPLES, bestSplice, blend, SPLICE_LEAST } from "./splice.ts";

/** Sound that stops or starts for want of chunks fades over this, in samples: 8 ms. */
const STALL_FADE = 8 * SAMPLES_PER_MS;
/** Speech is spliced only where the two places are at least so alike … */
const ALIKE = 0.6;
/** … and looked at again after so many samples: 20 ms. */
const LOOK_AGAIN = 20 * SAMPLES_PER_MS;
/** Longest pause that is looked for at once, in samples: 500 ms. */
const QUIET_LOOK = 500 * SAMPLES_PER_MS;

/** A decoded chunk: where it stands, and what each voice said, on the room's timeline in samples. */
export type HeardChunk = Arrival & {
  readonly silenceFollows: boolean;
  readonly sounds: readonly { readonly voice: number; readonly start: number; readonly pcm: Float32Array; readonly ends: boolean }[];
};

/** An instant of a room. */
export type RoomInstant = { readonly epoch: number; readonly roomTimeMs: number };

/** What a player can say about itself; times in ms. */
export type PlayerFacts = {
  /** What sounds now; undefined before anything did. */
  readonly at: RoomInstant | undefined;
  readonly playing: boolean;
  /** What has arrived and waits to sound. */
  readonly bufferMs: number;
  /** How far behind the delay that the line needs; what "Go live" would skip. */
  readonly behindMs: number;
  /** Sequences never played. */
  readonly holes: number;
  /** Times without sound for want of chunks, and their length together. */
  readonly stalls: number;
  readonly stalledMs: number;
  /** Splices made to hold the delay. */
  readonly splices: number;
};

/** Decoded chunks in, sound out: the jitter buffer, the playhead and the mixer as one. Runs on the audio thread. */
export class Player {
  readonly #buffer: JitterBuffer;
  readonly #playhead = new Playhead();
  readonly #mixer = new Mixer();
  readonly #from = new Float32Array(BLEND_SAMPLES);
  #ready = new Float32Array(0);
  #silenceFollows = false;
  #gain = 0;
  #holes = 0;
  #splices = 0;
  #lookAfter = 0;
  /** Where room time and the playhead's line lie side by side, from a sample of the line on; what is played is in the first. */
  #places: { readonly from: number; readonly epoch: number; readonly shift: number }[] = [];

  /** @param patience for who talks with those whom he hears; what suits a listener if it is left out */
  constructor(patience?: Patience) {
    this.#buffer = new JitterBuffer(patience);
  }

  /** A chunk arrived; true if it is new. `now` is the audio clock, in samples. Its sound is the player's from now on. */
  arrived(chunk: HeardChunk, now: number): boolean {
    const before = this.#buffer.end;
    const placed = this.#buffer.arrived(chunk, now);
    if (placed === undefined) return false;
    this.#holes += placed.missing;
    this.#place(chunk.position.epoch, placed.start, placed.shift);
    this.#silenceFollows = chunk.silenceFollows;
    for (const sound of chunk.sounds) {
      this.#mixer.add({ ...sound, start: sound.start + placed.shift });
    }
    this.#playhead.arrived(placed.start, before, placed.anew);
    return true;
  }

  /** Fills `out` with what sounds next. `now` is the audio clock at its first sample. */
  render(out: Float32Array, now: number): void {
    if (this.#ready.length === 0) this.#play(out, now);
    if (this.#ready.length > 0) this.#drain(out);
  }

  #play(out: Float32Array, now: number): void {
    const position = this.#playhead.position;
    const target = this.#buffer.target(now);
    const view = {
      now,
      target,
      end: this.#buffer.end,
      silenceFollows: this.#silenceFollows,
      quietFor: () => this.#quietFor(position, now),
    };
    const move = this.#playhead.next(view, out.length);
    if (move.do === "splice" && this.#splice(move.by, move.quiet, now)) return;
    this.#mixer.mix(out, this.#playhead.position);
    this.#fade(out, move.do !== "hold");
    if (move.do !== "hold") this.#playhead.moved(out.length);
    this.#mixer.forget(this.#playhead.position);
  }

  /** Skips to the delay that the line needs. */
  goLive(now: number): void {
    const target = this.#buffer.target(now);
    if (target === undefined) return;
    this.#playhead.jump(now, target);
    this.#ready = new Float32Array(0);
    // From silence, so that the jump does not click.
    this.#gain = 0;
  }

  /** How loud each voice is at the playhead. */
  levels(length: number): VoiceLevel[] {
    return this.#playhead.playing ? this.#mixer.levels(this.#playhead.position, length) : [];
  }

  facts(now: number): PlayerFacts {
    const target = this.#buffer.target(now);
    const excess = target === undefined ? 0 : this.#playhead.excess(now, target);
    return {
      at: this.#at(),
      playing: this.#playhead.playing,
      bufferMs: Math.round((this.#buffer.end - this.#playhead.position) / SAMPLES_PER_MS),
      behindMs: Math.max(0, Math.round(excess / SAMPLES_PER_MS)),
      holes: this.#holes,
      stalls: this.#playhead.stalls,
      stalledMs: Math.round(this.#playhead.stalledFor / SAMPLES_PER_MS),
      splices: this.#splices,
    };
  }

  #place(epoch: number, from: number, shift: number): void {
    const last = this.#places.at(-1);
    if (last?.epoch === epoch && last.shift === shift) return;
    this.#places.push({ from, epoch, shift });
    const isPassed = (index: number) => (this.#places[index + 1]?.from ?? Number.POSITIVE_INFINITY) <= this.#playhead.position;
    this.#places = this.#places.filter((_, index) => !isPassed(index));
  }

  #at(): RoomInstant | undefined {
    const { position } = this.#playhead;
    const place = this.#places.findLast(({ from }) => from <= position) ?? this.#places[0];
    if (place === undefined || this.#playhead.isNew) return undefined;
    return { epoch: place.epoch, roomTimeMs: Math.round((position - place.shift) / SAMPLES_PER_MS) };
  }

  #quietFor(position: number, now: number): number {
    if (now < this.#lookAfter) return 0;
    const quiet = this.#mixer.quietFor(position, Math.min(position + QUIET_LOOK, this.#buffer.end));
    if (quiet === 0) this.#lookAfter = now + LOOK_AGAIN / 4;
    return quiet;
  }

  /** Makes ready BLEND_SAMPLES that lead from here to about `by` further on (or back); false if no place is alike enough. */
  #splice(by: number, quiet: boolean, now: number): boolean {
    const position = this.#playhead.position;
    const end = this.#buffer.end;
    if (position + Math.max(by, 0) + 2 * BLEND_SAMPLES > end) return false;
    const first = quiet ? by : by > 0 ? SPLICE_LEAST : by;
    const last = quiet ? by : by > 0 ? by : -SPLICE_LEAST;
    this.#mixer.mix(this.#from, position);
    const within = new Float32Array(last - first + BLEND_SAMPLES);
    this.#mixer.mix(within, position + first);
    const found = bestSplice(this.#from, within);
    if (!quiet && found.alike < ALIKE) {
      this.#playhead.spliced(LOOK_AGAIN / 10, now);
      return false;
    }
    const ready = new Float32Array(BLEND_SAMPLES);
    blend(ready, this.#from, within.subarray(found.at, found.at + BLEND_SAMPLES));
    this.#ready = ready;
    const moved = first + found.at;
    this.#splices++;
    this.#playhead.moved(moved + BLEND_SAMPLES);
    if (!quiet) this.#playhead.spliced(moved, now);
    return true;
  }

  #drain(out: Float32Array): void {
    out.set(this.#ready.subarray(0, out.length));
    // BLEND_SAMPLES is a multiple of a render quantum (128), so nothing is left over; a test keeps it so.
    this.#ready = this.#ready.subarray(out.length);
    this.#fade(out, true);
  }

  /** Moves the gain towards sound or silence, sample by sample; shortly before the line runs dry it is silence. */
  #fade(out: Float32Array, playing: boolean): void {
    const dry = !this.#silenceFollows && this.#buffer.end - this.#playhead.position < out.length + STALL_FADE;
    const step = playing && !dry ? 1 / STALL_FADE : -1 / STALL_FADE;
    for (let i = 0; i < out.length; i++) {
      this.#gain = Math.min(1, Math.max(0, this.#gain + step));
      out[i] = (out[i] ?? 0) * this.#gain;
    }
  }
}
