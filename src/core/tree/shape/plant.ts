import { allot, type Limits, leavesFor } from "./grow.ts";
import type { Plan, Window } from "./plan.ts";
import { REGIONS, type Region } from "./region.ts";

/** A crowd that is expected. */
export type Expectation = {
  readonly listeners: number;
  /** Which share of it each region gets; any positive numbers, their proportion counts. Where the room is already, if none is named. */
  readonly shares: Readonly<Partial<Record<Region, number>>>;
};

/** How far a tree is ready for its crowd. */
export type Progress = {
  /** Listeners that were last said to come; 0 if none were. */
  readonly expected: number;
  /** Listeners for whom there are leaves. */
  readonly seats: number;
  readonly leaves: number;
  /** Leaves that are awake and linked. */
  readonly ready: number;
  readonly listeners: number;
  /** More are expected than the operator allows. */
  readonly capped: boolean;
  /** More want to come just now than the operator allows: they hear the cached lane. */
  readonly full: boolean;
  /** The tree will be made ready by itself for so many, at that time (ms since 1970), because the room is scheduled. */
  readonly planned?: { readonly listeners: number; readonly at: number };
};

/** A plan that is wide enough for an expected crowd, its leaves to be woken before anybody comes; `isCapped` if the limits allow fewer. */
export function plant(plan: Plan, expected: Expectation, limits: Limits): { readonly plan: Plan; readonly isCapped: boolean } {
  const shares = named(expected.shares) ?? widths(plan);
  const all = REGIONS.reduce((sum, region) => sum + (shares[region] ?? 0), 0);
  const wanted: Partial<Record<Region, number>> = {};
  for (const region of REGIONS) wanted[region] = leavesFor((expected.listeners * (shares[region] ?? 0)) / all, plan.leafListeners);
  const { granted, isFull } = allot(plan, wanted, limits);
  const windows: [Region, Window][] = [];
  for (const region of REGIONS) {
    const width = Math.max(plan.regions[region]?.width ?? 0, Number.isFinite(granted[region]) ? (granted[region] ?? 0) : 0);
    if (width > 0) windows.push([region, { firstOpen: plan.regions[region]?.firstOpen ?? 0, width }]);
  }
  return { plan: planted({ ...plan, regions: Object.fromEntries(windows) }, expected.listeners > 0), isCapped: isFull };
}

/** The next plan, in which nodes keep their links though nobody listens; or no longer do. */
export function planted(plan: Plan, isPlanted: boolean): Plan {
  return { ...plan, revision: plan.revision + 1, planted: isPlanted };
}

/** The next plan, by which who comes to listen needs a ticket; or no longer does. Who is in stays in. */
export function locked(plan: Plan, isLocked: boolean): Plan {
  const { listenTicket: _, ...open } = plan;
  return { ...open, revision: plan.revision + 1, ...(isLocked ? { listenTicket: true } : {}) };
}

/** The next plan, with another key to addresses: whatever was marked under the one before fits nobody any more. */
export function rekeyed(plan: Plan, addressKey: string): Plan {
  return { ...plan, revision: plan.revision + 1, addressKey };
}

function named(shares: Expectation["shares"]): Expectation["shares"] | undefined {
  return REGIONS.some((region) => (shares[region] ?? 0) > 0) ? shares : undefined;
}

function widths(plan: Plan): Expectation["shares"] {
  return Object.fromEntries(REGIONS.map((region) => [region, plan.regions[region]?.width ?? 0]));
}
