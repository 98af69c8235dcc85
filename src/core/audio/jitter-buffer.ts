import { SAMPLES_PER_MS } from "./format.ts";
import { BEFORE_ALL, comparePositions, type Position } from "./position.ts";

/** How much later than its line asks for sound is played, and how long the line's worst is remembered. */
export type Patience = {
  /** Time to decode, to post and to mix, in ms. */
  readonly safetyMs: number;
  /** More of it while little is known of the line, in ms; gone after CALM_CHUNKS. */
  readonly firstSafetyMs: number;
  /** A late chunk counts in full for so long, in ms … */
  readonly fullMs: number;
  /** … and is forgotten after so long, in ms. */
  readonly forgottenMs: number;
};
/** For who listens: nobody notices 40 ms, and everybody a stall. */
const LISTENING: Patience = { safetyMs: 40, firstSafetyMs: 40, fullMs: 8_000, forgottenMs: 40_000 };
/** For who answers whom he hears: as soon as a machine can decode and mix; a line that was late is soon trusted again. */
export const TALKING: Patience = { safetyMs: 15, firstSafetyMs: 15, fullMs: 1_000, forgottenMs: 5_000 };
/** After so many measured chunks the line is known: 10 s at 100 ms. */
const CALM_CHUNKS = 100;
/** The punctual offset is the smallest of so long, in ms: long enough to see it, short enough that clocks 1 % apart change little. */
const PUNCTUAL_MS = 3_000;
/** No line is waited for longer than this, in ms: what the widest stride takes, and a little. Beyond it a stall is better than the delay. */
const LATEST_MS = 2_500;
/** A hole up to this long keeps its place in time, as silence; a longer one is closed up. In ms. */
const HOLE_KEPT_MS = 1_000;

/** A chunk as the buffer sees it; all times in samples at 48 kHz. */
export type Arrival = {
  readonly position: Position;
  /** Where it starts on the room's timeline. */
  readonly start: number;
  readonly length: number;
  /** False for what was replayed at a greeting: it tells nothing about the line. */
  readonly counts: boolean;
};

/** Where a chunk belongs on the player's own line. */
export type Placed = {
  /** Added to an instant of the room's timeline, it gives the instant on the line. */
  readonly shift: number;
  readonly start: number;
  readonly end: number;
  /** Sequences that will never be played, between the chunk before and this one. */
  readonly missing: number;
  /** The room began anew, nobody was on air for a while, or a long hole: the line goes on here without a pause. */
  readonly anew: boolean;
};

type Seen = { readonly at: number; readonly offset: number; readonly late: number };

/**
 * Arrival order in, playing order out: places chunks on one endless line, and says how long to wait for the slowest.
 *
 * A link keeps order, so a chunk that is not newer than the newest was heard before and is dropped. The line closes up over
 * what has no sound to wait for (a new epoch, a pause of the room), so whoever plays never has to jump.
 *
 * The target follows arrivals: an instant `x` of the line should sound at clock `x + target`. That is the smallest offset
 * (arrival − start) of the last seconds, plus how late the latest of the recent chunks was by the same measure when it came, plus
 * a little safety. Clocks that drift apart move the offsets, and so the target; no two clocks are compared.
 */
export class JitterBuffer {
  readonly #patience: Patience;
  #newest: Position = BEFORE_ALL;
  #roomEnd = 0;
  #shift = 0;
  #end = 0;
  #seen: Seen[] = [];
  #punctual: number | undefined;
  #measured = 0;

  constructor(patience = LISTENING) {
    this.#patience = patience;
  }

  /** The end of what has arrived, on the line, in samples. */
  get end(): number {
    return this.#end;
  }

  /** The newest chunk that was placed. */
  get newest(): Position {
    return this.#newest;
  }

  /**
   * Places a chunk; nothing if it was heard before.
   *
   * @param now the player's clock, in samples
   */
  arrived(chunk: Arrival, now: number): Placed | undefined {
    if (comparePositions(chunk.position, this.#newest) <= 0) return undefined;
    const first = this.#newest === BEFORE_ALL;
    const sameEpoch = chunk.position.epoch === this.#newest.epoch;
    const missing = sameEpoch ? chunk.position.sequence - this.#newest.sequence - 1 : 0;
    const jump = chunk.start - this.#roomEnd;
    const keepsPlace = sameEpoch && jump >= 0 && jump <= HOLE_KEPT_MS * SAMPLES_PER_MS;
    if (!keepsPlace) {
      this.#shift = this.#end - chunk.start;
      this.#seen = [];
      this.#punctual = undefined;
    }
    this.#newest = chunk.position;
    this.#roomEnd = chunk.start + chunk.length;
    const start = chunk.start + this.#shift;
    this.#end = start + chunk.length;
    if (chunk.counts) this.#measure(now, start);
    return { shift: this.#shift, start, end: this.#end, missing, anew: !keepsPlace && !first };
  }

  /** When the line's instant 0 should sound, on the player's clock, in samples; nothing before a chunk was measured. */
  target(now: number): number | undefined {
    const least = this.#punctual;
    if (least === undefined) return undefined;
    let latest = 0;
    for (const { at, late } of this.#seen) latest = Math.max(latest, late * this.#faded((now - at) / SAMPLES_PER_MS));
    const unknown = 1 - Math.min(1, this.#measured / CALM_CHUNKS);
    const safety = (this.#patience.safetyMs + this.#patience.firstSafetyMs * unknown) * SAMPLES_PER_MS;
    return least + Math.min(latest, LATEST_MS * SAMPLES_PER_MS) + safety;
  }

  #measure(now: number, start: number): void {
    this.#measured++;
    const offset = now - start;
    const since = now - this.#patience.forgottenMs * SAMPLES_PER_MS;
    if ((this.#seen[0]?.at ?? now) < since) this.#seen = this.#seen.filter(({ at }) => at >= since);
    let least = offset;
    for (let i = this.#seen.length - 1; i >= 0; i--) {
      const seen = this.#seen[i];
      if (seen === undefined || seen.at < now - PUNCTUAL_MS * SAMPLES_PER_MS) break;
      least = Math.min(least, seen.offset);
    }
    this.#punctual = least;
    this.#seen.push({ at: now, offset, late: offset - least });
  }

  /** How much a lateness still counts at an age in ms: in full at first, then ever less. */
  #faded(ageMs: number): number {
    const { fullMs, forgottenMs } = this.#patience;
    return ageMs <= fullMs ? 1 : Math.max(0, 1 - (ageMs - fullMs) / (forgottenMs - fullMs));
  }
}
