import { isCount, isFields } from "../json.ts";

/** A room that asked to be found, as it said of itself. */
export type Listing = {
  readonly room: string;
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly live: boolean;
  readonly listeners: number;
  /** While its doors are closed: when they open (ISO 8601, UTC), and the zone in which that was announced. */
  readonly opensAt?: string;
  readonly timeZone?: string;
  /** When it said so, in ms since 1970. */
  readonly at: number;
};

/** Rooms that the lobby remembers, and that it shows: more than anybody reads. */
const MOST_KEPT = 500;
const MOST_SHOWN = 100;
/** A live room says so again every minute; one that has not for so long, in ms, is not believed to be live any more. */
const LIVE_MS = 3 * 60_000;
/** Neither live nor announced (just made, in a break, or its host is late), a room is shown for so long, in ms, after it said anything. */
const QUIET_MS = 60 * 60_000;
/** An announced room is shown for so long, in ms, after its doors should have opened. */
const LATE_MS = 60 * 60_000;

/** What the lobby shows: live rooms by listeners, then announced ones by time, then those that were quiet for less than an hour. */
export function shownOf(listings: readonly Listing[], now: number): readonly Listing[] {
  return ranked(listings, now)
    .filter((one) => rankOf(one, now) < GONE)
    .slice(0, MOST_SHOWN)
    .map((one) => (isLive(one, now) || !one.live ? one : { ...one, live: false, listeners: 0 }));
}

/** The lobby after a room has said what it is; who would be shown last gives way where there are too many. */
export function withListing(listings: readonly Listing[], listing: Listing, now: number): readonly Listing[] {
  const others = listings.filter(({ room }) => room !== listing.room);
  return ranked([listing, ...others], now).slice(0, MOST_KEPT);
}

/** The lobby without a room. */
export function withoutListing(listings: readonly Listing[], room: string): readonly Listing[] {
  return listings.filter((one) => one.room !== room);
}

/** The only door for a listing that was kept: an older one says only what it is called and since when. */
export function listingOf(said: unknown): Listing | undefined {
  if (!isFields(said)) return undefined;
  const { room, title, createdAt, live, listeners, opensAt, timeZone, at } = said;
  if (typeof room !== "string" || typeof title !== "string" || typeof createdAt !== "string") return undefined;
  const announced = typeof opensAt === "string" && typeof timeZone === "string" ? { opensAt, timeZone } : {};
  const since = isCount(at) ? at : Date.parse(createdAt) || 0;
  return { room, title, createdAt, live: live === true, listeners: isCount(listeners) ? listeners : 0, ...announced, at: since };
}

const GONE = 3;

function ranked(listings: readonly Listing[], now: number): readonly Listing[] {
  return [...listings].sort((one, other) => rankOf(one, now) - rankOf(other, now) || before(one, other, rankOf(one, now)));
}

/** 0 live, 1 announced, 2 quiet, 3 not to be shown. */
function rankOf(listing: Listing, now: number): 0 | 1 | 2 | 3 {
  if (isLive(listing, now)) return 0;
  const opensAt = listing.opensAt === undefined ? undefined : Date.parse(listing.opensAt);
  if (opensAt !== undefined) return opensAt + LATE_MS > now ? 1 : GONE;
  return listing.at + QUIET_MS > now ? 2 : GONE;
}

function before(one: Listing, other: Listing, rank: number): number {
  if (rank === 0) return other.listeners - one.listeners || one.room.localeCompare(other.room);
  if (rank === 1) return Date.parse(one.opensAt ?? "") - Date.parse(other.opensAt ?? "") || one.room.localeCompare(other.room);
  return other.at - one.at;
}

function isLive({ live, at }: Listing, now: number): boolean {
  return live && at + LIVE_MS > now;
}
