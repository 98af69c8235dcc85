/** The first wait's upper bound, in ms: shorter than a listener's jitter buffer can hide is of no use. */
const FIRST_MS = 500;
/** No wait is longer than this, in ms: a listener who waits longer has gone. */
const LONGEST_MS = 15_000;

/** Returns that a deployment takes in a second without its sound suffering; a join costs some 0.6 ms of one core (README.md, Numbers). */
const RETURNS_PER_SECOND = 1_000;

/**
 * The window in which the listeners of a whole audience come back when all of them lose their sockets at once, as at a deploy, in ms:
 * 1 ms for each of them, from 0.5 s to 15 s. It is told while all is well, since afterwards there is nobody to tell it.
 *
 * @param listeners the whole audience's, not those of one leaf: a listener cannot know how many were cut off with him
 */
export function comeBackMs(listeners: number): number {
  return Math.min(LONGEST_MS, Math.max(FIRST_MS, Math.round((listeners * 1_000) / RETURNS_PER_SECOND)));
}

/**
 * How long to wait before coming back, in ms: exponential with full jitter, capped at 15 s.
 *
 * Full jitter (anywhere between zero and the bound) spreads a crowd that lost the same server evenly.
 *
 * @param attempt 0 for the first return, 1 for the next, …
 * @param random luck from [0, 1), passed in so that a run can be replayed
 * @param windowMs the window told by the server for the first return (`comeBackMs`); it doubles with every further one
 */
export function backoffMs(attempt: number, random: number, windowMs: number = FIRST_MS): number {
  return Math.round(Math.min(LONGEST_MS, windowMs * 2 ** Math.min(attempt, 10)) * random);
}
