import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Demands, grow, mostLeaves, SPREAD_SECONDS, widthOf } from "../../../../src/core/tree/shape/grow.ts";
import { firstOpenIn, type Plan } from "../../../../src/core/tree/shape/plan.ts";
import { isRegion, REGIONS, type Region } from "../../../../src/core/tree/shape/region.ts";
import { aPlan } from "../../../support/build.ts";

const plenty = { maxListeners: 1_000_000 };
const aDemand = (listeners: number, joinsPerSecond = 0, fullBelow = 0) => ({ listeners, joinsPerSecond, fullBelow });
const eight = aPlan({ leaves: 8, fanOut: 64, leafListeners: 500 });

describe("a room of 8 leaves for 500 listeners each", () => {
  it.each([
    ["nobody", 0, 0, undefined],
    ["3,000 who stay", 3_000, 0, undefined],
    ["3,000 and a trickle of 10 a second", 3_000, 10, undefined],
    ["3,000 and 60 a second: 3,240 when a plan has spread", 3_000, 60, 10],
    ["nobody yet, and 4,000 a second", 0, 4_000, 46],
    ["4,000, and 4,000 more a second", 4_000, 4_000, 58],
    ["4,000, and 16,000 more a second", 4_000, 16_000, 195],
  ])("is made for %s", (_, listeners, joins, width) => {
    expect(grow(eight, { weur: aDemand(listeners, joins) }, plenty).plan?.regions.weur?.width).toBe(width);
  });

  it("that 4,000 a second come to, is always ahead of them by the time its plans have spread", () => {
    // What the root knows is a second old, and what it plans is acted upon SPREAD_SECONDS later, less that second.
    const plans: Plan[] = [eight];
    let seated = 0;
    let revisions = 0;
    for (let second = 1; second <= 20; second++) {
      const spread = plans.at(-SPREAD_SECONDS) ?? eight;
      seated = Math.min(seated + 4_000, widthOf(spread, "weur") * 500);
      const newest = plans.at(-1) ?? eight;
      const { plan } = grow(newest, { weur: aDemand(seated, 4_000) }, plenty);
      if (plan !== undefined) revisions++;
      plans.push(plan ?? newest);
      if (second > SPREAD_SECONDS) expect(widthOf(spread, "weur") * 500, `second ${second}`).toBeGreaterThan(seated);
    }
    expect(revisions).toBeLessThanOrEqual(20);
    const width = widthOf(plans.at(-1) ?? eight, "weur");
    expect(width * 500).toBeLessThan((seated + 4_000 * SPREAD_SECONDS) * 1.5);
  });

  it("grows in steps that are worth a plan while people trickle in", () => {
    let plan = eight;
    for (let listeners = 0; listeners < 40_000; listeners += 5) plan = grow(plan, { weur: aDemand(listeners, 5) }, plenty).plan ?? plan;
    expect(plan.revision).toBeLessThan(25);
    expect(widthOf(plan, "weur") * 500).toBeLessThan(40_000 / 0.6);
  });
});

describe("the open window", () => {
  const wide = aPlan({ leaves: 80, leafListeners: 500 });
  const from = (firstOpen: number) => aPlan({ regions: { weur: { firstOpen, width: 80 } }, leafListeners: 500 });
  const moved = (plan: Plan, listeners: number, fullBelow: number, limits = plenty) =>
    grow(plan, { weur: aDemand(listeners, 0, fullBelow) }, limits).plan?.regions.weur?.firstOpen;

  it("lets go of full leaves, when enough of them are to be worth a plan", () => {
    expect([9, 10, 30].map((fullBelow) => moved(wide, 20_000, fullBelow))).toEqual([undefined, 10, 30]);
  });

  it("takes leaves back that emptied when most did, not when one in many did", () => {
    expect(moved(from(60), 31_000, 60)).toBeUndefined();
    expect(moved(from(60), 10_000, 60)).toBe(0);
  });

  it("goes on though a leaf before it died, and begins anew when it has come to the last one", () => {
    expect(moved(from(20), 25_000, 50)).toBe(50);
    expect(moved(from(50), 32_000, 80)).toBe(0);
  });

  it("begins anew before its last leaves have too few seats for who is coming, if the others have enough", () => {
    const narrow = (joins: number, listeners = 20_000) =>
      grow(from(70), { weur: aDemand(listeners, joins, 70) }, plenty).plan?.regions.weur;
    expect(narrow(1_200)).toBeUndefined();
    expect(narrow(1_300)).toEqual({ firstOpen: 0, width: 80 });
    // Where they have not, there must be more leaves.
    expect(narrow(700, 31_000)).toEqual({ firstOpen: 70, width: 97 });
  });

  it("looks for the last seats everywhere where no leaf may be added, and closes when they are taken", () => {
    const cap = { maxListeners: 40_000 };
    expect(moved(from(60), 38_000, 80, cap)).toBe(0);
    expect(moved(from(0), 39_500, 80, cap)).toBe(80);
    expect(moved(from(80), 38_000, 80, cap)).toBeUndefined();
    expect(moved(from(80), 37_000, 80, cap)).toBe(0);
    expect(moved(from(80), 33_000, 80, cap)).toBe(0);
  });
});

