import type { SessionId } from "../../ids.ts";
import { ASKS_PER_REPORT } from "./ask-pool.ts";
import { type Ask, keyOf, sampleOf } from "./asks.ts";

/** Asks that wait for the room's people at most; as at every node below. */
const MOST_WAITING = 64;
/** What the room's people are told in one second at most, in asks. */
const PER_SECOND = ASKS_PER_REPORT;
/** Asks, and sessions, that are remembered, so that what comes twice is heard once: many times what can come while an ask stays in reports. */
const REMEMBERED = 4_096;
/** Leaves of one session that are remembered. */
const LEAVES = 8;

/** What one leaf last said of a session's hand. */
type HandAt = { readonly order: number; readonly isUp: boolean };

/**
 * What the root has heard its listeners ask: each ask once, no more of them than people can take, the least lucky lost.
 *
 * A hand is up while any leaf says so. Who comes back at another leaf raises it there; that his old leaf lowers it for him afterwards, in
 * whatever order the two are heard, changes nothing.
 */
export class HeardAsks {
  #waiting: readonly Ask[] = [];
  readonly #known = new Set<string>();
  readonly #hands = new Map<SessionId, Map<string, HandAt>>();
  #left = PER_SECOND;
  #lowersLeft = PER_SECOND / 2;

  /** A child reported these. */
  hear(asks: readonly Ask[]): void {
    const news = asks.filter((ask) => !this.#known.has(keyOf(ask)));
    if (news.length > 0) this.#waiting = sampleOf([...this.#waiting, ...news], MOST_WAITING);
  }

  /** What the people are told now: of hands that go down no more than leaves others their turn, and what says nothing new takes nobody's. */
  take(): readonly Ask[] {
    const [told, waiting]: [Ask[], Ask[]] = [[], []];
    for (const ask of this.#waiting) {
      const isLower = ask.kind === "lower";
      if (this.#left === 0 || (isLower && this.#lowersLeft === 0)) {
        waiting.push(ask);
        continue;
      }
      remember(this.#known, keyOf(ask));
      if (!this.#changes(ask)) continue;
      told.push(ask);
      this.#left--;
      if (isLower) this.#lowersLeft--;
    }
    this.#waiting = waiting;
    return told;
  }

  /** A second has passed: as many may be told again. */
  second(): void {
    this.#left = PER_SECOND;
    this.#lowersLeft = PER_SECOND / 2;
  }

  /** True while somebody waits. */
  get holds(): boolean {
    return this.#waiting.length > 0;
  }

  /** False for what says nothing new of a hand. */
  #changes({ kind, session, leaf, order, text }: Ask): boolean {
    if (kind !== "hand" && kind !== "lower") return true;
    const hands = this.#handsOf(session);
    if ((hands.get(leaf)?.order ?? -1) >= order) return false;
    if (kind === "lower" && text !== "gone") for (const [at, hand] of hands) hands.set(at, { ...hand, isUp: false });
    hands.delete(leaf);
    hands.set(leaf, { order, isUp: kind === "hand" });
    for (const oldest of hands.keys()) {
      if (hands.size <= LEAVES) break;
      hands.delete(oldest);
    }
    return kind === "hand" || ![...hands.values()].some(({ isUp }) => isUp);
  }

  #handsOf(session: SessionId): Map<string, HandAt> {
    const hands = this.#hands.get(session) ?? new Map<string, HandAt>();
    this.#hands.delete(session);
    this.#hands.set(session, hands);
    for (const oldest of this.#hands.keys()) {
      if (this.#hands.size <= REMEMBERED) break;
      this.#hands.delete(oldest);
    }
    return hands;
  }
}

function remember(known: Set<string>, key: string): void {
  known.add(key);
  for (const oldest of known) {
    if (known.size <= REMEMBERED) return;
    known.delete(oldest);
  }
}
