import { FRAME_MS, FRAME_SAMPLES, SILENCE_LEVEL } from "../../core/audio/format.ts";
import { concealed } from "../../core/audio/repacketize.ts";
import type { Speech } from "../../core/audio/speech.ts";

/** How often what is due is said, in ms: two frames a message, as a page does. */
export const SAY_EVERY_MS = 2 * FRAME_MS;
/** Sound waits at least so long before it is said, in ms: encoders and their lines are as uneven, a machine that is busy is more so. */
const CUSHION_MS = 100;
/** After each time that it was not enough it is half as much again, up to so much; and a tenth less after each watch in which it was. */
const MAX_CUSHION_MS = 1_000;
/** How long it is watched how much waits, before anything is done about it, in ms; less at first, when an encoder may bring seconds at once. */
const WATCH_MS = 10_000;
const FIRST_WATCH_MS = 1_500;
/** And over so many arrivals: an encoder that sends a page every two seconds needs what waits before the next. */
const WATCHED_ARRIVALS = 3;
/** What comes within so long, in ms, came at once. */
const AT_ONCE_MS = 10;
/** So much more than the cushion may wait, in ms, before some of it is left out: a clock 100 ppm too fast takes ten minutes for it. */
const SLACK_MS = 60;
/** What is to be left out is cut out at once if it is so many frames, in one piece: 100 ms. Fewer wait for a quiet moment. */
const HARD_CUT_FRAMES = 5;
/** A moment this quiet, in −dBov, hides that a frame is missing or added. */
const QUIET_LEVEL = 50;
/** A quiet moment is waited for no longer than this, in frames: 5 s. */
const QUIET_WAIT_FRAMES = 250;
/** Who has brought so much more sound than time has passed, in ms, is no live encoder but a file: it is said at its own pace, and waits. */
const FILE_AHEAD_MS = 10_000;
/** Of a file no more is read while so much waits, in ms. */
const FILE_WAITS_MS = 4_000;
/** Softer than this, in −dBov, is nothing at all: an encoder that is fed zeros, whatever dither it adds. Music's softest is far louder. */
const NOTHING_LEVEL = 80;
/** After so many frames of nothing in a row, 1 s, no more of it is said, until there is something again. */
const HUSH_FRAMES = 50;

type Waiting = { readonly bytes: Uint8Array; readonly level: number; readonly starts: boolean };

/** What came of a source so far; times in ms of sound. */
export type PacerFigures = {
  readonly waitingMs: number;
  readonly saidMs: number;
  /** Left out, because the encoder's clock is fast, or it had brought too much at once. */
  readonly leftOutMs: number;
  /** Put in, because its clock is slow. */
  readonly putInMs: number;
  /** Times that it brought nothing when something was due. */
  readonly gaps: number;
};

/**
 * What an encoder brings, when it likes, said in real time: steady pairs of frames on this machine's clock. Pure: time is passed in.
 *
 * Live sound is kept close to now. What waits without need is left out, in quiet moments if it is little; what runs short is stretched by a frame before it
 * breaks. A source that brings sound faster than it is spoken is a file, of which nothing is left out: it is told to wait.
 */
export class Pacer {
  #queue: Waiting[] = [];
  readonly #clockStartMs: number;
  /** When the talkspurt that is being said began; undefined while nothing is said. */
  #playFrom: number | undefined;
  #firstTick = 0;
  #spoken = 0;
  /** The next frame begins a talkspurt. */
  #starts = true;
  #isOpen = false;
  #cushionMs = CUSHION_MS;
  #nothing = 0;
  #cameMs: number | undefined;
  #lastCameMs = 0;
  #broughtMs = 0;
  #isFile = false;
  #isOver = false;
  #watch = watchFrom(0, FIRST_WATCH_MS);
  /** Frames to be left out (above 0) or put in (below), and for how long a quiet moment was waited for. */
  #owed = 0;
  #owedFor = 0;
  #figures = { saidMs: 0, leftOutMs: 0, putInMs: 0, gaps: 0 };

  /** @param nowMs this machine's monotonic clock, as in all that follows */
  constructor(nowMs: number) {
    this.#clockStartMs = nowMs;
  }

