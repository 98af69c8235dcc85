import type { LocalTime } from "../../ids.ts";

/** How many chunks one send may carry. Each step at least halves the sends; the last makes 100 ms chunks arrive every 2 s. */
export const STRIDES = [1, 2, 5, 10, 20] as const;

/** What one send costs a leaf, in ms of CPU, whatever its size: 37 µs measured on workerd, and a little for counting and choosing. */
const SEND_MS = 0.04;
/** A stride that makes who listens wait longer than this, in ms, is taken only … */
const LONG_MS = 900;
/** … if chunks come later than this, in ms. */
const VERY_LATE_MS = 1_000;
/** A leaf that would spend more than this share of its time on sends alone widens its stride before anybody waits. */
const BUSY = 0.7;
/** A narrower stride is tried only if sends would take less than this share of the time: what is gained must last. */
const EASY = 0.5;
/** Chunks later than this, in ms, say that there is more work than time; shorter ones are the machine's ordinary noise. */
const LATE_MS = 120;
/** So many late chunks in a row are no accident; one that is late by as many times LATE_MS weighs as much: under a storm few chunks come at all. */
const LATE_CHUNKS = 4;
/** A chunk later than this, in ms, is not calm. */
const CALM_MS = 60;
/**
 * So many punctual chunks make up for one that is not, so one in ten is still calm: the engine collects in one stop what its sends left behind,
 * with some thousand listeners for 40 to 100 ms each 2 to 5 s (`npm run bench -- --listeners 9000 --only canopy` with `--trace-gc` among workerd's flags).
 */
const MAKES_UP = 8;
/** So many more than that end a calm … */
const UNREST = 1.5;
/** … and no more than so many are held against it once they are over. */
const UNREST_MOST = 2;
/** A narrower stride is tried after so long a calm, in ms … */
const CALM_FIRST_MS = 10_000;
/** … and after twice as long each time that it did not last so long, in ms … */
const LASTED_MS = 10_000;
/** … up to this, in ms. */
const CALM_LONGEST_MS = 320_000;

/**
 * Chooses the stride: how many chunks one send carries. Lateness in, stride out.
 *
 * A send costs what it costs, whatever its size, so under load fewer and larger ones are the only thing that helps. It widens as soon as
 * chunks keep coming late, or when the number of listeners alone makes that certain, and narrows one step at a time after a long calm:
 * hearing everything a second later is a smaller harm than a sound that breaks.
 */
export class StrideControl {
  #step = 0;
  #lateness = 0;
  /** Chunks later than CALM_MS of late; each punctual one makes up for a part. */
  #unrest = 0;
  #calmSince: LocalTime | undefined;
  #calmNeeded = CALM_FIRST_MS;
  #narrowedAt: LocalTime | undefined;

  /** Chunks per send now, one of STRIDES. */
  get stride(): number {
    return STRIDES[this.#step] ?? 1;
  }

  /**
   * A chunk came. True if the stride has changed.
   *
   * @param lateMs how late it came, in ms (Lateness)
   * @param tickMs how often chunks come, in ms; undefined while that is not known
   * @param listeners to whom it goes
   */
  heard(lateMs: number, tickMs: number | undefined, listeners: number, now: LocalTime): boolean {
    this.#lateness = lateMs > LATE_MS ? this.#lateness + lateMs / LATE_MS : 0;
    if (lateMs <= CALM_MS) this.#unrest = Math.max(0, this.#unrest - 1 / MAKES_UP);
    else this.#unrest = Math.min(UNREST_MOST, this.#unrest + 1);
    if (this.#unrest > UNREST) this.#calmSince = undefined;
    else this.#calmSince ??= now;
    const isLong = (STRIDES[this.#step + 1] ?? 1) * (tickMs ?? 0) > LONG_MS;
    const isLate = this.#lateness >= LATE_CHUNKS && (!isLong || lateMs > VERY_LATE_MS);
    // Where nobody listens, fewer sends help nobody: who comes first is served at what he finds.
    const isOfUse = listeners > 0 && (isLate || share(this.#step, listeners, tickMs) > BUSY);
    if (isOfUse && this.#step < STRIDES.length - 1) return this.#widen(now, isLate);
    const isCalm = this.#calmSince !== undefined && now - this.#calmSince >= this.#calmNeeded;
    if (isCalm && this.#step > 0 && share(this.#step - 1, listeners, tickMs) < EASY) return this.#narrow(now);
    return false;
  }

  #widen(now: LocalTime, isLate: boolean): boolean {
    this.#step++;
    this.#calmSince = undefined;
    // What was late before this step says nothing of it.
    this.#lateness = 0;
    if (isLate && this.#narrowedAt !== undefined) {
      const lasted = now - this.#narrowedAt >= LASTED_MS;
      this.#calmNeeded = lasted ? CALM_FIRST_MS : Math.min(CALM_LONGEST_MS, this.#calmNeeded * 2);
      this.#narrowedAt = undefined;
    }
    return true;
  }

  #narrow(now: LocalTime): boolean {
    this.#step--;
    this.#calmSince = now;
    this.#narrowedAt = now;
    return true;
  }
}

/** The part of a core that sends take at this step; 0 while it is not known how often chunks come. */
function share(step: number, listeners: number, tickMs: number | undefined): number {
  return tickMs === undefined ? 0 : (listeners * SEND_MS) / ((STRIDES[step] ?? 1) * tickMs);
}
