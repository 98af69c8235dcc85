import { chunksIn, readHeader } from "./chunk.ts";
import type { Stand } from "./lane-mind.ts";
import { comparePositions, continues, type Position } from "./position.ts";
import type { Missing } from "./segment.ts";

/** Live sound that waits while a gap before it is filled, in bytes; beyond it the gap stays. Ten seconds of four voices at 500 kbit/s are 2.5 MB. */
const HELD_BYTES = 4 * 1024 * 1024;

export type LaneName = "live" | "cached";

/** What a listener hears, by whichever lane. */
export type LanesHear = {
  /**
   * Whole chunks back to back, newer than all before.
   *
   * @param replayed late on purpose, whatever else is known of them
   */
  hear(bytes: Uint8Array, lane: LaneName, replayed: boolean): void;
  /** Chunks that will not come, before those that come next. */
  gap(gap: Missing): void;
};

/** A cached lane that runs until it is stopped; see LaneMind. */
export type OpenLane<States> = (
  path: string,
  heard: Stand | undefined,
  until: Position | undefined,
  tells: {
    hear(bytes: Uint8Array, replayed: boolean): void;
    gap(gap: Missing): void;
    states(states: States): void;
    done(): void;
  },
) => { stop(): void };

/**
 * The two lanes of one listener as one line of sound: every chunk once, in order, every hole told.
 *
 * While the tree cannot take him he hears the cached lane; the leaf that takes him again replays the rest. Who was away for longer than
 * the leaf remembers has the gap filled by the cached lane first, and the live sound waits for it: he misses nothing that is still to be
 * had, and may go live with one click, as after any absence.
 *
 *     const lanes = new Lanes(openLane, { hear, gap });
 *     // welcome: lanes.welcomed(said.segments)   lane: lanes.diverted(said.segments)   gap: lanes.told(said)
 *     // binary: lanes.live(bytes)                closed: lanes.lost()                  dial with ?from= lanes.heard
 */
export class Lanes<States> {
  readonly #open: OpenLane<States>;
  readonly #hears: LanesHear;
  readonly #onStates: (states: States) => void;
  #heard: Stand | undefined;
  #path: string | undefined;
  #cached: { stop(): void } | undefined;
  #filling: { stop(): void } | undefined;
  /** What the leaf said while a gap before it is filled, in order. */
  #held: (Uint8Array | Missing)[] = [];
  #heldBytes = 0;
  #isGreeting = false;
  /** Up to here it was told that chunks will not come. */
  #toldTo: Position | undefined;

  /** @param heard where he stands already, if he heard something before there were lanes */
  constructor(open: OpenLane<States>, hears: LanesHear, onStates: (states: States) => void = () => undefined, heard?: Stand) {
    this.#heard = heard;
    this.#open = open;
    this.#hears = hears;
    this.#onStates = onStates;
  }

  /** The last chunk heard, by either lane; undefined before any. */
  get heard(): Stand | undefined {
    return this.#heard;
  }

  /** By which lane the listener hears now. */
  get lane(): LaneName {
    return this.#cached === undefined ? "live" : "cached";
  }

  /** A leaf has taken him. */
  welcomed(segments: string | undefined): void {
    this.#path = segments ?? this.#path;
    this.#isGreeting = true;
    this.#cached?.stop();
    this.#cached = undefined;
  }

  /** The tree cannot take him now. */
  diverted(segments: string | undefined): void {
    this.#path = segments ?? this.#path;
    this.away();
  }

