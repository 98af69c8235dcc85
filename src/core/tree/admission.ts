import { type LocalTime, localTime } from "../ids.ts";

/** A join waits no longer than this, in ms: then another leaf or the cached lane is better than waiting on. */
export const PARK_MS = 5_000;
/** Without a chunk for so long, in ms, there is no sound that joins could disturb. */
const QUIET_MS = 1_500;
/** Joins admitted per chunk at first: 200 a second at 100 ms, some 0.1 s of CPU. */
const FIRST_BUDGET = 20;
const LEAST_BUDGET = 1;
const MOST_BUDGET = 500;
/** A chunk that comes later than this, in ms, is not on time: joins must leave more room. */
const LATE_MS = 80;

/**
 * Sound first: how many joins a leaf takes between two chunks.
 *
 * A join costs about as much as fifteen sends, so a storm of them would starve the sound of those who listen. While chunks come on time
 * the budget grows by a half with each that was used up; a late one halves it. Who finds it used up is parked, first come first served.
 */
export class Admission<Join> {
  readonly #parked: { readonly join: Join; readonly until: LocalTime }[] = [];
  #budget = FIRST_BUDGET;
  #left = FIRST_BUDGET;
  #heardAt: LocalTime | undefined;

  /** Joins that wait. */
  get parked(): number {
    return this.#parked.length;
  }

  /** Joins that a chunk's time has room for now. */
  get budget(): number {
    return this.#budget;
  }

  /** A join came: true if it is taken at once, else it is parked. */
  arrive(join: Join, now: LocalTime): boolean {
    const isQuiet = this.#heardAt === undefined || now - this.#heardAt > QUIET_MS;
    if (isQuiet && this.#parked.length === 0) return true;
    if (this.#left > 0 && this.#parked.length === 0) {
      this.#left--;
      return true;
    }
    this.#parked.push({ join, until: localTime(now + PARK_MS) });
    return false;
  }

  /** A chunk was sent, `lateMs` late: the joins to take now, in the order in which they came. */
  heard(lateMs: number, now: LocalTime): readonly Join[] {
    this.#heardAt = now;
    if (lateMs > LATE_MS) this.#budget = Math.max(LEAST_BUDGET, Math.floor(this.#budget / 2));
    else if (this.#left === 0) this.#budget = Math.min(MOST_BUDGET, Math.ceil(this.#budget * 1.5));
    return this.#take();
  }

  /** To be called now and then while anybody is parked: `taken` if no sound flows any more, and `late` for whom the wait was too long. */
  tick(now: LocalTime): { readonly taken: readonly Join[]; readonly late: readonly Join[] } {
    const isQuiet = this.#heardAt === undefined || now - this.#heardAt > QUIET_MS;
    const taken = isQuiet ? this.#take() : [];
    const firstOnTime = this.#parked.findIndex(({ until }) => until > now);
    const late = this.#parked.splice(0, firstOnTime < 0 ? this.#parked.length : firstOnTime);
    return { taken, late: late.map(({ join }) => join) };
  }

  #take(): readonly Join[] {
    if (this.#parked.length === 0) {
      this.#left = this.#budget;
      return [];
    }
    const taken = this.#parked.splice(0, this.#budget);
    this.#left = this.#budget - taken.length;
    return taken.map(({ join }) => join);
  }
}
