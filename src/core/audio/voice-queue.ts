import { FRAME_SAMPLES } from "./format.ts";

/** One frame where it belongs on the room's timeline. */
export type PlacedFrame = {
  /** Room position of its first sample, in samples at 48 kHz since the epoch began. */
  readonly position: number;
  readonly level: number;
  readonly starts: boolean;
  readonly ends: boolean;
  readonly bytes: Uint8Array;
};

/**
 * What one voice said and nobody has heard yet, in order of its place on the room's timeline.
 *
 * A talkspurt that had to wait can be moved to a later start as a whole; what is added to it follows. The next one is at its own place again.
 */
export class VoiceQueue {
  /** Whether this voice stood by when its newest frame came (standby.ts). */
  standsBy = false;
  #frames: PlacedFrame[] = [];
  /** How far the newest talkspurt is moved, in samples. */
  #moved = 0;
  #end = Number.NEGATIVE_INFINITY;
  #spurtAt = Number.NEGATIVE_INFINITY;
  #open = false;
  /** What comes next does not continue what was heard last. */
  #broken = true;

  /** True while nothing waits. */
  get isEmpty(): boolean {
    return this.#frames.length === 0;
  }

  /** True once nothing waits, nothing goes on, and all was said before `position`: then a new queue does as well. */
  isOver(position: number): boolean {
    return this.isEmpty && !this.#open && this.#end <= position;
  }

  /** Where the newest talkspurt began, in samples. */
  get spurtAt(): number {
    return this.#spurtAt;
  }

  /** Frames come in order of their positions. */
  add(frame: PlacedFrame): void {
    if (frame.starts) this.#moved = Math.max(0, this.#end - frame.position);
    const position = frame.position + this.#moved;
    if (frame.starts || !this.#open) this.#spurtAt = position;
    this.#open = !frame.ends;
    this.#end = position + FRAME_SAMPLES;
    this.#frames.push(this.#moved === 0 ? frame : { ...frame, position });
  }

  /** The frames that start before `end`, without taking them. */
  before(end: number): readonly PlacedFrame[] {
    const until = this.#frames.findIndex((frame) => frame.position >= end);
    return until < 0 ? this.#frames : this.#frames.slice(0, until);
  }

  /** Takes the frames that start before `end`. The first of all, and after what nobody heard, begins a talkspurt: a decoder cannot go on from before it. */
  take(end: number): readonly PlacedFrame[] {
    const taken = this.before(end);
    this.#frames = this.#frames.slice(taken.length);
    const first = taken[0];
    if (!this.#broken || first === undefined) return taken;
    this.#broken = false;
    return [{ ...first, starts: true }, ...taken.slice(1)];
  }

  /** Takes the frames that start before `end`, and nobody hears them. */
  skip(end: number): void {
    const skipped = this.before(end).length;
    this.#frames = this.#frames.slice(skipped);
    this.#broken ||= skipped > 0;
  }

  /** Nothing that waits may start before `start`: what had to wait is moved there, in one piece. */
  moveTo(start: number): void {
    const by = start - (this.#frames[0]?.position ?? start);
    if (by <= 0) return;
    this.#frames = this.#frames.map((frame) => ({ ...frame, position: frame.position + by }));
    this.#moved += by;
    this.#end += by;
  }

  /** The talkspurt ends with the newest frame, which was noticed late. False if that frame does not wait here any more. */
  end(): boolean {
    this.#open = false;
    const last = this.#frames.at(-1);
    if (last === undefined) return false;
    this.#frames = [...this.#frames.slice(0, -1), { ...last, ends: true }];
    return true;
  }

  /** All that waits is left out. */
  clear(): void {
    this.#frames = [];
    this.#open = false;
    this.#broken = true;
  }
}
