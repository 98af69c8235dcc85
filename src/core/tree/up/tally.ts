import { isFields } from "../../json.ts";
import { addReactions, isNone, NO_REACTIONS, type Reactions, reactionsSince } from "../people/reactions.ts";
import type { Region } from "../shape/region.ts";
import { type FirstLeaf, mergeTotals, regionsOf, type TallyReport, type Totals } from "./totals.ts";

/** A node reports at least this often while sound flows, in seconds, also if nothing changed. */
export const REPORT_SECONDS = 10;
/** Who has not reported for so many seconds while sound flows is half-open or dead: three reports are missing. */
const SILENT_SECONDS = 3 * REPORT_SECONDS;
/** In a quiet room nobody is bound to report. Who was silent before has so many seconds left when sound flows again: time for a report and a bit. */
const FRESH_SECONDS = REPORT_SECONDS + 2;

/** What is kept of a report. Asks and the sketch of who came are merged as they come (core/tree/up/census.ts, root.ts). */
type Kept = Omit<TallyReport, "asks" | "unique">;
type Child = { readonly report: Kept; silentSeconds: number; counts: boolean; isPassedOn: boolean };

/** What is compared of two reports, besides regions and reactions: all but the revision. */
const FIGURES = ["life", "listeners", "hearing", "ready", "slow", "stride", "lateMs"] as const satisfies (keyof Kept)[];

/** Counts of all children, merged; each child's newest report alone counts. */
export class Tally<Link> {
  readonly #children = new Map<Link, Child>();
  readonly #joins = new Map<Region, number>();
  #reactions = NO_REACTIONS;

  /** Replaces what a child said before; a report that comes twice or late changes nothing. True if it said anything new. */
  record(link: Link, said: TallyReport): boolean {
    const { revision, life, listeners, hearing, ready, slow, stride, lateMs, regions } = said;
    const report: Kept = { revision, life, listeners, hearing, ready, slow, stride, lateMs, regions, reactions: said.reactions };
    const before = this.#children.get(link);
    if (before !== undefined && before.report.revision >= report.revision) return false;
    const sameLife = before?.report.life === report.life ? before.report : undefined;
    const reactions = reactionsSince(sameLife?.reactions ?? NO_REACTIONS, report.reactions);
    this.react(reactions);
    let isPassedOn = before?.isPassedOn !== false && isNone(reactions);
    for (const [region, { joins }] of regionsOf(report)) {
      const told = sameLife?.regions[region]?.joins ?? 0;
      if (joins !== told) isPassedOn = false;
      // Fewer than before: the child slept or began anew meanwhile, and counts from nought.
      this.want(region, joins < told ? joins : joins - told);
    }
    this.#children.set(link, { report, silentSeconds: 0, counts: true, isPassedOn });
    return before?.counts !== true || !saysTheSame(before.report, report);
  }

  /** So many more joins wanted `region`. Kept for good, also when the child that told of them is gone. */
  want(region: Region, joins: number): void {
    if (joins > 0) this.#joins.set(region, (this.#joins.get(region) ?? 0) + joins);
  }

  /** All that was counted is told on: the children who told by difference what they need not tell again, each with its newest report. */
  passOn(): readonly { readonly link: Link; readonly revision: number }[] {
    const passed: { link: Link; revision: number }[] = [];
    for (const [link, child] of this.#children) {
      if (!child.isPassedOn) passed.push({ link, revision: child.report.revision });
      child.isPassedOn = true;
    }
    return passed;
  }

  /** So many more taps. Kept for good, as joins are. */
  react(reactions: Reactions): void {
    this.#reactions = addReactions(this.#reactions, reactions);
  }

  /** All taps that were ever counted here. */
  get reactions(): Reactions {
    return this.#reactions;
  }

  /** All joins that were ever counted here, by the region they wanted. */
  get joins(): ReadonlyMap<Region, number> {
    return this.#joins;
  }

  /** A child that is gone counts no more; its listeners are counted where they come back. True if it counted until now. */
  forget(link: Link): boolean {
    const counted = this.#children.get(link)?.counts === true;
    this.#children.delete(link);
    return counted;
  }

  /**
   * A second has passed. While sound flows nobody who lives is silent for long: who is, counts no more until he reports again.
   *
   * @returns those who count no more from now on
   */
  second(flows: boolean): readonly Link[] {
    const lost: Link[] = [];
    for (const [link, child] of this.#children) {
      child.silentSeconds = flows ? child.silentSeconds + 1 : Math.min(child.silentSeconds, SILENT_SECONDS - FRESH_SECONDS);
      if (!child.counts || child.silentSeconds < SILENT_SECONDS) continue;
      child.counts = false;
      lost.push(link);
    }
    return lost;
  }

  /** Listeners below all children. */
  get listeners(): number {
    let sum = 0;
    for (const { report, counts } of this.#children.values()) if (counts) sum += report.listeners;
    return sum;
  }

  /** Those of them who hear, by their players' word. */
  get hearing(): number {
    let sum = 0;
    for (const { report, counts } of this.#children.values()) if (counts) sum += report.hearing;
    return sum;
  }

  /** All children's figures and `own`, merged. Joins are all that were ever counted here. */
  totals(own: Totals, first: FirstLeaf): Totals {
    const all: Totals[] = [own];
    for (const { report, counts } of this.#children.values()) if (counts) all.push(report);
    // Merged by difference, as they came, so that those of a child that is gone stay counted.
    return mergeTotals(all, first, this.#joins);
  }
}

/** Figures of nobody. */
export const NOTHING: Totals = { listeners: 0, hearing: 0, ready: 0, slow: 0, stride: 0, lateMs: 0, regions: {} };

function saysTheSame(before: Kept, report: Kept): boolean {
  for (const figure of FIGURES) if (before[figure] !== report[figure]) return false;
  return isSame(before.reactions, report.reactions) && isSame(before.regions, report.regions);
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!isFields(one) || !isFields(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => isSame(one[key], other[key]));
}