describe("a region without leaves", () => {
  it("gets some as soon as somebody wants it, and its crowd is borne next door until they stand", () => {
    const { plan } = grow(eight, { weur: aDemand(3_000), apac: aDemand(0, 500) }, plenty);
    expect(plan?.regions.apac).toEqual({ firstOpen: 0, width: 6 });
    expect(plan?.regions.weur?.width).toBe(15);
    expect(grow(eight, { oc: aDemand(0, 0.1) }, plenty).plan?.regions.oc?.width).toBe(1);
  });

  it("grows by itself from then on", () => {
    const regions = { weur: { firstOpen: 0, width: 8 }, apac: { firstOpen: 0, width: 6 } };
    const { plan } = grow(aPlan({ regions, leafListeners: 500 }), { apac: aDemand(2_500, 500) }, plenty);
    expect(plan?.regions).toEqual({ ...regions, apac: { firstOpen: 0, width: 13 } });
  });
});

describe("the operator's limit", () => {
  it("stops growth, and says so", () => {
    const { plan, isFull } = grow(eight, { weur: aDemand(4_000, 4_000) }, { maxListeners: 10_000 });
    expect([plan?.regions.weur?.width, isFull]).toEqual([20, true]);
    expect(grow(eight, { weur: aDemand(4_000, 4_000) }, { maxListeners: 100 })).toEqual({ plan: undefined, isFull: true });
  });

  it("is shared by regions as they want it", () => {
    const { plan } = grow(eight, { weur: aDemand(4_000, 2_000), enam: aDemand(0, 1_000) }, { maxListeners: 10_000 });
    expect(plan?.regions).toEqual({ weur: { firstOpen: 0, width: 18 }, enam: { firstOpen: 0, width: 2 } });
  });
});

const someRegions = fc.subarray<Region>([...REGIONS], { minLength: 1 });
const someWindow = fc.tuple(fc.nat(300), fc.nat(300)).map(([a, b]) => ({ firstOpen: Math.min(a, b), width: Math.max(a, b) }));
const somePlan = fc
  .tuple(someRegions, fc.array(someWindow, { minLength: 9, maxLength: 9 }), fc.integer({ min: 1, max: 600 }))
  .map(([regions, windows, leafListeners]) =>
    aPlan({
      regions: Object.fromEntries(regions.map((region, index) => [region, windows[index] ?? { firstOpen: 0, width: 1 }])),
      leafListeners,
    }),
  );
const someDemands: fc.Arbitrary<Demands> = fc
  .tuple(someRegions, fc.array(fc.tuple(fc.nat(100_000), fc.nat(20_000), fc.nat(300)), { minLength: 9, maxLength: 9 }))
  .map(([regions, figures]) => Object.fromEntries(regions.map((region, index) => [region, aDemand(...(figures[index] ?? [0, 0, 0]))])));

/** As nodes tell it: leaves are full from the window's first one on. */
function fullFromWindow(plan: Plan, demands: Demands): Demands {
  const told = Object.entries(demands).map(([region, { fullBelow, ...demand }]) => {
    const firstOpen = isRegion(region) ? firstOpenIn(plan, region) : 0;
    return [region, { ...demand, fullBelow: Math.max(fullBelow, firstOpen) }];
  });
  return Object.fromEntries(told);
}

describe("whatever the demand, a next plan", () => {
  it("has the next revision, shrinks no width, exceeds no limit, and calls for no further one", () => {
    fc.assert(
      fc.property(somePlan, someDemands, fc.integer({ min: 1, max: 400_000 }), (plan, wanted, maxListeners) => {
        const limits = { maxListeners };
        const demands = fullFromWindow(plan, wanted);
        const { plan: next, isFull } = grow(plan, demands, limits);
        if (next === undefined) return;
        expect(next.revision).toBe(plan.revision + 1);
        const sum = (of: Plan) => REGIONS.reduce((all, region) => all + widthOf(of, region), 0);
        expect(sum(next)).toBeLessThanOrEqual(Math.max(sum(plan), mostLeaves(plan.leafListeners, limits)));
        for (const region of REGIONS) {
          const window = next.regions[region];
          expect(widthOf(next, region)).toBeGreaterThanOrEqual(widthOf(plan, region));
          expect(window?.firstOpen ?? 0).toBeLessThanOrEqual(window?.width ?? 0);
          const { listeners = 0, joinsPerSecond = 0 } = demands[region] ?? {};
          if (isFull || widthOf(next, region) === 0) continue;
          expect(listeners + joinsPerSecond * SPREAD_SECONDS).toBeLessThanOrEqual(widthOf(next, region) * plan.leafListeners);
        }
        expect(grow(next, demands, limits).plan).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });
});
