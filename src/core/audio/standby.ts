import { ATTACK_MS, type Candidate } from "./loudest.ts";

/**
 * Who stands by is on air once nobody before him has sounded for this long, in ms. Two seconds are what an ear is meant to miss at most; the rest of
 * them is spent on the way: what an encoder's line still holds (some 150 ms), the place on the room's timeline (some 50), a chunk and the way down (up to 300).
 */
export const STANDBY_AFTER_MS = 1_500;
/** Who comes back must have sounded for so long in sum, in ms, less the time that he did not: a click or a cough is shorter. He is heard meanwhile. */
export const RETURN_MS = 300;
/** What is softer than this, in −dBov, is silence, whoever sends it: an encoder that is fed nothing, or the noise of an empty studio. */
export const SOUND_LEVEL = 60;

/** What one voice has to say in a tick, and whether it stands by. */
export type Source = Candidate & {
  readonly standsBy: boolean;
  /** How much of it is no silence, in ms. */
  readonly soundMs: number;
  /** Where the last of that ends on the room's timeline, in ms; nothing if all is silence. */
  readonly soundsToMs: number | undefined;
};

/** Who is kept out of a tick; of those `waiting` may still get in with all that was said. */
export type KeptOut = { readonly silenced: ReadonlySet<number>; readonly waiting: ReadonlySet<number> };

/**
 * Who stands by, and when his turn is. Pure.
 *
 * A voice that stands by is kept out of the mix while anybody before it sounds: all who do not stand by, and who stands by and came up earlier. It is on
 * air when they have been silent for a while, whether their lines are gone or bring silence, and out again when one of them is back for good.
 */
export class Standby {
  /** Where each voice sounded last, within what counts. */
  readonly #sounded = new Map<number, { readonly toMs: number; readonly standsBy: boolean }>();
  /** Who is on air though he stands by: for how long somebody before him has sounded again, and when he was here last. */
  readonly #turns = new Map<number, { leadMs: number; seenMs: number }>();
  #sinceMs: number | undefined;

  /** The voices that stand by and are on air just now, in the order of their voices. */
  get onAir(): readonly number[] {
    return [...this.#turns.keys()].sort((a, b) => a - b);
  }

  /**
   * @param sources who has anything to say in this tick
   * @param endMs the tick's end on the room's timeline, in ms
   * @param tickMs its length, in ms
   */
  choose(sources: readonly Source[], endMs: number, tickMs: number): KeptOut {
    // Nobody knows who sounded before the first tick: whoever does not stand by is given the time to come.
    this.#sinceMs ??= endMs - tickMs;
    for (const { voice, standsBy, soundsToMs } of sources) {
      if (soundsToMs !== undefined) this.#sounded.set(voice, { toMs: soundsToMs, standsBy });
    }
    for (const [voice, { toMs }] of this.#sounded) if (endMs - toMs >= STANDBY_AFTER_MS) this.#sounded.delete(voice);
    this.#endTurns(sources, endMs, tickMs);
    const silenced = new Set<number>();
    const waiting = new Set<number>();
    for (const { voice, standsBy, ageMs, ends } of sources) {
      if (!standsBy || this.#turns.has(voice)) continue;
      if (this.#isQuietBefore(voice, endMs)) this.#turns.set(voice, { leadMs: 0, seenMs: endMs });
      else {
        silenced.add(voice);
        // As with the loudest: whose turn comes while he begins to speak is heard from his first syllable.
        if (ageMs <= ATTACK_MS && !ends) waiting.add(voice);
      }
    }
    return { silenced, waiting };
  }

  #endTurns(sources: readonly Source[], endMs: number, tickMs: number): void {
    for (const [voice, turn] of this.#turns) {
      const here = sources.find((source) => source.voice === voice);
      if (here !== undefined) turn.seenMs = endMs;
      const soundMs = sources.reduce((most, source) => (comesBefore(source, voice) ? Math.max(most, source.soundMs) : most), 0);
      turn.leadMs = Math.max(0, turn.leadMs + (soundMs > 0 ? soundMs : -tickMs));
      const isGone = here === undefined ? endMs - turn.seenMs > STANDBY_AFTER_MS : !here.standsBy;
      if (isGone || turn.leadMs >= RETURN_MS) this.#turns.delete(voice);
    }
  }

  #isQuietBefore(voice: number, endMs: number): boolean {
    if (endMs - (this.#sinceMs ?? endMs) < STANDBY_AFTER_MS) return false;
    for (const [other, { standsBy }] of this.#sounded) if (comesBefore({ voice: other, standsBy }, voice)) return false;
    return true;
  }
}

/** True of who keeps `voice` out while he sounds. */
function comesBefore(one: Pick<Source, "voice" | "standsBy">, voice: number): boolean {
  return one.voice !== voice && (!one.standsBy || one.voice < voice);
}
