import { type LocalTime, localTime } from "../../ids.ts";

/** Joins wake in batches so far apart, in ms: on workerd who wakes with others costs a join of 0.31 ms of CPU, who wakes alone one of 0.47 (measured). */
const BATCH_MS = 50;
/** Joins a second at first. */
const FIRST_RATE = 1_000;
/** However late this thread is, so many a second go on: nobody waits for ever. */
const LEAST_RATE = 500;
/** At 0.4 to 0.6 ms of CPU a join, most of what one core has. */
const MOST_RATE = 2_000;
/** Who wakes later than this, in ms, shows that the thread is behind: sound waits as long as he did. */
const LATE_MS = 200;
/** The rate is changed no more often than this, in ms, and then by these factors. */
const CHANGE_MS = 100;
const FASTER = 1.1;
const SLOWER = 0.8;
/** Room for joins that was not used does not add up beyond this, in ms. */
const SAVED_MS = 100;
/** Who waits asks again after this, in ms: the rate may have grown. Each time costs some 0.05 ms of CPU. */
const NAP_MS = 2_500;
/** After so long without anybody in line, in ms, what the last storm found of this thread is no news any more. */
const RESTED_MS = 5_000;
/** A clock that went back further than this, in ms, was set anew; less is the difference between two requests' clocks. */
const SET_BACK_MS = 1_000;
/** Nobody waits longer than this, in ms: the cached lane is better then. A leaf may park him for 5 s on top, and lines give up after 15. */
export const LONGEST_WAIT_MS = 8_000;

/**
 * Sound first, at the edge: joins that come faster than one thread can serve them wait in line before they cost it more.
 *
 * A runtime that finds thousands of requests waiting answers all of them before it looks at a timer or a socket again. Where leaves share the
 * thread (a server of one process), the sound would stand still meanwhile. So who comes draws a number, and numbers are called in order, at a rate
 * that grows while those who wait wake on time, and falls when they wake late.
 */
export class JoinQueue {
  #drawn = 0;
  #called = 0;
  /** Calls that are due and were not made: a part of one, or what an empty line has saved. */
  #due = 0;
  /** Numbers above the last called whose joins wait no more. */
  readonly #gone = new Set<number>();
  #rate = FIRST_RATE;
  #at: LocalTime | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;
  #waitedAt = Number.NEGATIVE_INFINITY;

  /** Joins a second that are called now. */
  get rate(): number {
    return this.#rate;
  }

  /** Joins in line. */
  get waiting(): number {
    return this.#drawn - this.#called - this.#gone.size;
  }

  /** A join came: its number. */
  draw(now: LocalTime): number {
    this.#call(now);
    if (this.waiting > 0) this.#waitedAt = now;
    else if (now - this.#waitedAt > RESTED_MS) this.#rate = Math.max(this.#rate, FIRST_RATE);
    this.#drawn++;
    this.#call(now);
    return this.#drawn;
  }

  /**
   * How long the join of this number sleeps until it asks again, in ms; 0 if it was called, and undefined if it waits no longer, because its turn
   * would come too late: its number is given back.
   *
   * @param waitedMs since it was drawn
   */
  waitMs(number: number, waitedMs: number, now: LocalTime): number | undefined {
    this.#call(now);
    if (number <= this.#called) return 0;
    const aheadMs = (Math.min(number - this.#called, this.waiting) * 1_000) / this.#rate;
    if (waitedMs + aheadMs > LONGEST_WAIT_MS) {
      this.#gone.add(number);
      return undefined;
    }
    return Math.ceil((now + Math.min(NAP_MS, aheadMs)) / BATCH_MS) * BATCH_MS - now;
  }

  /** A join that slept woke so much later than it wanted, in ms: the only thing that tells an edge how busy its thread is. */
  woke(lateMs: number, now: LocalTime): void {
    this.#call(now);
    if (now - this.#changedAt < CHANGE_MS) return;
    this.#changedAt = now;
    this.#rate = lateMs > LATE_MS ? Math.max(LEAST_RATE, this.#rate * SLOWER) : Math.min(MOST_RATE, this.#rate * FASTER);
  }

  /** Calls those whose turn has come; numbers that were given back take nobody's. */
  #call(now: LocalTime): void {
    const at = this.#at ?? now - SAVED_MS;
    if (at - now > SET_BACK_MS) this.#changedAt = this.#waitedAt = Number.NEGATIVE_INFINITY;
    this.#at = localTime(at - now > SET_BACK_MS ? now : Math.max(at, now));
    this.#due += (Math.max(0, now - at) * this.#rate) / 1_000;
    while (this.#called < this.#drawn) {
      if (this.#gone.delete(this.#called + 1)) this.#called++;
      else if (this.#due >= 1) {
        this.#called++;
        this.#due--;
      } else return;
    }
    this.#due = Math.min(this.#due, (SAVED_MS * this.#rate) / 1_000);
  }
}
