import { SAMPLES_PER_MS } from "./format.ts";

/** In a pause of speech a deviation as small as this is mended, in samples: 10 ms. */
const QUIET_SLACK = 10 * SAMPLES_PER_MS;
/** While somebody sounds, only this much is worth a splice, in samples: 30 ms. */
const SOUNDING_SLACK = 30 * SAMPLES_PER_MS;
/** What is left of every pause that is trimmed, in samples: 80 ms, so that words stay apart. */
const PAUSE_KEPT = 80 * SAMPLES_PER_MS;
/** A splice while somebody sounds moves at most this far, in samples: 20 ms, a pitch period of the deepest voice. */
const SPLICE_MOST = 20 * SAMPLES_PER_MS;
/** One part in so many is left out at most: 1.1 times as fast, or as slow. */
const ONE_IN = 10;
/** Silence that was announced may be played on this far beyond what has arrived, in samples: 2.5 s; a leaf tells of it every second or stride. */
const ANNOUNCED_MOST = 2_500 * SAMPLES_PER_MS;

/** What the playhead sees before it plays on; all in samples. */
export type View = {
  /** The player's clock. */
  readonly now: number;
  /** The end of what has arrived, on the line. */
  readonly end: number;
  /** When the line's instant 0 should sound (JitterBuffer.target). */
  readonly target: number | undefined;
  /** For how long nobody sounds from the position on; asked only when it matters. */
  readonly quietFor: () => number;
  /** The newest chunk says that nothing sounds until another says so. */
  readonly silenceFollows: boolean;
};

/** What to do next: play from the position; hold it in silence; or move it by about `by` samples where it will not be heard. */
export type Move =
  | { readonly do: "play" }
  | { readonly do: "hold" }
  | { readonly do: "splice"; readonly by: number; readonly quiet: boolean };

const PLAY: Move = { do: "play" };
const HOLD: Move = { do: "hold" };

/**
 * Holds the delay: where on the line to play, and when to trim or stretch.
 *
 * Too far behind: pauses are shortened to 80 ms; while somebody sounds, short splices make it at most 1.1 times as fast.
 * Too far ahead: pauses are lengthened, speech is stretched in the same way. Nothing has arrived: hold, and go on where it
 * stopped once the target is reached again, so a late line leaves no hole. A jump happens only when told.
 */
export class Playhead {
  #position = 0;
  #state: "new" | "playing" | "stalled" = "new";
  #spliceAfter = 0;
  #stalledAt = 0;
  #excused = false;
  #skippedTo = 0;
  /** Times without sound because a chunk came too late. */
  stalls = 0;
  /** What those lasted together, in samples. */
  stalledFor = 0;

  /** The next sample to play, on the line. */
  get position(): number {
    return this.#position;
  }

  /** True before anything sounded. */
  get isNew(): boolean {
    return this.#state === "new";
  }

  get playing(): boolean {
    return this.#state === "playing";
  }

  /** How far behind the target it plays, in samples; negative if ahead. */
  excess(now: number, target: number): number {
    return now - this.#position - target;
  }

  /** What to do for the next `length` samples. */
  next(view: View, length: number): Move {
    const { now, target } = view;
    if (target === undefined) return HOLD;
    if (this.#state === "new") {
      // The greeting brought the last second: begin inside it, at once.
      this.#position = Math.max(0, Math.round(now - target));
      if (this.#position + length > view.end) return HOLD;
      this.#state = "playing";
    }
    const excess = this.excess(now, target);
    if (this.#state === "stalled") {
      if (this.#position + length > view.end || excess < 0) return HOLD;
      this.#resume(now);
    }
    if (this.#position + length > view.end) return this.#runDry(view, length);
    return this.#steer(view, excess);
  }

  /** The position moved on by `samples`: what was played, or what a splice left out or repeated. */
  moved(samples: number): void {
    this.#position += samples;
  }

  /** A splice of `samples` was made at `now`: none other until it is one part in ten. */
  spliced(samples: number, now: number): void {
    this.#spliceAfter = now + Math.abs(samples) * ONE_IN;
  }

  /** A chunk came that starts at `start`, after the line had ended at `before`. */
  arrived(start: number, before: number, anew: boolean): void {
    // It played on into announced silence, and may have stalled there: what sounds now was not heard yet.
    if (this.#state !== "new" && this.#position > before) {
      this.#position = Math.max(Math.min(this.#position, start), anew ? 0 : this.#skippedTo);
    }
    // Nobody spoke, so nobody missed anything.
    if (anew) this.#excused = true;
  }

  /** Goes where the target says, forwards only, over whatever lies between or is still to come: somebody asked for it. */
  jump(now: number, target: number): void {
    this.#position = Math.max(this.#position, Math.round(now - target));
    this.#skippedTo = this.#position;
  }

  #resume(now: number): void {
    this.#state = "playing";
    if (!this.#excused) {
      this.stalls++;
      this.stalledFor += now - this.#stalledAt;
    }
    this.#excused = false;
  }

  #runDry(view: View, length: number): Move {
    if (view.silenceFollows && this.#position + length < view.end + ANNOUNCED_MOST) return PLAY;
    this.#state = "stalled";
    this.#stalledAt = view.now;
    this.#excused = false;
    return HOLD;
  }

  #steer(view: View, excess: number): Move {
    if (Math.abs(excess) <= QUIET_SLACK) return PLAY;
    const quiet = view.quietFor();
    if (excess < 0) {
      if (quiet > QUIET_SLACK) return HOLD;
      return excess < -SOUNDING_SLACK && view.now >= this.#spliceAfter ? { do: "splice", by: -SPLICE_MOST, quiet: false } : PLAY;
    }
    if (quiet > PAUSE_KEPT) return { do: "splice", by: Math.round(Math.min(excess, quiet - PAUSE_KEPT)), quiet: true };
    return excess > SOUNDING_SLACK && view.now >= this.#spliceAfter ? { do: "splice", by: SPLICE_MOST, quiet: false } : PLAY;
  }
}
