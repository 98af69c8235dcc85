import { SAMPLES_PER_MS } from "./format.ts";
import { Mixer, type VoiceLevel } from "./mixer.ts";
import type { HeardChunk } from "./player.ts";
import { Stretch } from "./stretch.ts";

/** Sound that starts or stops fades over this, in samples: 8 ms. */
const FADE = 8 * SAMPLES_PER_MS;
/** After waiting for sound so much must have come before it goes on, in samples: 200 ms, or it would stutter. */
const ENOUGH = 200 * SAMPLES_PER_MS;
/** Of every pause that is skipped so much is left at its start, in samples: 300 ms … */
const PAUSE_KEPT = 300 * SAMPLES_PER_MS;
/** … and so much at its end: 100 ms, for the breath before a word. */
const PAUSE_END = 100 * SAMPLES_PER_MS;
/** A pause is looked for this far at once, in samples: 500 ms. */
const PAUSE_LOOK = 500 * SAMPLES_PER_MS;
/** Where no pause is, it is looked again after so many samples: 20 ms. */
const LOOK_AGAIN = 20 * SAMPLES_PER_MS;
/** Below this peak nobody sounds: −50 dBFS, as in the mixer. */
const QUIET_PEAK = 0.003;

/** What the listener wishes; it may change at any time. `speed`: 1 or more. */
export type Wish = { readonly playing: boolean; readonly speed: number; readonly skipsPauses: boolean };

/** What a replay's player can say about itself. */
export type ReplayFacts = {
  /** Where on the line it plays, in ms. */
  readonly lineMs: number;
  /** Sound comes out. */
  readonly sounding: boolean;
  /** It would play, and nothing has come. */
  readonly starving: boolean;
  /** All has been played. */
  readonly finished: boolean;
  readonly stalls: number;
};

/**
 * Decoded chunks of one line in, sound out: the mixer, the stretch and a gate. Runs on the audio thread.
 *
 * A replay needs no patience for a line's jitter: what has come is played, and where nothing has come it waits. Every sample of the
 * line is played once and in order, but for what a speed above 1 or skipped pauses leave out.
 */
export class ReplayPlayer {
  readonly #mixer = new Mixer();
  readonly #stretch = new Stretch((out, at) => this.#mixer.mix(out, at));
  #end = 0;
  #isWhole = false;
  /** How much of a sample sounds, in FADE-ths. */
  #gain = 0;
  #isDry = true;
  #quietFor = 0;
  #lookAfter = 0;
  #stalls = 0;
  #wish: Wish = { playing: false, speed: 1, skipsPauses: false };

  wish(wish: Wish): void {
    this.#wish = wish;
  }

  /** The next chunk of the line. Its sound is the player's from now on. */
  hear(chunk: HeardChunk): void {
    for (const sound of chunk.sounds) this.#mixer.add(sound);
    this.#end = Math.max(this.#end, chunk.start + chunk.length);
  }

  /** Nothing comes after what has come. */
  finish(): void {
    this.#isWhole = true;
  }

  /** Fills `out` with what sounds next. */
  render(out: Float32Array): void {
    const goes = this.#wish.playing && this.#hasSound(out.length);
    // What stops fades out over what would have come; then nothing moves.
    if (!goes && this.#gain === 0) {
      out.fill(0);
      return;
    }
    if (goes && this.#wish.skipsPauses) this.#skipPause();
    this.#stretch.render(out, this.#wish.speed);
    this.#fade(out, goes);
    this.#mixer.forget(this.#stretch.position);
  }

  /** How loud each voice is where it plays. */
  levels(length: number): VoiceLevel[] {
    return this.#gain > 0 ? this.#mixer.levels(this.#stretch.position, length) : [];
  }

  facts(): ReplayFacts {
    const position = this.#stretch.position;
    const finished = this.#isWhole && position >= this.#end;
    return {
      lineMs: Math.min(position, this.#end) / SAMPLES_PER_MS,
      sounding: this.#gain > 0,
      starving: this.#wish.playing && this.#isDry && !finished,
      finished,
      stalls: this.#stalls,
    };
  }

  #hasSound(length: number): boolean {
    const position = this.#stretch.position;
    const left = this.#end - position;
    if (this.#isWhole) {
      this.#isDry = left <= 0;
      return left > 0;
    }
    // The fade must still have something to fade.
    const least = Stretch.reach(this.#wish.speed, length) + FADE;
    const isDry = left < (this.#isDry ? least + ENOUGH : least);
    if (isDry && !this.#isDry && position > 0) this.#stalls++;
    this.#isDry = isDry;
    return !isDry;
  }

  #skipPause(): void {
    const position = this.#stretch.position;
    if (this.#quietFor < PAUSE_KEPT || position < this.#lookAfter || !this.#stretch.isBetween) return;
    const quiet = this.#mixer.quietFor(position, Math.min(position + PAUSE_LOOK, this.#end));
    const by = quiet - PAUSE_END;
    if (by > PAUSE_END) this.#stretch.skip(by);
    else this.#lookAfter = position + LOOK_AGAIN;
  }

  #fade(out: Float32Array, goes: boolean): void {
    const step = goes ? 1 : -1;
    let isQuiet = true;
    for (let i = 0; i < out.length; i++) {
      this.#gain = Math.min(FADE, Math.max(0, this.#gain + step));
      const sample = ((out[i] ?? 0) * this.#gain) / FADE;
      if (Math.abs(sample) > QUIET_PEAK) isQuiet = false;
      out[i] = sample;
    }
    this.#quietFor = isQuiet ? this.#quietFor + out.length : 0;
  }
}
