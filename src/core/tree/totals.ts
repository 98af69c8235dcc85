import { type Fields, isCount, isFields, isNumber, parseObject } from "../json.ts";
import { isRegion, type Region } from "./region.ts";

/** What is counted of one region. */
export type RegionTotals = {
  /** Listeners on this region's leaves. */
  readonly listeners: number;
  /** Joins that wanted this region, wherever they were placed, taken or not: one for each join, however often it was tried. */
  readonly joins: number;
  /** Every leaf from `from` up to, not including, `fullBelow` is full. */
  readonly from: number;
  readonly fullBelow: number;
};

/** Figures of all that hangs below a node. */
export type Totals = {
  readonly listeners: number;
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
export type TallyReport = Totals & { readonly revision: number };

/** In which a region's leaves are told without a gap: the first one that may hang below a node. */
export type FirstLeaf = (region: Region) => number;

/** Figures side by side, as one; neither their order matters nor in which groups they were merged before. Full leaves are told from `first` on. */
export function mergeTotals(all: readonly Totals[], first: FirstLeaf): Totals {
  const named = new Set(all.flatMap((totals) => regionsOf(totals).map(([region]) => region)));
  const regions: Partial<Record<Region, RegionTotals>> = {};
  for (const region of named) {
    const said = all.map((totals) => totals.regions[region]).filter((one) => one !== undefined);
    const from = first(region);
    regions[region] = {
      listeners: sum(said.map((one) => one.listeners)),
      joins: sum(said.map((one) => one.joins)),
      from,
      fullBelow: fullBelow(from, said),
    };
  }
  return {
    listeners: sum(all.map((totals) => totals.listeners)),
    ready: sum(all.map((totals) => totals.ready)),
    slow: sum(all.map((totals) => totals.slow)),
    stride: most(all.map((totals) => totals.stride)),
    lateMs: most(all.map((totals) => totals.lateMs)),
    regions,
  };
}

/** How far leaves are full from `from` on: runs of full leaves, laid end to end. A leaf that nobody speaks for is not full. */
function fullBelow(from: number, runs: readonly RegionTotals[]): number {
  let below = from;
  for (const run of runs.toSorted((a, b) => a.from - b.from)) {
    if (run.from > below) break;
    below = Math.max(below, run.fullBelow);
  }
  return below;
}

/** A report as it travels up a link. */
export function formatTally(report: TallyReport): string {
  return JSON.stringify({ type: "tally", ...report });
}

/** The only door for a report from below. */
export function parseTally(text: string): TallyReport | undefined {
  const said = parseObject(text);
  if (said?.["type"] !== "tally") return undefined;
  const { revision, listeners, ready, slow, stride, lateMs } = said;
  const regions = parseRegions(said["regions"]);
  if (!isCount(revision) || !isCount(listeners) || !isCount(ready) || regions === undefined) return undefined;
  if (!isCount(slow) || !isCount(stride) || !isNumber(lateMs)) return undefined;
  return { revision, listeners, ready, slow, stride, lateMs, regions };
}

/** The regions that figures speak of. */
export function regionsOf({ regions }: Pick<Totals, "regions">): readonly (readonly [Region, RegionTotals])[] {
  return Object.entries(regions).flatMap(([region, totals]) => (isRegion(region) ? [[region, totals] as const] : []));
}

function parseRegions(said: unknown): Totals["regions"] | undefined {
  if (!isFields(said)) return undefined;
  const regions: Partial<Record<Region, RegionTotals>> = {};
  for (const [region, fields] of Object.entries(said)) {
    const totals = isFields(fields) ? parseRegion(fields) : undefined;
    if (!isRegion(region) || totals === undefined) return undefined;
    regions[region] = totals;
  }
  return regions;
}

function parseRegion(said: Fields): RegionTotals | undefined {
  const { listeners, joins, from, fullBelow: below } = said;
  if (!isCount(listeners) || !isCount(joins) || !isCount(from) || !isCount(below) || below < from) return undefined;
  return { listeners, joins, from, fullBelow: below };
}

function sum(figures: readonly number[]): number {
  return figures.reduce((total, figure) => total + figure, 0);
}

function most(figures: readonly number[]): number {
  return figures.reduce((highest, figure) => Math.max(highest, figure), 0);
}
