import type { LocalTime } from "../../ids.ts";
import { type Demand, type Growth, grow, type Limits } from "../shape/grow.ts";
import type { Plan } from "../shape/plan.ts";
import { REGIONS, type Region } from "../shape/region.ts";
import { Peak } from "./peak.ts";
import type { Totals } from "./totals.ts";

/** Joins that come to be known at once came within a second: that is how often each node reports. So a longer time between two looks says nothing. */
const MOST_SECONDS = 2;

type Seen = { joins: number; readonly listeners: Peak; readonly fullBelow: Peak };

/** Looks at a tree's totals once a second, and says which plan they call for. */
export class Demander {
  readonly #seen = new Map<Region, Seen>();
  #lookedAt: LocalTime | undefined;

  /**
   * What the tree must bear by `totals`, and the plan for it. A root that wakes in the middle of things knows nothing of its tree: with the first
   * look it opens all windows. If its leaves are full after all, who knocks there finds a seat elsewhere, and the next looks close them again; if
   * all was deployed anew, everybody comes back, and the open leaves alone would not bear them.
   */
  look(plan: Plan, totals: Totals, limits: Limits, now: LocalTime): Growth {
    const isFirst = this.#lookedAt === undefined;
    const sinceMs = this.#lookedAt === undefined ? 0 : now - this.#lookedAt;
    const seconds = Math.min(MOST_SECONDS, Math.max(1, sinceMs / 1_000));
    this.#lookedAt = now;
    const demands: [Region, Demand][] = [];
    for (const region of REGIONS) {
      const told = totals.regions[region];
      const seen = this.#seen.get(region) ?? { joins: 0, listeners: new Peak(), fullBelow: new Peak() };
      if (told === undefined && !this.#seen.has(region)) continue;
      const { joins = seen.joins, listeners = 0, fullBelow = 0 } = told ?? {};
      const joinsPerSecond = (joins - seen.joins) / seconds;
      seen.joins = joins;
      this.#seen.set(region, seen);
      demands.push([region, { joinsPerSecond, listeners: seen.listeners.look(listeners), fullBelow: seen.fullBelow.look(fullBelow) }]);
    }
    return grow(plan, Object.fromEntries(demands), limits, isFirst);
  }

  /** True while a figure fell and is not believed yet: there must be another look. */
  get holds(): boolean {
    return [...this.#seen.values()].some(({ listeners, fullBelow }) => listeners.holds || fullBelow.holds);
  }
}
