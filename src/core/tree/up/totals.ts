import { type Fields, isCount, isFields, isNumber, parseObject } from "../../json.ts";
import { ASKS_PER_REPORT } from "../people/ask-pool.ts";
import { type Ask, parseAsks } from "../people/asks.ts";
import { parseReactions, type Reactions } from "../people/reactions.ts";
import { isRegion, type Region } from "../shape/region.ts";
import { isUnique } from "./unique.ts";

/** What is counted of one region. */
export type RegionTotals = {
  /** Listeners on this region's leaves. */
  readonly listeners: number;
  /** Those of them whose player said that sound comes out. */
  readonly hearing: number;
  /** Joins that wanted this region, wherever they were placed, taken or not: one for each join, however often it was tried. */
  readonly joins: number;
  /**
   * The leaves from `from` up to, not including, `fullBelow` are full, but for one in OPEN_ONE_IN; `from` is where the open window begins, or
   * where a node's leaves do if that is later.
   */
  readonly from: number;
  readonly fullBelow: number;
};

/** Figures of all that hangs below a node. */
export type Totals = {
  readonly listeners: number;
  /** Listeners whose player said that sound comes out. */
  readonly hearing: number;
  /** Leaves that are linked, with listeners or without. */
  readonly ready: number;
  /** Listeners whose line cannot keep up. */
  readonly slow: number;
  /** The widest stride of any leaf; 0 where none sends. */
  readonly stride: number;
  /** The greatest lateness of any leaf, in ms. */
  readonly lateMs: number;
  readonly regions: Readonly<Partial<Record<Region, RegionTotals>>>;
};

/**
 * What a node reports upward: totals with a revision, so that a lost or doubled report does no harm.
 *
 * Joins are counted since the link was made: who takes a new parent tells it no join that he told the old one.
 */
export type TallyReport = Totals & {
  readonly revision: number;
  /** Tells one life of a node from the next: with a new one, what is told by difference begins at nought. */
  readonly life: number;
  /** Taps since the link was made; told by difference, as joins are. */
  readonly reactions: Reactions;
  /** What the parent does not know yet of who came (core/tree/up/unique.ts). */
  readonly unique: string;
  /** What listeners ask; each is told in many reports, and heard once. */
  readonly asks: readonly Ask[];
};

/** Longest report, in UTF-16 units: sixteen of the longest questions, every register of the sketch and all regions are some 30,000. */
const MAX_REPORT = 65_536;

/**
 * One leaf in so many is passed over though it is not full. It died among others that fill up, and has begun anew: while all wait for it, who
 * comes would knock at more and more full doors.
 */
const OPEN_ONE_IN = 16;

/** In which a region's leaves are told without a gap: the first one of the open window that may hang below a node. */
export type FirstLeaf = (region: Region) => number;

/**
 * Figures side by side, as one; neither their order matters nor, but for leaves that are passed over, in which groups they were merged before. Full
 * leaves are told from `first` on.
 * Every node does this once a second for all below it, so it is one pass.
 *
 * @param joins counted otherwise: then those of `all` count for nothing
 */
export function mergeTotals(all: Iterable<Totals>, first: FirstLeaf, joins?: ReadonlyMap<Region, number>): Totals {
  const merged = { listeners: 0, hearing: 0, ready: 0, slow: 0, stride: 0, lateMs: 0 };
  const said = new Map<Region, RegionTotals[]>();
  for (const region of joins?.keys() ?? []) said.set(region, []);
  for (const totals of all) {
    merged.listeners += totals.listeners;
    merged.hearing += totals.hearing;
    merged.ready += totals.ready;
    merged.slow += totals.slow;
    merged.stride = Math.max(merged.stride, totals.stride);
    merged.lateMs = Math.max(merged.lateMs, totals.lateMs);
    for (const [region, one] of regionsOf(totals)) {
      const runs = said.get(region);
      if (runs === undefined) said.set(region, [one]);
      else runs.push(one);
    }
  }
  const regions: Partial<Record<Region, RegionTotals>> = {};
  for (const [region, runs] of said) {
    const merged = mergeRegion(runs, first(region));
    if (joins !== undefined) merged.joins = joins.get(region) ?? 0;
    regions[region] = merged;
  }
  return { ...merged, regions };
}

