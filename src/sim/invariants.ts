/** What must hold at every event, by name. */
export const RULES = {
  order: "within an epoch a listener's sequence strictly rises, and epochs never fall",
  hole: "what a listener misses is marked by a gap",
  welcome: "a listener's first message is the welcome",
  orphan: "no node with listeners is without a parent for more than 5 s while one can be had",
  epoch: "the epoch that a node accepts never falls",
  children: "no object has more links below than the plan allows",
  queued: "no more than the bound waits for one listener",
  requests: "no object gets more than 1,000 requests a second, root and audience not more than 100",
  counts: "what the root counts is who is there, to a thousandth, 5 s after the last change (52 s after a half-open link)",
  cycle: "following the links upward leads to the root",
  recovery: "30 s after the last fault everybody is live, or in the cached lane while capacity lacks",
  plan: "the plan's revision that a node holds never falls",
  twice: "no node keeps a second link above for more than 10 s",
  silence: "who has a connection hears something every 7 s while the host speaks",
  lost: "who keeps his connection misses nothing, whatever breaks above him",
  answers:
    "who listens, who hears and what they tap is counted, 5 s after the last tap: to a thousandth, taps exactly where nothing broke; in 50 reports a second to the root",
} as const;

export type Rule = keyof typeof RULES;

/** One rule, broken: when (virtual ms) and what was seen. */
export type Broken = { readonly rule: Rule; readonly atMs: number; readonly saw: string };

/** So many are kept in words; all are counted. */
const KEPT = 20;

/** Who watches. Kept apart from the minds: it believes nothing that they say of themselves. */
export class Invariants {
  readonly #now: () => number;
  readonly #broken: Broken[] = [];
  readonly #counts = new Map<Rule, number>();

  /** @param now virtual time, in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The first of all that was broken, in words. */
  get broken(): readonly Broken[] {
    return this.#broken;
  }

  /** How often each rule was broken; only those that were. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  get hold(): boolean {
    return this.#broken.length === 0;
  }

  /** `rule` does not hold. @param saw told only if it is kept */
  break(rule: Rule, saw: () => string): void {
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    if (this.#broken.length < KEPT) this.#broken.push({ rule, atMs: Math.round(this.#now()), saw: saw() });
  }
}
