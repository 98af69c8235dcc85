import type { LocalTime } from "../../ids.ts";

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
/** Who would wait longer than this, in ms, hears more in the cached lane; a leaf may park him on top of it, and lines give up after 15 s. */
export const LONGEST_WAIT_MS = 8_000;

/**
 * Sound first, at the edge: joins that come faster than one thread can serve them wait in line before they cost more than their parsing.
 *
 * A runtime that finds thousands of requests waiting answers all of them before it looks at a timer or a socket again. Where leaves share the
 * thread (a server of one process), the sound would stand still meanwhile. So who comes draws a number, and numbers are called at a rate that
 * grows while those who wait wake on time, and falls when they wake late.
 */
export class JoinQueue {
  #drawn = 0;
  #called = 0;
  #rate = FIRST_RATE;
  #at: LocalTime | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;

  /** Joins a second that are called now. */
  get rate(): number {
    return this.#rate;
  }

  /** A join came: its number; undefined if the line is so long that it had better not wait (LONGEST_WAIT_MS). */
  draw(now: LocalTime): number | undefined {
    this.#call(now);
    if (((this.#drawn - this.#called) * 1_000) / this.#rate > LONGEST_WAIT_MS) return undefined;
    this.#drawn++;
    return this.#drawn;
  }

  /** How long the join of this number sleeps until it asks again, in ms; 0 if it was called. */
  waitMs(number: number, now: LocalTime): number {
    this.#call(now);
    if (number <= this.#called) return 0;
    const wakesAt = now + Math.min(NAP_MS, ((number - this.#called) * 1_000) / this.#rate);
    return Math.ceil(wakesAt / BATCH_MS) * BATCH_MS - now;
  }

  /** A join that slept woke so much later than it wanted, in ms: the only thing that tells an edge how busy its thread is. */
  woke(lateMs: number, now: LocalTime): void {
    if (now - this.#changedAt < CHANGE_MS) return;
    this.#changedAt = now;
    this.#call(now);
    this.#rate = lateMs > LATE_MS ? Math.max(LEAST_RATE, this.#rate * SLOWER) : Math.min(MOST_RATE, this.#rate * FASTER);
  }

  #call(now: LocalTime): void {
    const sinceMs = this.#at === undefined ? SAVED_MS : Math.max(0, now - this.#at);
    this.#at = now;
    this.#called = Math.min(this.#called + (sinceMs * this.#rate) / 1_000, this.#drawn + (SAVED_MS * this.#rate) / 1_000);
  }
}