function mergeRegion(runs: readonly RegionTotals[], from: number): { -readonly [Figure in keyof RegionTotals]: RegionTotals[Figure] } {
  const merged = { listeners: 0, hearing: 0, joins: 0, from, fullBelow: fullBelow(from, runs) };
  for (const run of runs) {
    merged.listeners += run.listeners;
    merged.hearing += run.hearing;
    merged.joins += run.joins;
  }
  return merged;
}

/** How far leaves are full from `from` on: runs of full leaves, laid end to end. A leaf that nobody speaks for is not full. */
function fullBelow(from: number, runs: readonly RegionTotals[]): number {
  let [below, reach, open] = [from, from, 0];
  for (const run of runs.length < 2 ? runs : runs.toSorted((a, b) => a.from - b.from)) {
    if (run.fullBelow <= reach) continue;
    open += Math.max(0, run.from - reach);
    reach = run.fullBelow;
    if (open * OPEN_ONE_IN <= reach - from) below = reach;
  }
  return below;
}

/** A report as it travels up a link. */
export function formatTally(report: TallyReport): string {
  const { listeners, hearing, ready, slow, stride, lateMs, regions, revision, life, reactions, unique, asks } = report;
  // Every node says this once a second: numbers need no JSON.stringify, and the sketch has no character to escape.
  const figures = `"listeners":${listeners},"hearing":${hearing},"ready":${ready},"slow":${slow},"stride":${stride},"lateMs":${lateMs}`;
  const told = `"regions":${JSON.stringify(regions)},"revision":${revision},"life":${life},"reactions":${JSON.stringify(reactions)}`;
  return `{"type":"tally",${figures},${told},"unique":"${unique}","asks":${asks.length === 0 ? "[]" : JSON.stringify(asks)}}`;
}

/** The only door for a report from below; one that is not whole changes nothing. What a node of an earlier version does not say is nought. */
export function parseTally(text: string): TallyReport | undefined {
  if (text.length > MAX_REPORT) return undefined;
  const said = parseObject(text);
  if (said?.["type"] !== "tally") return undefined;
  const { revision, listeners, hearing = 0, ready, slow, stride, lateMs, life = 0, unique = "" } = said;
  const regions = parseRegions(said["regions"]);
  const reactions = parseReactions(said["reactions"] ?? {});
  const asks = parseAsks(said["asks"] ?? [], ASKS_PER_REPORT);
  if (!isCount(revision) || !isCount(listeners) || !isCount(hearing) || !isCount(ready) || regions === undefined) return undefined;
  if (!isCount(slow) || !isCount(stride) || !isNumber(lateMs) || !isCount(life)) return undefined;
  if (reactions === undefined || asks === undefined || typeof unique !== "string" || !isUnique(unique)) return undefined;
  return { revision, life, listeners, hearing, ready, slow, stride, lateMs, regions, reactions, unique, asks };
}

/** The regions that figures speak of. */
export function regionsOf({ regions }: Pick<Totals, "regions">): readonly (readonly [Region, RegionTotals])[] {
  const said: (readonly [Region, RegionTotals])[] = [];
  for (const region in regions) {
    const totals = isRegion(region) ? regions[region] : undefined;
    if (isRegion(region) && totals !== undefined) said.push([region, totals]);
  }
  return said;
}

function parseRegions(said: unknown): Totals["regions"] | undefined {
  if (!isFields(said)) return undefined;
  const regions: Partial<Record<Region, RegionTotals>> = {};
  for (const region in said) {
    const fields = said[region];
    const totals = isFields(fields) ? parseRegion(fields) : undefined;
    if (!isRegion(region) || totals === undefined) return undefined;
    regions[region] = totals;
  }
  return regions;
}

function parseRegion(said: Fields): RegionTotals | undefined {
  const { listeners, hearing = 0, joins, from, fullBelow: below } = said;
  if (!isCount(listeners) || !isCount(hearing) || !isCount(joins) || !isCount(from) || !isCount(below) || below < from) return undefined;
  return { listeners, hearing, joins, from, fullBelow: below };
}
