import { isFields } from "../json.ts";

/** How a room that its host did not end came to its end. */
export type Over = {
  readonly by: "operator" | "idle";
  /** What people are told; the operator's own words. */
  readonly why: string;
};

/** What people are told of a room that ended because nobody used it. */
export const IDLE: Over = { by: "idle", why: "Nobody used this room for a long time" };

/**
 * When it must be looked whether a room is still used, in ms since 1970; undefined where rooms never end by themselves.
 *
 * @param usedAt when it was made, or somebody was last known to be on stage or listening
 * @param idleMs how long nobody may use it; 0 for ever
 */
export function idleAt(usedAt: number, idleMs: number): number | undefined {
  return idleMs === 0 ? undefined : usedAt + idleMs;
}

/**
 * That a room is used is noted this seldom, in ms: a tenth of what makes it idle, and never more often than every minute nor less often than
 * every hour; it may end that much early, never while it is used.
 */
export function noteEveryMs(idleMs: number): number {
  return Math.min(3_600_000, Math.max(60_000, idleMs / 10));
}

/** The only door for how a room ended, in what was kept or told. */
export function overOf(said: unknown): Over | undefined {
  if (!isFields(said)) return undefined;
  const { by, why } = said;
  return (by === "operator" || by === "idle") && typeof why === "string" ? { by, why } : undefined;
}

/** Longest time between two questions whether all of a recording is stored, in ms. */
const ASK_MOST_MS = 60_000;
/** So often at most: each time a second later, then every minute, for a day. Its memory does not outlive a longer fault. */
const ASK_TRIES = 1_470;

/** When an archive that owes something is asked again. @param tries how often it was */
export function askAgainAt(now: number, tries: number): number | undefined {
  return tries > ASK_TRIES ? undefined : now + Math.min(ASK_MOST_MS, tries * 1_000);
}
