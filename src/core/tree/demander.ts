import type { LocalTime } from "../ids.ts";
import { type Demand, type Demands, type Growth, grow, type Limits } from "./grow.ts";
import type { Plan } from "./plan.ts";
import type { Region } from "./region.ts";
import { regionsOf, type Totals } from "./totals.ts";

/** Joins that come to be known at once came within a second: that is how often each node reports. So a longer time between two looks says nothing. */
const MOST_SECONDS = 2;

/** Looks at a tree's totals once a second, and says which plan they call for. */
export class Demander {
  readonly #joins = new Map<Region, number>();
  #lookedAt: LocalTime | undefined;

  /** What the tree must bear by `totals`, and the plan for it. */
  look(plan: Plan, totals: Totals, limits: Limits, now: LocalTime): Growth {
    const sinceMs = this.#lookedAt === undefined ? 0 : now - this.#lookedAt;
    const seconds = Math.min(MOST_SECONDS, Math.max(1, sinceMs / 1_000));
    this.#lookedAt = now;
    const demands: [Region, Demand][] = regionsOf(totals).map(([region, { listeners, joins, fullBelow }]) => {
      const joinsPerSecond = (joins - (this.#joins.get(region) ?? 0)) / seconds;
      this.#joins.set(region, joins);
      return [region, { listeners, joinsPerSecond, fullBelow }];
    });
    const asked: Demands = Object.fromEntries(demands);
    return grow(plan, asked, limits);
  }
}