  /** A frame of 20 ms has come. @param starts another stream begins with it */
  take(bytes: Uint8Array, level: number, starts: boolean, nowMs: number): void {
    if (this.#cameMs === undefined) {
      this.#cameMs = nowMs;
      this.#isFile = false;
      this.#cushionMs = CUSHION_MS;
    }
    this.#isOver = false;
    if (nowMs - this.#lastCameMs > AT_ONCE_MS) this.#watch.arrivals++;
    this.#lastCameMs = nowMs;
    this.#broughtMs += FRAME_MS;
    if (this.#broughtMs - (nowMs - this.#cameMs) > FILE_AHEAD_MS) this.#isFile = true;
    this.#queue.push({ bytes, level, starts });
  }

  /** The source is gone; what waits is said to its end. A new one may come. */
  over(): void {
    this.#isOver = true;
    this.#cameMs = undefined;
    this.#broughtMs = 0;
  }

  /** False while the source should be read no further. */
  get wantsMore(): boolean {
    return !this.#isFile || this.#queue.length * FRAME_MS < FILE_WAITS_MS;
  }

  /** True once the source is gone and all of it is said. */
  get isDone(): boolean {
    return this.#isOver && this.#queue.length === 0 && !this.#isOpen;
  }

  get figures(): PacerFigures {
    return { ...this.#figures, waitingMs: this.#queue.length * FRAME_MS };
  }

  /**
   * What is to be said now; to be asked every SAY_EVERY_MS, or later.
   *
   * @param isHeard false while there is nobody to say it to: live sound passes unheard then, and a file waits
   */
  due(nowMs: number, isHeard: boolean): readonly Speech[] {
    if (!isHeard) return this.#unheard();
    if (this.#playFrom === undefined && !this.#begin(nowMs)) return [];
    const from = this.#playFrom ?? nowMs;
    if (nowMs < from) return [];
    const wanted = 2 + 2 * Math.floor((nowMs - from) / SAY_EVERY_MS);
    const said: Speech[] = [];
    while (this.#spoken < wanted) {
      this.#adjust();
      const first = this.#queue[0];
      if (first === undefined) {
        said.push(...this.#end());
        return said;
      }
      const speech = this.#pair(first, Math.min(2, wanted - this.#spoken));
      if (speech !== undefined) said.push(speech);
    }
    this.#look(nowMs);
    return said;
  }

  /** The line is gone: whoever heard is told nothing more of this talkspurt. */
  #unheard(): readonly Speech[] {
    this.#stop();
    if (this.#isFile || this.#isOver) return [];
    const keep = Math.ceil(this.#cushionMs / FRAME_MS);
    if (this.#queue.length > keep) this.#leaveOut(this.#queue.length - keep);
    return [];
  }

  #stop(): void {
    this.#playFrom = undefined;
    this.#isOpen = false;
    this.#starts = true;
    this.#owed = 0;
  }

  #begin(nowMs: number): boolean {
    if (this.#queue.length === 0) return false;
    this.#playFrom = nowMs + this.#cushionMs;
    this.#firstTick = Math.round((this.#playFrom - this.#clockStartMs) / FRAME_MS);
    this.#spoken = 0;
    this.#starts = true;
    this.#watch = watchFrom(nowMs, FIRST_WATCH_MS);
    return true;
  }

  /** Up to `most` frames from the head of the queue, as one message; nothing if they are nothing and it is known. */
  #pair(first: Waiting, most: number): Speech | undefined {
    const second = this.#queue[1];
    const taken = most > 1 && second !== undefined && !second.starts ? [first, second] : [first];
    this.#queue = this.#queue.slice(taken.length);
    const sample = this.#sample;
    this.#spoken += taken.length;
    const level = Math.min(...taken.map((frame) => frame.level));
    this.#nothing = level > NOTHING_LEVEL ? this.#nothing + taken.length : 0;
    const wasOpen = this.#isOpen;
    const starts = this.#starts || first.starts || !wasOpen;
    this.#starts = false;
    if (this.#nothing >= HUSH_FRAMES) {
      this.#isOpen = false;
      return wasOpen ? { sample, level: SILENCE_LEVEL, starts: false, ends: true, frames: [] } : undefined;
    }
    this.#isOpen = true;
    this.#figures.saidMs += taken.length * FRAME_MS;
    return { sample, level, starts, ends: false, frames: taken.map(({ bytes }) => bytes) };
  }

  /** Nothing is there to be said: the source is gone, or late. */
  #end(): readonly Speech[] {
    const [sample, wasOpen] = [this.#sample, this.#isOpen];
    if (!this.#isOver) {
      this.#figures.gaps++;
      this.#cushionMs = Math.min(MAX_CUSHION_MS, this.#cushionMs * 1.5);
    }
    this.#stop();
    return wasOpen ? [{ sample, level: SILENCE_LEVEL, starts: false, ends: true, frames: [] }] : [];
  }

  get #sample(): number {
    return ((this.#firstTick + this.#spoken) * FRAME_SAMPLES) % 2 ** 32;
  }

  /** What is owed is done in a quiet moment, one frame at a time. */
  #adjust(): void {
    const next = this.#queue[0];
    if (this.#owed === 0 || next === undefined) return;
    if (next.level < QUIET_LEVEL && ++this.#owedFor < QUIET_WAIT_FRAMES) return;
    this.#owedFor = 0;
    if (this.#owed > 0) {
      this.#owed--;
      this.#leaveOut(1);
    } else {
      this.#owed++;
      this.#figures.putInMs += FRAME_MS;
      this.#queue.unshift({ bytes: concealed(next.bytes), level: next.level, starts: next.starts });
    }
  }

  #leaveOut(frames: number): void {
    // Whatever began within what is left out begins with what comes after it.
    const begins = this.#queue.slice(0, frames).some(({ starts }) => starts);
    this.#queue = this.#queue.slice(frames);
    this.#starts ||= begins;
    this.#figures.leftOutMs += frames * FRAME_MS;
  }

  /** Whether too much or too little waits, by the least that ever did for a while. */
  #look(nowMs: number): void {
    const watch = this.#watch;
    watch.leastMs = Math.min(watch.leastMs, this.#queue.length * FRAME_MS);
    if (nowMs - watch.since < watch.forMs || watch.arrivals < WATCHED_ARRIVALS) return;
    this.#watch = watchFrom(nowMs, WATCH_MS);
    if (watch.forMs === WATCH_MS) this.#cushionMs = Math.max(CUSHION_MS, this.#cushionMs * 0.9);
    if (this.#isFile || this.#isOver) return;
    const spare = Math.round((watch.leastMs - this.#cushionMs) / FRAME_MS);
    if (spare * FRAME_MS > SLACK_MS) {
      if (spare < HARD_CUT_FRAMES) this.#owed = spare;
      else {
        this.#leaveOut(spare);
        this.#starts = true;
      }
    } else if (watch.leastMs < FRAME_MS && watch.forMs === WATCH_MS) this.#owed = -1;
  }
}

function watchFrom(since: number, forMs: number): { since: number; forMs: number; leastMs: number; arrivals: number } {
  return { since, forMs, leastMs: Number.POSITIVE_INFINITY, arrivals: 0 };
}
