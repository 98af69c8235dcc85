import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ancestorsOf,
  type NodeRef,
  nodeName,
  nodesAt,
  type Plan,
  parentOf,
  parseNodeName,
  parsePlan,
  relayLevels,
} from "../../../../src/core/tree/shape/plan.ts";
import { REGIONS } from "../../../../src/core/tree/shape/region.ts";
import { aPlan, leaf, roomId } from "../../../support/build.ts";

describe("the plan", () => {
  it.each([
    [1, 0],
    [64, 0],
    [65, 1],
    [4_096, 1],
    [4_097, 2],
    [262_144, 2],
  ])("puts %i leaves at fan-out 64 under %i levels of relays", (leaves, levels) => {
    expect(relayLevels(aPlan({ leaves, fanOut: 64 }))).toBe(levels);
  });

  it("leads every leaf to the root, through as many relays as there are levels", () => {
    const plan = aPlan({ leaves: 100, fanOut: 4 });
    for (let index = 0; index < 100; index++) {
      const above = ancestorsOf(plan, leaf(index));
      expect(above).toHaveLength(relayLevels(plan) + 1);
      expect(above.at(-1)).toEqual({ kind: "root", room: "demo" });
    }
  });

  it("gives no object more children than the fan-out, whatever the widths", () => {
    const widths = fc.record({
      weur: fc.integer({ min: 1, max: 5_000 }),
      enam: fc.integer({ min: 0, max: 5_000 }),
      apac: fc.integer({ min: 0, max: 300 }),
    });
    fc.assert(
      fc.property(widths, fc.integer({ min: 3, max: 64 }), (width, fanOut) => {
        const regions = Object.fromEntries(Object.entries(width).map(([region, leaves]) => [region, { firstOpen: 0, width: leaves }]));
        const plan = aPlan({ regions, fanOut });
        const levels = relayLevels(plan);
        let top = 0;
        for (const region of REGIONS) {
          const leaves = plan.regions[region]?.width ?? 0;
          for (let level = 1; level <= levels; level++) {
            const below = nodesAt(leaves, fanOut, level - 1);
            const above = nodesAt(leaves, fanOut, level);
            expect(below).toBeLessThanOrEqual(above * fanOut);
          }
          top += nodesAt(leaves, fanOut, levels);
        }
        expect(top).toBeLessThanOrEqual(fanOut);
      }),
    );
  });

  it("re-parents no node but the root's own children when a width grows", () => {
    const before = aPlan({ leaves: 60, fanOut: 4 });
    const after = aPlan({ leaves: 300, fanOut: 4 });
    for (let level = 0; level < relayLevels(before); level++) {
      for (let index = 0; index < nodesAt(60, 4, level); index++) {
        const node: NodeRef = { ...leaf(index), level };
        expect(parentOf(after, node)).toEqual(parentOf(before, node));
      }
    }
  });

  it("names every node so that it can be read back, and reads nothing else", () => {
    const node: NodeRef = { ...leaf(4_711, "apac"), level: 2 };
    expect(nodeName(node)).toBe("demo.apac.2.4711");
    expect(parseNodeName("demo.apac.2.4711")).toEqual(node);
    for (const name of [
      "",
      "demo",
      "demo.mars.0.1",
      "demo.weur.0.x",
      "demo.weur.99.1",
      "demo.weur.0.1.2",
      "../x.weur.0.1",
      "demo.weur.-1.0",
    ]) {
      expect(parseNodeName(name), name).toBeUndefined();
    }
  });

  it("says whether the room is private and carries the key to addresses; what cannot be a key is none", () => {
    const plan: Plan = {
      ...aPlan(),
      listenTicket: true,
      addressKey: "A".repeat(22),
      before: { root: roomId("old"), verifyKey: aPlan().verifyKey },
    };
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    for (const before of [null, {}, { root: "X" }, { root: "old" }]) expect(parsePlan({ ...aPlan(), before })).toEqual(aPlan());
    for (const listenTicket of [false, "true", 1, null]) expect(parsePlan({ ...aPlan(), listenTicket })).toEqual(aPlan());
    for (const addressKey of ["", "A".repeat(21), "A".repeat(65), `${"A".repeat(21)}=`, 7, null, ["A".repeat(22)]]) {
      expect(parsePlan({ ...aPlan(), addressKey })).toEqual(aPlan());
    }
  });

  it("survives its trip through text, and nothing that is no plan does", () => {
    const plan = aPlan({ leaves: 9 });
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    for (const wrong of [
      null,
      7,
      "plan",
      [],
      {},
      { ...plan, fanOut: 1 },
      { ...plan, regions: { mars: { firstOpen: 0, width: 1 } } },
      { ...plan, verifyKey: {} },
    ]) {
      expect(parsePlan(wrong)).toBeUndefined();
    }
  });
});
