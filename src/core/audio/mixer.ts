import { SAMPLES_PER_MS } from "./format.ts";
import { bridge } from "./splice.ts";

/** Sound that begins or ends beside silence fades over this, in samples: 5 ms. */
const FADE_SAMPLES = 5 * SAMPLES_PER_MS;
/** What was played is kept this long, in samples, so that a splice may repeat it: 60 ms. */
const KEPT_SAMPLES = 60 * SAMPLES_PER_MS;
/** Below this peak nobody hears a splice: −50 dBFS. */
const QUIET_PEAK = 0.003;
/** Quiet is looked for in steps of so many samples. */
const QUIET_STEP = 64;

/** One voice's sound without a hole, on the player's line; with `ends` a talkspurt is over. Without samples only that is told. */
export type Sound = { readonly voice: number; readonly start: number; readonly pcm: Float32Array; readonly ends: boolean };

/** How loud a voice is right now, 0 to 1. */
export type VoiceLevel = { readonly voice: number; readonly rms: number };

/** All voices on one line, in order of their start; any part of it can be mixed, as long as it is kept. */
export class Mixer {
  #sounds: Sound[] = [];

  /**
   * Adds a sound. Where its own voice does not continue, before or after, the edges are faded; a hole too short for a pause is
   * bridged: clocks that drift apart and lines that falter make such, and nobody paused. `pcm` is the mixer's from now on.
   */
  add(sound: Sound): void {
    if (sound.pcm.length === 0) {
      if (sound.ends) this.#end(sound.voice);
      return;
    }
    const before = this.#sounds.findLast((one) => one.voice === sound.voice);
    const end = before === undefined ? Number.NEGATIVE_INFINITY : before.start + before.pcm.length;
    const hole = sound.start - end;
    if (hole !== 0) {
      const bridged = before !== undefined && !before.ends && hole > 0;
      const filled = bridged ? bridge(before.pcm, hole, sound.pcm) : undefined;
      if (filled !== undefined) this.#sounds.push({ voice: sound.voice, start: end, pcm: filled, ends: false });
      else {
        fade(sound.pcm, 0, 1);
        if (before !== undefined && !before.ends) fade(before.pcm, before.pcm.length - 1, -1);
      }
    }
    if (sound.ends) fade(sound.pcm, sound.pcm.length - 1, -1);
    this.#sounds.push(sound);
  }

  /** Everybody's sound from `start` on, added into `out` (which is overwritten). */
  mix(out: Float32Array, start: number): void {
    out.fill(0);
    for (const { start: at, pcm } of this.#sounds) {
      const from = Math.max(0, at - start);
      const to = Math.min(out.length, at + pcm.length - start);
      for (let i = from; i < to; i++) out[i] = (out[i] ?? 0) + (pcm[start + i - at] ?? 0);
    }
  }

  /** For how long nobody is to be heard from `start` on, in samples, at most up to `end`. */
  quietFor(start: number, end: number): number {
    const part = new Float32Array(QUIET_STEP);
    for (let at = start; at < end; at += QUIET_STEP) {
      this.mix(part, at);
      if (part.some((sample) => Math.abs(sample) > QUIET_PEAK)) return at - start;
    }
    return Math.max(0, end - start);
  }

  /** How loud each voice is in the `length` samples from `start` on. */
  levels(start: number, length: number): VoiceLevel[] {
    const squares = new Map<number, number>();
    for (const { voice, start: at, pcm } of this.#sounds) {
      const from = Math.max(0, start - at);
      const to = Math.min(pcm.length, start + length - at);
      let sum = squares.get(voice) ?? 0;
      for (let i = from; i < to; i++) sum += (pcm[i] ?? 0) ** 2;
      if (to > from) squares.set(voice, sum);
    }
    return [...squares].map(([voice, sum]) => ({ voice, rms: Math.sqrt(sum / length) }));
  }

  /** The voice's newest sound was its last for now. */
  #end(voice: number): void {
    const at = this.#sounds.findLastIndex((one) => one.voice === voice);
    const last = this.#sounds[at];
    if (last === undefined || last.ends) return;
    fade(last.pcm, last.pcm.length - 1, -1);
    this.#sounds[at] = { ...last, ends: true };
  }

  /** Lets go of what lies well before `position`. */
  forget(position: number): void {
    const first = this.#sounds[0];
    if (first === undefined || first.start + first.pcm.length >= position - KEPT_SAMPLES) return;
    this.#sounds = this.#sounds.filter((one) => one.start + one.pcm.length >= position - KEPT_SAMPLES);
  }
}

function fade(pcm: Float32Array, at: number, step: 1 | -1): void {
  const length = Math.min(FADE_SAMPLES, pcm.length);
  for (let i = 0; i < length; i++) {
    const index = at + i * step;
    pcm[index] = ((pcm[index] ?? 0) * i) / length;
  }
}
