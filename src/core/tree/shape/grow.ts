import { firstOpenIn, type Plan, type Window } from "./plan.ts";
import { nearestFirst, REGIONS, type Region } from "./region.ts";

/** What one region's leaves have to bear. */
export type Demand = {
  /** Listeners on its leaves. */
  readonly listeners: number;
  /** Joins that want it, in one second. */
  readonly joinsPerSecond: number;
  /** All its leaves with an index below this, from the first open one on, are full. */
  readonly fullBelow: number;
};
export type Demands = Readonly<Partial<Record<Region, Demand>>>;

/** What the operator allows. */
export type Limits = {
  /** Listeners that one room's tree may be made for. */
  readonly maxListeners: number;
};

/** The plan to go over to, if there is a better one; `isFull` if the limits leave less than what is wanted. */
export type Growth = { readonly plan: Plan | undefined; readonly isFull: boolean };

/**
 * How long it takes until joins go where a new plan sends them, in seconds: a leaf tells a join up to 1 s later, its relay up to 1 s later,
 * the root makes at most one plan a second, and on the way down again, into every edge's next join and through a new leaf's first start, up to 1 s goes by.
 */
export const SPREAD_SECONDS = 4;
/** A region is widened when it would be fuller than this by the time a plan has spread; luck fills some leaves 15 % sooner than others. */
const WIDEN_ABOVE = 0.8;
/** And so far that it would be this full: each step is worth its plan, and no seat is built twice. */
export const FILL = 0.7;
/** Full leaves leave the window when at least this share of it is full: each plan goes to every node, and is to be worth it. */
const WINDOW_STEP = 1 / 8;
/** Leaves before the window come back into it when they are at most so full, on average, though all listeners sat there: else joins would knock at full doors. */
const REOPEN_BELOW = 0.5;
/** How full a leaf below `fullBelow` is at least (see census.ts). */
const FULL_AT_LEAST = 0.7;
/** Where nothing is left to widen, any seat is looked for, until this share is taken; who comes then is not sent to knock at all. */
const CLOSED_FROM = 0.98;
/** And again from here on. */
const LAST_SEATS_BELOW = 0.93;

/**
 * The plan that bears what is coming: who listens, and who will have come by the time a plan has spread.
 *
 * Widths never shrink: nobody is moved while he listens. A region that is wanted and has no leaves gets some. What is asked again with
 * the plan that was made of it, makes no other.
 *
 * @param opensAll nothing is known yet of who sits where: leaves that were closed are opened
 */
export function grow(plan: Plan, demands: Demands, limits: Limits, opensAll = false): Growth {
  const { granted, isFull } = allot(plan, wantedWidths(plan, demands), limits);
  const isWider = REGIONS.some((region) => (granted[region] ?? 0) > widthOf(plan, region));
  const windows: [Region, Window][] = [];
  let isMoved = false;
  for (const region of REGIONS) {
    const width = Math.max(widthOf(plan, region), granted[region] ?? 0);
    if (width === 0) continue;
    const before = firstOpenIn(plan, region);
    const firstOpen = opensAll && before > 0 ? 0 : firstOpenOf(plan, before, width, demands[region]);
    windows.push([region, { firstOpen, width }]);
    isMoved ||= firstOpen < before || firstOpen - before >= Math.max(1, WINDOW_STEP * (width - before));
  }
  const isBetter = isWider || isMoved;
  return { plan: isBetter ? { ...plan, revision: plan.revision + 1, regions: Object.fromEntries(windows) } : undefined, isFull };
}

/** Leaves that the limits allow, one at least. */
export function mostLeaves(leafListeners: number, { maxListeners }: Limits): number {
  return Math.max(1, Math.floor(maxListeners / leafListeners));
}

/** Leaves for so many listeners, with the seats that luck leaves empty. */
export function leavesFor(listeners: number, leafListeners: number): number {
  return Math.ceil(listeners / (leafListeners * FILL));
}

