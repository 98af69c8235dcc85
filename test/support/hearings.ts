import type { Tape } from "./chirp-tap.ts";
import { chirpBetween, findChirps } from "./chirps.ts";

/** A chirp that is heard came within this after it was spoken, in ms: less than the second between two. */
const HEARD_WITHIN_MS = 900;

/** One chirp: when it was spoken, how much later it was heard, which it was and for which it was taken. */
export type Hearing = { wallMs: number; delayMs: number; up: boolean; heardUp: boolean | undefined; alike: number };

/** Each chirp that was spoken while the listener was there to hear it, and when it was heard; NaN if it was not. */
export function hearings(mouth: Tape, ear: Tape): Hearing[] {
  const begin = ear.wallOf(findChirps(ear.pcm)[0]?.sample ?? ear.pcm.length);
  const end = ear.wallOf(ear.pcm.length) - HEARD_WITHIN_MS;
  return findChirps(mouth.pcm)
    .map(({ sample, up }) => ({ up, wallMs: mouth.wallOf(sample) }))
    .filter(({ wallMs }) => wallMs > begin - HEARD_WITHIN_MS && wallMs < end)
    .map(({ wallMs, up }) => {
      const heard = chirpBetween(ear.pcm, ear.sampleAt(wallMs), ear.sampleAt(wallMs + HEARD_WITHIN_MS));
      const delayMs = heard === undefined ? Number.NaN : ear.wallOf(heard.sample) - wallMs;
      return { wallMs, delayMs, up, heardUp: heard?.up, alike: heard?.alike ?? 0 };
    });
}
