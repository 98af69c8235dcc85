import type { Room } from "./state.ts";

/**
 * What happens in a room that a program outside may want to hear of (webhooks):
 *
 * - `opened`: from here on anybody may come in: the room was made, or its doors opened at their time;
 * - `live`: somebody is on air, and nobody was for the last minute at least;
 * - `host-silent`: the host's line has said nothing for 5 s while the room was live; at most once a minute;
 * - `moved`: another room feeds the audience from here on;
 * - `ended`: it is over, for good;
 * - `recording-ready`: it is over, and all that was recorded of it can be fetched.
 */
export const HAPPENINGS = ["opened", "live", "host-silent", "moved", "ended", "recording-ready"] as const;
export type Happening = (typeof HAPPENINGS)[number];

/** The same again within this, in ms, is no news: a host changes his microphone, a line comes and goes. */
export const SAME_MS = 60_000;

/** What must be remembered to tell news from what was told: both in ms since 1970. */
export type Watched = {
  /** When the room was last live; infinite while it is. */
  readonly liveUntil: number;
  /** When the host was last said to be silent. */
  readonly silentAt: number;
};

/** Of a room that was never live. */
export const NOTHING_YET: Watched = { liveUntil: Number.NEGATIVE_INFINITY, silentAt: Number.NEGATIVE_INFINITY };

/** What was remembered by an earlier life of the room's object: that ended about now, and with it whatever was on air. */
export function awoken(watched: Watched, now: number): Watched {
  return watched.liveUntil > now ? { ...watched, liveUntil: now } : watched;
}

/** What has happened, as far as it can be seen in the room's people, now that `before` has become `after`. */
export function happenings(
  watched: Watched,
  before: Room,
  after: Room,
  now: number,
): { readonly watched: Watched; readonly seen: readonly Happening[] } {
  const seen: Happening[] = [];
  let { liveUntil, silentAt } = watched;
  if (before.phase !== "live" && after.phase === "live") {
    if (now - liveUntil >= SAME_MS) seen.push("live");
    liveUntil = Number.POSITIVE_INFINITY;
  }
  if (before.phase === "live" && after.phase !== "live") liveUntil = now;
  if (after.phase === "live" && before.host.presence === "here" && after.host.presence !== "here" && now - silentAt >= SAME_MS) {
    seen.push("host-silent");
    silentAt = now;
  }
  if (before.phase !== "ended" && after.phase === "ended") seen.push("ended");
  return { watched: liveUntil === watched.liveUntil && silentAt === watched.silentAt ? watched : { liveUntil, silentAt }, seen };
}
