import { FRAME_MS, SILENCE_LEVEL } from "../../core/audio/format.ts";

/** Frames kept from before the voice was noticed: 60 ms, so that no first syllable is cut. More would delay all that follows. */
const LOOK_BACK_FRAMES = 60 / FRAME_MS;
/** Frames that are sent after the voice was last noticed: 600 ms, longer than the pauses within a sentence. */
const HANG_OVER_FRAMES = 600 / FRAME_MS;
/** A voice stands out from the noise by this, in dB. */
const ABOVE_FLOOR_DB = 9;
/** Noise is never believed to be louder than this, in dBov, so that music is not mistaken for it. */
const LOUDEST_FLOOR_DBOV = -50;
/** What is softer than this is never a voice, in dBov. */
const SOFTEST_VOICE_DBOV = -62;
/** With `everything` asked for, only what is softer than this is silence, in dBov. */
const SOFTEST_SOUND_DBOV = -75;
/** Noise is what keeps its level: means of half a second that stay within so many dB of each other for five seconds. */
const BLOCK_FRAMES = 500 / FRAME_MS;
const STEADY_BLOCKS = 10;
const STEADY_DB = 3;

/** What to send now: frames in order, and whether a talkspurt begins with the first or ends with the last. */
export type Passed<Frame> = { readonly frames: readonly Frame[]; readonly starts: boolean; readonly ends: boolean };

/**
 * Voice activity, decided at the speaker: silence costs nobody anything. Lets through whatever is louder than the room's own
 * noise, with 60 ms from before and 600 ms from after. Only a level that stays the same is believed to be noise, so that soft
 * talkers and long decays pass; a soft chord that is held does too with `everything`.
 */
export class VoiceGate<Frame> {
  #held: Frame[] = [];
  #floorDbov = LOUDEST_FLOOR_DBOV;
  #left = 0;
  /** The newest blocks' mean levels, dBov, and what the block that is being filled adds up to. */
  #blocks: number[] = [];
  #sum = 0;
  #count = 0;
  /** Lets all through that is not silence: for music. */
  everything = false;

  get open(): boolean {
    return this.#left > 0;
  }

  /** Takes the next frame; nothing while there is only noise. `level` in −dBov, as levelOf says. */
  pass(frame: Frame, level: number): Passed<Frame> | undefined {
    const dbov = -level;
    this.#follow(dbov);
    const softest = this.everything ? SOFTEST_SOUND_DBOV : Math.max(SOFTEST_VOICE_DBOV, this.#floorDbov + ABOVE_FLOOR_DB);
    const sounds = dbov > softest;
    if (!sounds && this.#left === 0) {
      this.#held.push(frame);
      if (this.#held.length > LOOK_BACK_FRAMES) this.#held.shift();
      return undefined;
    }
    const starts = this.#left === 0;
    this.#left = sounds ? HANG_OVER_FRAMES : this.#left - 1;
    const frames = [...this.#held, frame];
    this.#held = [];
    return { frames, starts, ends: this.#left === 0 };
  }

  /** Forgets what it held: the frames before are no longer to be sent. The next voice starts a talkspurt. */
  shut(): void {
    this.#held = [];
    this.#left = 0;
  }

  /** The floor falls at once, and rises to what has been steady. */
  #follow(dbov: number): void {
    this.#floorDbov = Math.min(this.#floorDbov, dbov);
    this.#sum += dbov;
    if (++this.#count < BLOCK_FRAMES) return;
    this.#blocks = [...this.#blocks.slice(1 - STEADY_BLOCKS), this.#sum / this.#count];
    this.#sum = 0;
    this.#count = 0;
    if (this.#blocks.length < STEADY_BLOCKS) return;
    const softest = Math.min(...this.#blocks);
    if (Math.max(...this.#blocks) - softest > STEADY_DB) return;
    this.#floorDbov = Math.max(this.#floorDbov, Math.min(LOUDEST_FLOOR_DBOV, softest));
  }
}

/** The level of a frame in −dBov: 0 a full-scale square wave, 127 silence (RFC 6464 §3, RFC 6465 §3). */
export function levelOf(pcm: Float32Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  if (sum === 0) return SILENCE_LEVEL;
  const dbov = 10 * Math.log10(sum / pcm.length);
  return Math.min(SILENCE_LEVEL, Math.max(0, Math.round(-dbov)));
}
