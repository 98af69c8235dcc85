import type { Env } from "../env.ts";

/** A room's tickets live for 30 days: a room that nobody used for so long can be opened by nobody any more. */
const DEFAULT_MINUTES = 30 * 24 * 60;
/** A year. */
const MOST_MINUTES = 366 * 24 * 60;

/** How long nobody may use a room before it ends, in ms; 0 for ever. What is no sensible number is the default. */
export function idleMsOf({ IDLE_MINUTES }: Pick<Env, "IDLE_MINUTES">): number {
  const minutes = IDLE_MINUTES === undefined || IDLE_MINUTES === "" ? Number.NaN : Number(IDLE_MINUTES);
  return (minutes >= 0 && minutes <= MOST_MINUTES ? minutes : DEFAULT_MINUTES) * 60_000;
}
