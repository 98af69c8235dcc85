/** What is known of an audience is written down this often while the room is live, in ms. */
export const EVENING_ROW_MS = 10_000;
/** Rows of the last day are all kept, … */
const DAY_ROWS = (24 * 3_600_000) / EVENING_ROW_MS;
/** … of those before it one a minute, … */
const KEPT_OF = 6;
/** … and none for longer than this, in ms: 30 days. */
export const EVENING_KEEP_MS = 30 * 24 * 3_600_000;
const MOST_ROWS = EVENING_KEEP_MS / EVENING_ROW_MS;

/** What the root knows of its audience at a moment. */
export type EveningFigures = {
  /** On the tree: the live lane. Who hears the cached lane is counted by nobody. */
  readonly listeners: number;
  /** Those whose player said that sound comes out. */
  readonly hearing: number;
  /** The most that listened at once so far. */
  readonly peak: number;
  /** Different browsers that came so far, estimated. */
  readonly unique: number;
  /** Joins so far, those included that were sent to the cached lane. */
  readonly joins: number;
  /** More is wanted than the operator allows: what is too many is sent to the cached lane. */
  readonly full: boolean;
  readonly leaves: number;
  /** Listeners whose line cannot keep up. */
  readonly slow: number;
  /** The widest stride of any leaf, in chunks; 0 where none sends. */
  readonly stride: number;
  /** How late sound is at the leaf that is latest, in ms. */
  readonly lateMs: number;
  /** Requests that the room's object has answered so far: joins must never add to it. */
  readonly requests: number;
};

/** Ten seconds of a room. `at`: when they began, ms since 1970, a multiple of 10,000. */
export type EveningRow = Omit<EveningFigures, "lateMs"> & {
  readonly at: number;
  /** At the leaf that was latest: the median of ten seconds, and the most, in ms. */
  readonly delayP50Ms: number;
  readonly delayMaxMs: number;
};

/**
 * What becomes of an evening's figures: a row each ten seconds. Pure: told of each second.
 *
 * What is counted since the beginning goes on where an earlier life of the room's object stood: a new one begins at nought.
 */
export class EveningLog {
  readonly #before: Pick<EveningRow, "joins" | "requests" | "peak"> | undefined;
  #open: { readonly at: number; readonly late: number[]; newest: EveningFigures } | undefined;

  /** @param before the newest row that was kept */
  constructor(before: EveningRow | undefined) {
    this.#before = before;
  }

  /** A second has passed. The row of the ten that are over, if this one begins others. */
  second(now: number, figures: EveningFigures): EveningRow | undefined {
    const at = now - (now % EVENING_ROW_MS);
    const closed = this.#open?.at === at ? undefined : this.close();
    this.#open ??= { at, late: [], newest: figures };
    this.#open.newest = figures;
    this.#open.late.push(figures.lateMs);
    return closed;
  }

  /** The row that is being filled, as it is; the next second begins another. Undefined if there is none. */
  close(): EveningRow | undefined {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return undefined;
    const { lateMs: _, ...newest } = open.newest;
    const late = open.late.toSorted((a, b) => a - b);
    return {
      ...newest,
      at: open.at,
      joins: newest.joins + (this.#before?.joins ?? 0),
      requests: newest.requests + (this.#before?.requests ?? 0),
      peak: Math.max(newest.peak, this.#before?.peak ?? 0),
      delayP50Ms: Math.round(late[Math.floor((late.length - 1) / 2)] ?? 0),
      delayMaxMs: Math.round(late.at(-1) ?? 0),
    };
  }
}

/** Once the row of `at` is written, the rows that are not kept any more, by their `at`: so there are never more than some 50,000. */
export function outdatedBy(at: number): readonly number[] {
  const row = at / EVENING_ROW_MS;
  const dayOld = row - DAY_ROWS;
  const old = dayOld % KEPT_OF === 0 ? [] : [dayOld];
  return [...old, row - MOST_ROWS].map((one) => one * EVENING_ROW_MS);
}
