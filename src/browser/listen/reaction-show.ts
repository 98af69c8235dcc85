import { REACTIONS, type Reaction, type Reactions } from "../../core/tree/people/reactions.ts";

/** Most that rise for one state, which comes at most once a second: a crowd looks like a crowd, and a phone stays cool. */
const MOST_AT_ONCE = 14;

/** What is to rise: one reaction, so many times. */
export type Burst = { readonly reaction: Reaction; readonly times: number };

/**
 * From totals to what is seen: the difference to the totals before, bounded. One's own tap is seen at once and not a second time when the
 * room counts it.
 */
export class ReactionShow {
  #before: Reactions | undefined;
  readonly #mine = new Map<Reaction, number>();

  /** One tapped here. */
  tapped(reaction: Reaction): void {
    this.#mine.set(reaction, (this.#mine.get(reaction) ?? 0) + 1);
  }

  /** The room's totals. Who comes into a room sees nothing of what was before. */
  told(counts: Reactions): readonly Burst[] {
    const before = this.#before;
    this.#before = counts;
    if (before === undefined) return [];
    const fresh = REACTIONS.map((reaction) => ({ reaction, times: this.#fresh(reaction, before, counts) })).filter(
      ({ times }) => times > 0,
    );
    const all = fresh.reduce((sum, { times }) => sum + times, 0);
    if (all <= MOST_AT_ONCE) return fresh;
    // Each that was tapped at all is seen, and the more often the more.
    return fresh.map(({ reaction, times }) => ({ reaction, times: Math.max(1, Math.floor((times / all) * MOST_AT_ONCE)) }));
  }

  #fresh(reaction: Reaction, before: Reactions, counts: Reactions): number {
    const risen = Math.max(0, (counts[reaction] ?? 0) - (before[reaction] ?? 0));
    const mine = Math.min(risen, this.#mine.get(reaction) ?? 0);
    if (mine > 0) this.#mine.set(reaction, (this.#mine.get(reaction) ?? 0) - mine);
    return risen - mine;
  }
}
