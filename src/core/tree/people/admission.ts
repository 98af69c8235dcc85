import { type LocalTime, localTime } from "../../ids.ts";

/** A join waits no longer than this, in ms: then another leaf or the cached lane is better than waiting on. */
export const PARK_MS = 5_000;
/** Without a chunk for so long, in ms, there is no sound that joins could disturb. */
const QUIET_MS = 1_500;
/** Joins a second at first: at 0.3 ms of CPU each at the leaf's side (measured) an eighth of a core. */
const FIRST_RATE = 400;
/** However late the sound is, so many a second are taken: nobody waits for ever, and it costs 6 % of a core. */
const LEAST_RATE = 200;
/** What is taken between two chunks comes before the next of them: more joins than these would themselves be what makes it late. */
const MOST_RATE = 2_000;
/** A chunk that comes later than this, in ms, is not on time: joins must leave more room. */
const LATE_MS = 200;
/** The rate is halved no more often than this, in ms: what is late now may be the work of before. */
const HALVE_MS = 300;
/** Room for joins that was not used does not add up beyond this, in ms. */
const SAVED_MS = 200;

const NOBODY = [] as const;

/**
 * Sound first: how many joins a leaf takes between two chunks.
 *
 * A join costs about as much as fifteen sends, so a storm of them would starve the sound of those who listen. While chunks come on time
 * and joins wait, the rate grows by a half with each chunk; late ones halve it. Who finds no room is parked, first come first served.
 */
export class Admission<Join> {
  readonly #parked: { readonly join: Join; readonly until: LocalTime }[] = [];
  #rate = FIRST_RATE;
  #room = 0;
  #heardAt: LocalTime | undefined;
  #halvedAt = Number.NEGATIVE_INFINITY;

  /** Joins that wait. */
  get parked(): number {
    return this.#parked.length;
  }

  /** Joins that would be taken at once while nobody waits. */
  get room(): number {
    return this.#parked.length === 0 ? Math.floor(this.#room) : 0;
  }

  /** Joins a second that there is room for now. */
  get rate(): number {
    return this.#rate;
  }

  /** A join came: true if it is taken at once, else it is parked. */
  arrive(join: Join, now: LocalTime): boolean {
    if (this.#parked.length === 0 && (this.#isQuiet(now) || this.#room >= 1)) {
      this.#room = Math.max(0, this.#room - 1);
      return true;
    }
    this.#parked.push({ join, until: localTime(now + PARK_MS) });
    return false;
  }

  /** A chunk was sent, `lateMs` late: the joins to take now, in the order in which they came. */
  heard(lateMs: number, now: LocalTime): readonly Join[] {
    if (lateMs > LATE_MS) this.#halve(now);
    else if (this.#parked.length > 0) this.#rate = Math.min(MOST_RATE, this.#rate * 1.5);
    const sinceMs = this.#heardAt === undefined ? SAVED_MS : Math.min(SAVED_MS, now - this.#heardAt);
    this.#room = Math.min(this.#room + (this.#rate * sinceMs) / 1_000, (this.#rate * SAVED_MS) / 1_000);
    this.#heardAt = now;
    return this.#take();
  }

  /** To be called now and then while anybody is parked: `taken` if no sound flows any more, and `late` for whom the wait was too long. */
  tick(now: LocalTime): { readonly taken: readonly Join[]; readonly late: readonly Join[] } {
    if (this.#isQuiet(now)) this.#room = Math.max(this.#room, (this.#rate * SAVED_MS) / 1_000);
    const taken = this.#isQuiet(now) ? this.#take() : [];
    const firstOnTime = this.#parked.findIndex(({ until }) => until > now);
    const late = this.#parked.splice(0, firstOnTime < 0 ? this.#parked.length : firstOnTime);
    return { taken, late: late.map(({ join }) => join) };
  }

  #isQuiet(now: LocalTime): boolean {
    return this.#heardAt === undefined || now - this.#heardAt > QUIET_MS;
  }

  #halve(now: LocalTime): void {
    if (now - this.#halvedAt < HALVE_MS) return;
    this.#halvedAt = now;
    this.#rate = Math.max(LEAST_RATE, this.#rate / 2);
  }

  #take(): readonly Join[] {
    if (this.#parked.length === 0 || this.#room < 1) return NOBODY;
    const taken = this.#parked.splice(0, Math.floor(this.#room));
    this.#room -= taken.length;
    return taken.map(({ join }) => join);
  }
}
