import { MAX_VOICES, SILENCE_LEVEL } from "./format.ts";

/**
 * Who sounds keeps its place unless another is louder by this, in dB: twice the amplitude, which everybody in the room would call louder.
 * The peaks of people who talk equally loud differ by less from one phrase to the next.
 */
const MARGIN_DB = 6;
/** A voice's loudness falls by no more than this, in dB a second: the longest pause within a sentence (600 ms, browser/sound/voice-gate.ts) costs just the margin. */
const RELEASE_DB_PER_S = 10;
/** Who got a place keeps it for at least this long, in ms: a word. Shorter turns cannot be understood, and only disturb. */
const DWELL_MS = 500;
/**
 * A talkspurt as young as this, in ms, takes a place the moment it is louder, and brings what it said before: voices need so long to
 * reach their loudness, and the first syllable is what tells who speaks.
 */
export const ATTACK_MS = 200;
/** Whoever was too soft at first must be louder for this long in sum, in ms, less the time that he was not: a cough is shorter. */
const SUSTAIN_MS = 300;
/** A place is kept for a voice whose frames are late for so long, in ms: lines falter, and the one behind must not slip in for a moment. */
const KEPT_MS = 300;

/** What one voice has to say in a tick. */
export type Candidate = {
  readonly voice: number;
  /** Its loudest frame, −dBov: 0 loudest. The speaker's own page says so, and may lie: see Loudest. */
  readonly level: number;
  /** The newest talkspurt began so long before the tick's end, in ms. */
  readonly ageMs: number;
  /** Its last frame ends the talkspurt. */
  readonly ends: boolean;
};

/** Who sounds in a tick. Of who does not, `waiting` may still get in with all that was said, and the others are not heard. */
export type Chosen = {
  readonly sounding: ReadonlySet<number>;
  readonly waiting: ReadonlySet<number>;
  /** Voices that sounded and had to make place. */
  readonly displaced: readonly number[];
};

type Place = { loudnessDbov: number; readonly sinceMs: number; seenMs: number };

/**
 * The four who sound at once: the loudest, with hysteresis. Pure.
 *
 * Who sounds stays, until somebody is clearly louder: at once if he just begins to speak, else after a while. That is the idea of
 * Volfin and Cohen (Dominant speaker identification for multipoint videoconferencing, 2013): short spans of speech let a voice in, long
 * ones keep it there; with places for four it takes levels only.
 *
 * Levels are what pages say. One that always claims to be the loudest has one place of the four, no more, for as long as it sends sound; whoever runs
 * the room can mute it.
 */
export class Loudest {
  readonly #places = new Map<number, Place>();
  /** For how long who waits has been louder than one who sounds, in ms. */
  readonly #leads = new Map<number, number>();
  readonly #most: number;

  /** @param most how many may sound at once */
  constructor(most: number = MAX_VOICES) {
    this.#most = most;
  }

  /**
   * @param endMs the tick's end on the room's timeline, in ms
   * @param tickMs its length, in ms
   */
  choose(candidates: readonly Candidate[], endMs: number, tickMs: number): Chosen {
    const here = new Map(candidates.map((candidate) => [candidate.voice, candidate]));
    this.#follow(here, endMs, tickMs);
    const displaced: number[] = [];
    const waiting = new Set<number>();
    for (const candidate of candidates.toSorted((a, b) => a.level - b.level)) {
      if (this.#places.has(candidate.voice)) continue;
      const young = candidate.ageMs <= ATTACK_MS;
      const softest = this.#places.size < this.#most ? undefined : this.#softest(candidate, endMs, tickMs, young);
      if (this.#places.size < this.#most || softest !== undefined) {
        if (softest !== undefined) {
          this.#places.delete(softest);
          displaced.push(softest);
        }
        this.#places.set(candidate.voice, { loudnessDbov: -candidate.level, sinceMs: endMs - tickMs, seenMs: endMs });
        this.#leads.delete(candidate.voice);
      } else if (young && !candidate.ends) waiting.add(candidate.voice);
    }
    const sounding = new Set([...this.#places.keys()].filter((voice) => here.has(voice)));
    return { sounding, waiting, displaced };
  }

  /** The voice has ended its talkspurt, is muted or gone: its place is free. */
  leave(voice: number): void {
    this.#places.delete(voice);
    this.#leads.delete(voice);
  }

  /** Loudness follows at once upwards and slowly downwards; who is away for long leaves. */
  #follow(here: ReadonlyMap<number, Candidate>, endMs: number, tickMs: number): void {
    for (const [voice, place] of this.#places) {
      const level = here.get(voice)?.level;
      place.loudnessDbov = Math.max(place.loudnessDbov - (RELEASE_DB_PER_S * tickMs) / 1_000, -(level ?? SILENCE_LEVEL));
      if (level !== undefined) place.seenMs = endMs;
      else if (endMs - place.seenMs > KEPT_MS) this.#places.delete(voice);
    }
    for (const voice of this.#leads.keys()) if (!here.has(voice)) this.#leads.delete(voice);
  }

  /** Who has to make place for the candidate: the softest who sounds, if he is so much softer, and has been heard for long enough. */
  #softest({ voice, level }: Candidate, endMs: number, tickMs: number, young: boolean): number | undefined {
    let softest: number | undefined;
    let loudness = -level - MARGIN_DB;
    for (const [seated, place] of this.#places) {
      if (place.loudnessDbov > loudness || endMs - place.sinceMs < DWELL_MS) continue;
      softest = seated;
      loudness = place.loudnessDbov;
    }
    const lead = Math.max(0, (this.#leads.get(voice) ?? 0) + (softest === undefined ? -tickMs : tickMs));
    this.#leads.set(voice, lead);
    return young || lead >= SUSTAIN_MS ? softest : undefined;
  }
}
