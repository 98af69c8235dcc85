import type { RoomId } from "../core/ids.ts";
import type { Region } from "../core/tree/region.ts";

/** For so long after a join found no seat, in ms, the others of this isolate do not look for one: knocking at full doors triples a storm. */
const SHUT_MS = 1_000;
/** So many joins in a row that found no seat are no ill luck any more: of three doors each, while every second seat is free, it would be one in 500. */
const SURE = 3;
/** Rooms that one isolate remembers as full; the oldest give way. */
const MOST_ROOMS = 1_000;

type Full = { readonly revision: number; readonly joins: number; until: number };

/** Rooms in which this isolate found no seat, by the plan that it knew then. */
const full = new Map<RoomId, Full>();
/** Joins that no leaf was told of, since they were not sent to any. */
const uncounted = new Map<RoomId, Map<Region, number>>();

/**
 * True if a join should look for a seat. In a room that was full a second ago one may, and tells the others; a newer plan is a new chance.
 *
 * @param revision of the plan that this isolate knows
 */
export function mayKnock(room: RoomId, revision: number, now: number): boolean {
  const known = full.get(room);
  if (known === undefined || known.joins < SURE || revision > known.revision) return true;
  if (now < known.until) return false;
  known.until = now + SHUT_MS;
  return true;
}

/** A join found a seat. */
export function foundSeat(room: RoomId): void {
  full.delete(room);
}

/** A join found no seat by the plan of this revision; `isSure` if by the plan itself there is none. */
export function foundFull(room: RoomId, revision: number, isSure: boolean, now: number): void {
  const joins = isSure ? SURE : (full.get(room)?.joins ?? 0) + 1;
  full.delete(room);
  full.set(room, { revision, joins, until: now + SHUT_MS });
  const [oldest] = full.keys();
  if (full.size > MOST_ROOMS && oldest !== undefined) full.delete(oldest);
}

/** A join wanted `region` and was sent to no leaf: the next that is, brings word of it, so that the tree grows where it is wanted. */
export function leaveUncounted(room: RoomId, region: Region, joins: number): void {
  const regions = uncounted.get(room) ?? new Map<Region, number>();
  regions.set(region, (regions.get(region) ?? 0) + joins);
  uncounted.set(room, regions);
  const [oldest] = uncounted.keys();
  if (uncounted.size > MOST_ROOMS && oldest !== undefined) uncounted.delete(oldest);
}

/** Joins that wanted `region` and were not counted yet; whoever takes them tells a leaf. */
export function takeUncounted(room: RoomId, region: Region): number {
  const joins = uncounted.get(room)?.get(region) ?? 0;
  uncounted.get(room)?.delete(region);
  return joins;
}
