import { SPREAD_SECONDS } from "./grow.ts";
import type { NodeRef, Plan } from "./plan.ts";
import { nearestFirst, type Region } from "./region.ts";

/**
 * The leaf that takes a listener: any leaf of the open window of the nearest region that has one, by luck.
 * Undefined if no region has an open leaf. Nobody is asked.
 *
 * @param random luck from [0, 1)
 * @param tried indices of that region's leaves that answered *full*; they are passed over while others are open
 */
export function placeListener(plan: Plan, wanted: Region, random: number, tried: readonly NodeRef[] = []): NodeRef | undefined {
  for (const region of nearestFirst(wanted)) {
    const window = plan.regions[region];
    if (window === undefined || window.width <= window.firstOpen) continue;
    const open = window.width - window.firstOpen;
    const start = Math.min(open - 1, Math.floor(random * open));
    if (tried.length === 0) return { audience: plan.audience, region, level: 0, index: window.firstOpen + start };
    const full = new Set(tried.filter((node) => node.region === region).map((node) => node.index));
    // From a lucky start onward: two tries of one join never meet the same leaf while another is open.
    for (let step = 0; step < Math.min(open, full.size + 1); step++) {
      const index = window.firstOpen + ((start + step) % open);
      if (!full.has(index)) return { audience: plan.audience, region, level: 0, index };
    }
  }
  return undefined;
}

/** Any leaf at all, of the nearest region that has one, open or full: for who wants to hear of a newer plan. */
export function anyLeaf(plan: Plan, wanted: Region, random: number): NodeRef | undefined {
  const region = nearestFirst(wanted).find((near) => (plan.regions[near]?.width ?? 0) > 0);
  if (region === undefined) return undefined;
  const width = plan.regions[region]?.width ?? 0;
  return { audience: plan.audience, region, level: 0, index: Math.min(width - 1, Math.floor(random * width)) };
}

/**
 * For how many joins one that knocks is counted. Who comes for the first time stands for all who will come like him until a plan has spread;
 * who comes back stands for himself: he is counted one time in so many seconds.
 *
 * @param random luck from [0, 1)
 */
export function joinsOf(isBack: boolean, random: number): number {
  return !isBack || random * SPREAD_SECONDS < 1 ? 1 : 0;
}
