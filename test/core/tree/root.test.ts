import { describe, expect, it } from "vitest";
import { type LocalTime, localTime } from "../../../src/core/ids.ts";
import { formatPlan, HEARTBEAT_TEXT } from "../../../src/core/tree/down/link.ts";
import { type RootEffect, TreeRoot } from "../../../src/core/tree/root.ts";
import { nodeName, type Plan } from "../../../src/core/tree/shape/plan.ts";
import { plant, planted } from "../../../src/core/tree/shape/plant.ts";
import { NOTHING } from "../../../src/core/tree/up/tally.ts";
import type { Totals } from "../../../src/core/tree/up/totals.ts";
import { aPlan, aTally } from "../../support/build.ts";

const small = aPlan({ leaves: 2, fanOut: 4, leafListeners: 10 });
const at = (second: number): LocalTime => localTime(second * 1_000);

function aRoot(plan: Plan = small, maxListeners = 1_000_000) {
  return new TreeRoot<string>(plan, 0, false, at(0), { maxListeners });
}

/** What leaves tell that so many listen on, and that so many wanted to. */
function figures(listeners: number, joins = listeners, fullBelow = 0): Totals {
  return { ...NOTHING, listeners, ready: 1, regions: { weur: { listeners, hearing: 0, joins, from: 0, fullBelow } } };
}

function planIn(effects: readonly RootEffect<string>[]): Plan | undefined {
  const [stored] = effects.filter((effect) => effect.do === "store-plan");
  return stored?.plan;
}

describe("a root whose leaves report", () => {
  it("calls for a wider plan in a quiet room too, and has nothing to do once nothing is new", () => {
    const root = aRoot();
    root.join("leaf", undefined, at(0));
    expect(root.wantsSeconds).toBe(false);
    root.count("leaf", aTally(1, figures(10, 10)));
    expect(root.wantsSeconds).toBe(true);
    const plan = planIn(root.second(at(1)));
    expect(plan).toMatchObject({ revision: 2, regions: { weur: { width: 8 } } });
    // What lasts for five looks is believed, and then there is no more to see.
    for (let second = 2; second <= 5; second++) expect(planIn(root.second(at(second)))).toBeUndefined();
    expect(root.wantsSeconds).toBe(false);
  });

  it("lives by a plan only when it is stored, and tells it to who hangs below", () => {
    const root = aRoot();
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(10, 10)));
    const plan = planIn(root.second(at(1)));
    if (plan === undefined) throw new Error("no plan");
    expect(root.plan).toEqual(small);
    expect(root.adopt(plan)).toEqual([{ do: "send-all", message: formatPlan(plan) }]);
    expect(root.adopt(plan)).toEqual([]);
    expect([root.plan, root.leaves]).toEqual([plan, 8]);
    expect(JSON.stringify(root.join("late", undefined, at(2)))).toContain('\\"revision\\":2');
  });

  it("asks for what was not stored again, a second later", () => {
    const root = aRoot();
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(20, 20)));
    const first = planIn(root.second(at(1)));
    root.count("leaf", aTally(2, figures(20, 21)));
    expect([first?.revision, planIn(root.second(at(2)))?.revision]).toEqual([2, 2]);
  });

  it("knows joins by the second: who came before counts as a listener, not as somebody on his way", () => {
    const root = aRoot(aPlan({ leaves: 10, leafListeners: 10 }));
    root.join("leaf", undefined, at(0));
    for (let second = 1; second <= 60; second++) {
      root.count("leaf", aTally(second, figures(60, 60 + second)));
      if (second > 1) expect(planIn(root.second(at(second))), `second ${second}`).toBeUndefined();
      else root.second(at(second));
    }
  });

  it("says that it is full where the operator allows no more", () => {
    const root = aRoot(small, 20);
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(10, 30)));
    expect(planIn(root.second(at(1)))).toBeUndefined();
    expect(root.isFull).toBe(true);
  });
});

describe("a crowd that seems to be gone for a moment, because its leaves take new parents", () => {
  it("is still told, and moves no window back; if it stays away it is believed", () => {
    const root = aRoot(aPlan({ regions: { weur: { firstOpen: 0, width: 20 } }, leafListeners: 10 }));
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(100, 0, 10)));
    const plan = planIn(root.second(at(1)));
    if (plan === undefined) throw new Error("no plan");
    expect(plan.regions.weur?.firstOpen).toBe(10);
    root.adopt(plan);
    expect(root.leave("leaf")).toBe(false);
    const told: number[] = [];
    const plans: (number | undefined)[] = [];
    for (let second = 2; root.wantsSeconds; second++) {
      const effects = root.second(at(second));
      told.push(root.listeners);
      plans.push(planIn(effects)?.regions.weur?.firstOpen);
      expect(effects.some((effect) => effect.do === "counted")).toBe(told.at(-1) === 0 && told.at(-2) === 100);
    }
    expect(told).toEqual([100, 100, 100, 100, 0]);
    expect(plans).toEqual([undefined, undefined, undefined, undefined, 0]);
  });
});