/** Widths as far as the limits allow them: if not all, each region gets its share of what is left. */
export function allot(
  plan: Plan,
  wanted: Readonly<Partial<Record<Region, number>>>,
  limits: Limits,
): { readonly granted: Readonly<Partial<Record<Region, number>>>; readonly isFull: boolean } {
  const missing = REGIONS.map((region) => [region, Math.max(0, (wanted[region] ?? 0) - widthOf(plan, region))] as const);
  const all = missing.reduce((sum, [, leaves]) => sum + leaves, 0);
  const inUse = REGIONS.reduce((sum, region) => sum + widthOf(plan, region), 0);
  const left = Math.max(0, mostLeaves(plan.leafListeners, limits) - inUse);
  const share = Math.min(1, left / Math.max(1, all));
  let spare = Math.min(left, all) - missing.reduce((sum, [, leaves]) => sum + Math.floor(leaves * share), 0);
  const granted: Partial<Record<Region, number>> = {};
  for (const [region, leaves] of missing) {
    const extra = spare > 0 && Math.floor(leaves * share) < leaves ? 1 : 0;
    spare -= extra;
    granted[region] = widthOf(plan, region) + Math.floor(leaves * share) + extra;
  }
  return { granted, isFull: all > left };
}

export function widthOf(plan: Plan, region: Region): number {
  return plan.regions[region]?.width ?? 0;
}

function wantedWidths(plan: Plan, demands: Demands): Partial<Record<Region, number>> {
  const coming = comingTo(plan, demands);
  const wanted: Partial<Record<Region, number>> = {};
  for (const region of REGIONS) {
    const width = widthOf(plan, region);
    const { listeners = 0, joinsPerSecond = 0 } = demands[region] ?? {};
    const own = leavesFor(listeners + joinsPerSecond * SPREAD_SECONDS, plan.leafListeners);
    const borne = listeners + (coming[region] ?? 0);
    const isEnough = borne <= WIDEN_ABOVE * width * plan.leafListeners;
    wanted[region] = width === 0 ? own : isEnough ? width : leavesFor(borne, plan.leafListeners);
  }
  return wanted;
}

/** Who will have come to each region until a plan has spread; who wants one without leaves, comes to the nearest until then. */
function comingTo(plan: Plan, demands: Demands): Partial<Record<Region, number>> {
  const coming: Partial<Record<Region, number>> = {};
  for (const region of REGIONS) {
    const joins = (demands[region]?.joinsPerSecond ?? 0) * SPREAD_SECONDS;
    const bearer = nearestFirst(region).find((near) => widthOf(plan, near) > 0);
    if (bearer !== undefined) coming[bearer] = (coming[bearer] ?? 0) + joins;
  }
  return coming;
}

/**
 * Where the window begins: behind all leaves that are full. What lies before it is not looked at until the window has come to the last leaf, or
 * has not enough seats for who is coming: so a leaf that died there, and stays empty, holds nobody up.
 */
function firstOpenOf(plan: Plan, before: number, width: number, demand: Demand | undefined): number {
  if (demand === undefined) return before;
  const { listeners } = demand;
  const next = Math.max(before, demand.fullBelow);
  const seats = width * plan.leafListeners;
  // Nearly full to the last leaf: the last seats may be anywhere, until looking for them is not worth the knocking.
  if (next >= width) return listeners >= seats * (before >= width ? LAST_SEATS_BELOW : CLOSED_FROM) ? width : 0;
  const hasEmptied = listeners <= REOPEN_BELOW * next * plan.leafListeners;
  return hasEmptied || isNarrow(plan, next, width, demand) ? 0 : next;
}

/** True if the seats that are left in the window may be too few for who comes, while all together are enough: people left the leaves before it, or some died. */
function isNarrow({ leafListeners }: Plan, next: number, width: number, { listeners, joinsPerSecond }: Demand): boolean {
  const coming = joinsPerSecond * SPREAD_SECONDS;
  const isBorne = listeners + coming <= WIDEN_ABOVE * width * leafListeners;
  // Most of those before it are full: so many sit there, and all others in the window.
  const inWindow = listeners - FULL_AT_LEAST * next * leafListeners;
  const free = (width - next) * leafListeners - Math.max(0, inWindow);
  return isBorne && coming > Math.max(0, free);
}
