import { FRAME_MS, SILENCE_LEVEL } from "../core/audio/format.ts";

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
/** How fast the noise floor is believed to rise, in dB a frame: 3 dB a second. It falls at once. */
const FLOOR_RISE_DB = (3 * FRAME_MS) / 1_000;

/** What to send now: frames in order, and whether a talkspurt begins with the first or ends with the last. */
export type Passed<Frame> = { readonly frames: readonly Frame[]; readonly starts: boolean; readonly ends: boolean };

/**
 * Voice activity, decided at the speaker: silence costs nobody anything. Lets through whatever is louder than the room's own
 * noise, music too, with 60 ms from before and 600 ms from after.
 */
export class VoiceGate<Frame> {
  #held: Frame[] = [];
  #floorDbov = LOUDEST_FLOOR_DBOV;
  #left = 0;

  get open(): boolean {
    return this.#left > 0;
  }

  /** Takes the next frame; nothing while there is only noise. `level` in −dBov, as levelOf says. */
  pass(frame: Frame, level: number): Passed<Frame> | undefined {
    const dbov = -level;
    this.#floorDbov = Math.min(LOUDEST_FLOOR_DBOV, dbov, this.#floorDbov + FLOOR_RISE_DB);
    const sounds = dbov > Math.max(SOFTEST_VOICE_DBOV, this.#floorDbov + ABOVE_FLOOR_DB);
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
}

/** The level of a frame in −dBov: 0 a full-scale square wave, 127 silence (RFC 6464 §3, RFC 6465 §3). */
export function levelOf(pcm: Float32Array): number {
  let sum = 0;
  for (const sample of pcm) sum += sample * sample;
  if (sum === 0) return SILENCE_LEVEL;
  const dbov = 10 * Math.log10(sum / pcm.length);
  return Math.min(SILENCE_LEVEL, Math.max(0, Math.round(-dbov)));
}
