/** What is to be told to one address outside: as it was noted, with what came of telling it so far. */
export type Letter = {
  /** The same each time that it is told: whoever gets it twice knows by it. */
  readonly id: string;
  /** Exactly the bytes that are sent, and signed, each time. */
  readonly body: string;
  /** ms since 1970. */
  readonly notedAt: number;
  /** Times that it was told in vain. */
  readonly attempts: number;
  /** When it may be told next, ms since 1970. */
  readonly dueAt: number;
};

/** The first wait's upper bound, in ms, and the longest one's: Standard Webhooks proposes 5 s, then minutes, then hours. */
const FIRST_MS = 5_000;
const LONGEST_MS = 60 * 60_000;

/** What could not be told within a day is given up. */
export const GIVEN_UP_MS = 24 * 3_600_000;

/** So many wait for one address at most: more would mean that nobody listens there. */
export const MOST_WAITING = 100;

/** A letter that is to be told at once. */
export function letterOf(id: string, body: string, now: number): Letter {
  return { id, body, notedAt: now, attempts: 0, dueAt: now };
}

/**
 * The letter after it was told in vain: to be told again, from half of to a whole wait that doubles up to an hour; undefined once that would be
 * more than a day after it was noted.
 *
 * @param luck from [0, 1)
 */
export function triedInVain(letter: Letter, now: number, luck: number): Letter | undefined {
  const boundMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(letter.attempts, 20));
  const dueAt = now + Math.round(boundMs * (0.5 + luck / 2));
  return dueAt > letter.notedAt + GIVEN_UP_MS ? undefined : { ...letter, attempts: letter.attempts + 1, dueAt };
}