describe("a root that wakes while its tree is full of people", () => {
  const living = aPlan({ regions: { weur: { firstOpen: 10, width: 20 } }, leafListeners: 10 });

  it("opens all leaves at once, for whoever was dropped with it, and closes them again when it hears that they are full", () => {
    const root = aRoot(living);
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(3)));
    const opened = planIn(root.second(at(1)));
    expect(opened?.regions.weur).toEqual({ firstOpen: 0, width: 20 });
    if (opened !== undefined) root.adopt(opened);
    for (let second = 2; second <= 8; second++) expect(planIn(root.second(at(second)))).toBeUndefined();
    root.count("leaf", aTally(2, figures(100, 0, 10)));
    expect(planIn(root.second(at(9)))?.regions.weur).toEqual({ firstOpen: 10, width: 20 });
  });
});

describe("a child that reports no more while sound flows", () => {
  it("is dialed anew, once, and what it told counts no more", () => {
    const root = aRoot();
    root.join("leaf", undefined, at(0));
    root.count("leaf", aTally(1, figures(3)));
    root.begin(1, 100, at(0));
    root.start(at(0));
    const redials: number[] = [];
    for (let second = 1; second <= 90; second++) if (root.second(at(second)).some((effect) => effect.do === "redial")) redials.push(second);
    expect(redials).toEqual([30]);
    expect(root.listeners).toBe(0);
  });
});

describe("a planted root", () => {
  const { plan, isCapped } = plant(small, { listeners: 100, shares: {} }, { maxListeners: 1_000 });

  it("wakes its own children at once and with every heartbeat, and nobody else's", () => {
    expect([isCapped, plan.planted, plan.regions.weur?.width]).toEqual([false, true, 15]);
    const root = aRoot();
    const wake = { do: "wake", children: expect.anything() };
    const effects = root.adopt(plan);
    expect(effects).toEqual([{ do: "send-all", message: formatPlan(plan) }, wake]);
    const children = effects.flatMap((effect) => (effect.do === "wake" ? effect.children.map(nodeName) : []));
    expect(children).toEqual([0, 1, 2, 3].map((index) => `demo.weur.1.${index}`));
    expect(root.heartbeat()).toEqual([{ do: "send-all", message: HEARTBEAT_TEXT }, wake]);
    root.adopt(planted(plan, false));
    expect(root.heartbeat()).toEqual([]);
  });

  it("wakes nobody when the room is over", () => {
    const root = aRoot();
    root.adopt(plan);
    root.down.end();
    expect(root.heartbeat().filter((effect) => effect.do === "wake")).toEqual([]);
  });
});

describe("planting", () => {
  const limits = { maxListeners: 100_000 };
  const widths = (of: Plan) => Object.fromEntries(Object.entries(of.regions).map(([region, { width }]) => [region, width]));

  it("shares leaves as the crowd is shared, and takes none away", () => {
    const of = (shares: object, listeners = 7_000) => widths(plant(small, { listeners, shares }, limits).plan);
    expect(of({})).toEqual({ weur: 1_000 });
    expect(of({ weur: 1, enam: 1 })).toEqual({ weur: 500, enam: 500 });
    expect(of({ weur: 0.7, apac: 0.3 })).toEqual({ weur: 700, apac: 300 });
    expect(of({ apac: 1 })).toEqual({ weur: 2, apac: 1_000 });
    expect(of({}, 0)).toEqual({ weur: 2 });
  });

  it("for nobody ends it", () => {
    const crowd = plant(small, { listeners: 100, shares: {} }, limits).plan;
    expect(plant(crowd, { listeners: 0, shares: {} }, limits).plan).toMatchObject({ planted: false, revision: 3, regions: crowd.regions });
  });

  it("stops at the operator's limit, shared as the crowd is", () => {
    const { plan, isCapped } = plant(small, { listeners: 1_000_000, shares: { weur: 1, enam: 3 } }, { maxListeners: 420 });
    expect([widths(plan), isCapped]).toEqual([{ weur: 12, enam: 30 }, true]);
  });
});
