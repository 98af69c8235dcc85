import type { RoomId } from "../ids.ts";
import type { Region } from "./region.ts";

/** For so long after a join found no seat, in ms, the others of this isolate do not look for one: knocking at full doors triples a storm. */
const SHUT_MS = 1_000;
/** So many joins in a row that found no seat are no ill luck any more: of three doors each, while every second seat is free, it would be one in 500. */
const SURE = 3;
/** Rooms that one isolate remembers as full; the oldest give way. */
const MOST_ROOMS = 1_000;

type Full = { readonly revision: number; readonly joins: number; until: number };

/** Where one isolate at the edge found no seat, so that it need not look for one again and again. */
export class FullRooms {
  /** Rooms in which no seat was found, by the plan that was known then. */
  readonly #full = new Map<RoomId, Full>();
  /** Joins that no leaf was told of, since they were not sent to any. */
  readonly #uncounted = new Map<RoomId, Map<Region, number>>();

  /**
   * True if a join should look for a seat. In a room that was full a second ago one may, and tells the others; a newer plan is a new chance.
   *
   * @param revision of the plan that this isolate knows
   */
  mayKnock(room: RoomId, revision: number, now: number): boolean {
    const known = this.#full.get(room);
    if (known === undefined || known.joins < SURE || revision > known.revision) return true;
    if (now < known.until) return false;
    known.until = now + SHUT_MS;
    return true;
  }

  /** A join found a seat. */
  foundSeat(room: RoomId): void {
    this.#full.delete(room);
  }

  /** A join found no seat by the plan of this revision; `isSure` if by the plan itself there is none. */
  foundFull(room: RoomId, revision: number, isSure: boolean, now: number): void {
    const joins = isSure ? SURE : (this.#full.get(room)?.joins ?? 0) + 1;
    this.#full.delete(room);
    this.#full.set(room, { revision, joins, until: now + SHUT_MS });
    const [oldest] = this.#full.keys();
    if (this.#full.size > MOST_ROOMS && oldest !== undefined) this.#full.delete(oldest);
  }

  /** A join wanted `region` and was sent to no leaf: the next that is, brings word of it, so that the tree grows where it is wanted. */
  leaveUncounted(room: RoomId, region: Region, joins: number): void {
    const regions = this.#uncounted.get(room) ?? new Map<Region, number>();
    regions.set(region, (regions.get(region) ?? 0) + joins);
    this.#uncounted.set(room, regions);
    const [oldest] = this.#uncounted.keys();
    if (this.#uncounted.size > MOST_ROOMS && oldest !== undefined) this.#uncounted.delete(oldest);
  }

  /** Joins that wanted `region` and were not counted yet; whoever takes them tells a leaf. */
  takeUncounted(room: RoomId, region: Region): number {
    const joins = this.#uncounted.get(room)?.get(region) ?? 0;
    this.#uncounted.get(room)?.delete(region);
    return joins;
  }
}
