/** The first wait's upper bound, in ms: shorter than a listener's jitter buffer can hide is of no use. */
const FIRST_MS = 500;
/** No wait is longer than this, in ms: a listener who waits longer has gone. */
const LONGEST_MS = 15_000;

/**
 * How long to wait before coming back, in ms: exponential with full jitter, capped at 15 s.
 *
 * Full jitter (anywhere between zero and the bound) spreads a crowd that lost the same server evenly.
 *
 * @param attempt 0 for the first return, 1 for the next, …
 * @param random luck from [0, 1), passed in so that a run can be replayed
 * @param windowMs a window told by the server for the first return; the audience's size decides it
 */
export function backoffMs(attempt: number, random: number, windowMs: number = FIRST_MS): number {
  return Math.round(Math.min(LONGEST_MS, windowMs * 2 ** Math.min(attempt, 10)) * random);
}
