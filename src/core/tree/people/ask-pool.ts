import { type Ask, byLuck, fairly, keyOf } from "./asks.ts";

/** Asks that one report carries at most. */
export const ASKS_PER_REPORT = 16;
/** Asks that wait at one node at most; beyond them the least lucky are lost, and may be asked again. */
const MOST_WAITING = 64;
/** An ask stays in reports for so long after the first that told it, in seconds: longer than a link takes to be made anew. */
const TOLD_SECONDS = 10;
/** What nobody could be told for so long is not news any more, in seconds. */
const STALE_SECONDS = 60;

const NOTHING: readonly Ask[] = [];

type Waiting = { readonly ask: Ask; tells: number; toldSeconds: number; seconds: number };

/** The asks of one node, its own and its children's, and what of them its parent was told. */
export class AskPool {
  readonly #waiting = new Map<string, Waiting>();

  /** Something is asked, here or below. True if it was not known. */
  add(asks: readonly Ask[]): boolean {
    let isNews = false;
    for (const ask of asks) isNews = this.#add(ask) || isNews;
    if (this.#waiting.size > MOST_WAITING) this.#thin();
    return isNews;
  }

  /** True while something was never told to the parent. */
  get owes(): boolean {
    // Asked after everything that happens to a node, and nearly always nobody asks.
    if (this.#waiting.size === 0) return false;
    for (const { tells } of this.#waiting.values()) if (tells === 0) return true;
    return false;
  }

  /** True while there is something that a report may have to say. */
  get holds(): boolean {
    return this.#waiting.size > 0;
  }

  /** What the next report says: what was told least often, by luck. */
  tell(): readonly Ask[] {
    if (this.#waiting.size === 0) return NOTHING;
    const ranked = [...this.#waiting.values()].sort((a, b) => a.tells - b.tells || byLuck(a.ask, b.ask));
    const chosen = fairly(ranked, ASKS_PER_REPORT, ({ ask }) => ask);
    for (const waiting of chosen) waiting.tells++;
    return chosen.map(({ ask }) => ask);
  }

  /** A new parent knows nothing yet. */
  linked(): void {
    for (const waiting of this.#waiting.values()) waiting.tells = 0;
  }

  /** A second has passed. */
  second(): void {
    for (const [key, waiting] of this.#waiting) {
      waiting.seconds++;
      if (waiting.tells > 0 || waiting.toldSeconds > 0) waiting.toldSeconds++;
      if (waiting.toldSeconds >= TOLD_SECONDS || waiting.seconds >= STALE_SECONDS) this.#waiting.delete(key);
    }
  }

  #add(ask: Ask): boolean {
    const place = placeOf(ask);
    const known = this.#waiting.get(place);
    // Only a hand can be another ask than the one that is known: a later one replaces it.
    if (known !== undefined && known.ask.order >= ask.order) return false;
    this.#waiting.set(place, { ask, tells: 0, toldSeconds: 0, seconds: 0 });
    return true;
  }

  /** Too many: what was told goes first, then who has the least luck. */
  #thin(): void {
    if (this.#waiting.size > MOST_WAITING + 1) {
      const ranked = [...this.#waiting].sort(([, a], [, b]) => inThePool(a, b));
      const kept = new Set(fairly(ranked, MOST_WAITING, ([, { ask }]) => ask));
      for (const one of ranked) if (!kept.has(one)) this.#waiting.delete(one[0]);
      return;
    }
    // Nearly always one more than there may be: the last, or the last of what takes back where that fills more than half.
    let lowers = 0;
    for (const { ask } of this.#waiting.values()) if (ask.kind === "lower") lowers++;
    const mayAny = lowers <= MOST_WAITING / 2;
    let last: Waiting | undefined;
    for (const waiting of this.#waiting.values()) {
      if ((mayAny || waiting.ask.kind === "lower") && (last === undefined || inThePool(last, waiting) < 0)) last = waiting;
    }
    if (last !== undefined) this.#waiting.delete(placeOf(last.ask));
  }
}

/** Where an ask waits: a session has one hand at a leaf, up or down. */
function placeOf(ask: Ask): string {
  return ask.kind === "hand" || ask.kind === "lower" ? `${ask.session} at ${ask.leaf}` : keyOf(ask);
}

/** Which of two stays rather. */
function inThePool(one: Waiting, other: Waiting): number {
  return Number(one.tells > 0) - Number(other.tells > 0) || byLuck(one.ask, other.ask);
}