  /** There is no live sound, and will not be for a while. */
  away(): void {
    this.#dropHeld();
    const path = this.#path;
    if (path === undefined || this.#cached !== undefined) return;
    const opened = this.#open(path, this.#heard, undefined, {
      hear: (bytes, replayed) => this.#take(bytes, "cached", replayed),
      gap: (gap) => this.#gap(gap),
      states: this.#onStates,
      done: () => undefined,
    });
    this.#cached = opened;
  }

  /** The leaf said that chunks will not come. What a returned listener missed, the cached lane may still have. */
  told(gap: Missing): void {
    const [path, heard] = [this.#path, this.#heard];
    // The cached lane went on while the leaf was asked: that is no gap any more.
    if (heard !== undefined && (continues(heard, gap.to) || comparePositions(heard, gap.to) >= 0)) return;
    if (this.#filling !== undefined) {
      this.#held.push(gap);
      return;
    }
    // A line that is too slow for the live sound has no room for the missed one besides.
    if (!this.#isGreeting || path === undefined || heard === undefined) return this.#gap(gap);
    this.#filling = this.#open(path, heard, gap.to, {
      hear: (bytes, replayed) => this.#take(bytes, "cached", replayed),
      gap: (rest) => this.#gap(rest),
      states: () => undefined,
      done: () => this.#filled(),
    });
  }

  /** Sound from a leaf. The bytes are copied if they must wait. */
  live(message: Uint8Array): void {
    this.#look(message);
    this.#isGreeting = false;
    if (this.#filling === undefined) return this.#take(message, "live", false);
    // Not slice(): Node's Buffer would give a view.
    this.#held.push(new Uint8Array(message));
    this.#heldBytes += message.byteLength;
    if (this.#heldBytes <= HELD_BYTES) return;
    const first = this.#held.find((held) => held instanceof Uint8Array);
    const header = first === undefined ? undefined : readHeader(first, 0);
    if (header !== undefined && this.#heard !== undefined) {
      this.#gap({ from: bare(this.#heard), to: bare(header) });
    }
    this.#filled();
  }

  /** A leaf that was asked before the cached lane had brought anything takes him for a newcomer: it knows of nothing that he misses. */
  #look(message: Uint8Array): void {
    const heard = this.#heard;
    if (!this.#isGreeting || this.#filling !== undefined || heard === undefined || this.#path === undefined) return;
    const first = readHeader(message, 0);
    if (first === undefined || (this.#toldTo !== undefined && comparePositions(this.#toldTo, first) >= 0)) return;
    this.told({ from: bare(heard), to: bare(first) });
  }

  #gap(gap: Missing): void {
    this.#toldTo = gap.to;
    this.#hears.gap(gap);
  }

  /** The leaf's connection is gone; what waited is asked for again. */
  lost(): void {
    this.#isGreeting = false;
    this.#dropHeld();
  }

  /** Ends both lanes. */
  stop(): void {
    this.lost();
    this.#cached?.stop();
    this.#cached = undefined;
  }

  /** From here on as if nothing had been heard. */
  forget(): void {
    this.stop();
    this.#heard = undefined;
  }

  #filled(): void {
    const held = this.#held;
    this.#dropHeld();
    for (const [index, said] of held.entries()) {
      if (said instanceof Uint8Array) this.#take(said, "live", index < held.length - 1);
      else this.#gap(said);
    }
  }

  #dropHeld(): void {
    this.#filling?.stop();
    this.#filling = undefined;
    this.#held = [];
    this.#heldBytes = 0;
  }

  /** Hands on what is newer than all before; a lane may have gone on while the other came. */
  #take(message: Uint8Array, lane: LaneName, replayed: boolean): void {
    let from: number | undefined;
    let to = 0;
    for (const { at, end } of chunksIn(message)) {
      const header = readHeader(message, at);
      if (header === undefined) break;
      to = end;
      if (this.#heard !== undefined && comparePositions(header, this.#heard) <= 0) continue;
      from ??= at;
      const { epoch, sequence, roomTimeMs, durationMs } = header;
      this.#heard = { epoch, sequence, endsMs: roomTimeMs + durationMs };
    }
    if (from !== undefined) this.#hears.hear(message.subarray(from, to), lane, replayed);
  }
}

function bare({ epoch, sequence }: Position): Position {
  return { epoch, sequence };
}
