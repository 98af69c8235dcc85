import type { RoomId } from "../../ids.ts";
import { type NodeRef, nodeName } from "./plan.ts";
import type { Region } from "./region.ts";

/** For so long after a join found no seat, in ms, the others of this isolate do not look for one: knocking at full doors triples a storm. */
const SHUT_MS = 1_000;
/** So many joins in a row that found no seat are no ill luck any more: of three doors each, while every second seat is free, it would be one in 500. */
const SURE = 3;
/** Rooms that one isolate remembers as full; the oldest give way. */
const MOST_ROOMS = 1_000;
/** Full leaves of one room that are remembered; the oldest give way. It is few leaves that a whole crowd knocks at: among many, each is asked by few. */
const MOST_LEAVES = 64;

type FullLeaf = { readonly leaf: NodeRef; readonly until: number };
type Full = { readonly revision: number; readonly joins: number; until: number };

/** Where one isolate at the edge found no seat, so that it need not look for one again and again. */
export class FullRooms {
  /** Rooms in which no seat was found, by the plan that was known then. */
  readonly #full = new Map<RoomId, Full>();
  /** Leaves that said they were full, and until when that is believed. */
  readonly #leaves = new Map<RoomId, Map<string, FullLeaf>>();
  /** Joins that no leaf was told of, since they were not sent to any. */
  readonly #uncounted = new Map<RoomId, Map<Region, number>>();

  /**
   * True if a join should look for a seat. In a room that was full a second ago one may, and tells the others; a newer plan is a new chance.
   *
   * @param revision of the plan that this isolate knows
   */
  mayKnock(room: RoomId, revision: number, now: number): boolean {
    // Nearly always: asked for every join, and nothing is full.
    if (this.#full.size === 0) return true;
    const known = this.#full.get(room);
    if (known === undefined || known.joins < SURE || revision > known.revision) return true;
    if (now < known.until) return false;
    known.until = now + SHUT_MS;
    return true;
  }

  /**
   * A leaf said that it was full: nobody is sent there for a moment. Without that a crowd which meets a room of a few leaves asks each of them
   * once for everybody, and the answers, and the sound of those who sit there, wait behind all of it.
   */
  leafIsFull(room: RoomId, leaf: NodeRef, now: number): void {
    const leaves = this.#leaves.get(room) ?? new Map<string, FullLeaf>();
    const name = nodeName(leaf);
    leaves.delete(name);
    leaves.set(name, { leaf, until: now + SHUT_MS });
    dropOldest(leaves, MOST_LEAVES);
    this.#leaves.delete(room);
    this.#leaves.set(room, leaves);
    dropOldest(this.#leaves, MOST_ROOMS);
  }

  /** Leaves that need not be asked now. */
  fullLeaves(room: RoomId, now: number): readonly NodeRef[] {
    const leaves = this.#leaves.size === 0 ? undefined : this.#leaves.get(room);
    if (leaves === undefined) return NO_LEAVES;
    for (const [name, { until }] of leaves) {
      if (until > now) break;
      leaves.delete(name);
    }
    if (leaves.size === 0) this.#leaves.delete(room);
    return [...leaves.values()].map(({ leaf }) => leaf);
  }

  /** A join found a seat. */
  foundSeat(room: RoomId): void {
    if (this.#full.size > 0) this.#full.delete(room);
  }

  /** A join found no seat by the plan of this revision; `isSure` if by the plan itself there is none. */
  foundFull(room: RoomId, revision: number, isSure: boolean, now: number): void {
    const joins = isSure ? SURE : (this.#full.get(room)?.joins ?? 0) + 1;
    this.#full.delete(room);
    this.#full.set(room, { revision, joins, until: now + SHUT_MS });
    dropOldest(this.#full, MOST_ROOMS);
  }

  /** A join wanted `region` and was sent to no leaf: the next that is, brings word of it, so that the tree grows where it is wanted. */
  leaveUncounted(room: RoomId, region: Region, joins: number): void {
    const regions = this.#uncounted.get(room) ?? new Map<Region, number>();
    regions.set(region, (regions.get(region) ?? 0) + joins);
    this.#uncounted.set(room, regions);
    dropOldest(this.#uncounted, MOST_ROOMS);
  }

  /** Joins that wanted `region` and were not counted yet; whoever takes them tells a leaf. */
  takeUncounted(room: RoomId, region: Region): number {
    if (this.#uncounted.size === 0) return 0;
    const joins = this.#uncounted.get(room)?.get(region) ?? 0;
    this.#uncounted.get(room)?.delete(region);
    return joins;
  }
}

const NO_LEAVES: readonly NodeRef[] = [];

/** Lets what was put in first go, if there is more than `most`. */
function dropOldest<Key>(map: Map<Key, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
