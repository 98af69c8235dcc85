import { describe, expect, it } from "vitest";
import { anyLeaf, joinsOf, placeListener } from "../../../../src/core/tree/shape/place.ts";
import { regionOf } from "../../../../src/core/tree/shape/region.ts";
import { aPlan, leaf, luck } from "../../../support/build.ts";

describe("a listener's leaf", () => {
  it("is any of the open window, each as likely", () => {
    const plan = aPlan({ regions: { weur: { firstOpen: 3, width: 8 } } });
    const random = luck(1);
    const seen = new Map<number, number>();
    for (let join = 0; join < 10_000; join++) {
      const index = placeListener(plan, "weur", random())?.index ?? -1;
      seen.set(index, (seen.get(index) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual([3, 4, 5, 6, 7]);
    for (const times of seen.values()) expect(times).toBeGreaterThan(1_700);
  });

  it("is never one that answered full, while another is open", () => {
    const plan = aPlan({ leaves: 3 });
    expect(placeListener(plan, "weur", 0.99, [leaf(2)])?.index).toBe(0);
    expect(placeListener(plan, "weur", 0, [leaf(0), leaf(1)])?.index).toBe(2);
    expect(placeListener(plan, "weur", 0.5, [leaf(0), leaf(1), leaf(2)])).toBeUndefined();
  });

  it("lies in the nearest region that has one", () => {
    const plan = aPlan({ regions: { wnam: { firstOpen: 0, width: 2 }, apac: { firstOpen: 2, width: 2 } } });
    expect(placeListener(plan, "apac", 0.5)?.region).toBe("wnam");
    expect(placeListener(plan, "oc", 0.5)?.region).toBe("wnam");
    expect(placeListener(aPlan({ regions: {} }), "weur", 0.5)).toBeUndefined();
  });
});

describe("a join", () => {
  it("counts for one, and only one time in four for who comes back: he stands for himself alone", () => {
    const lucks = Array.from({ length: 100 }, (_, index) => index / 100);
    const sum = (isBack: boolean) => lucks.reduce((all, random) => all + joinsOf(isBack, random), 0);
    expect([sum(false), sum(true)]).toEqual([100, 25]);
  });

  it("that finds no open leaf may ask any, to hear of a newer plan", () => {
    const closed = aPlan({ regions: { wnam: { firstOpen: 4, width: 4 } } });
    expect(placeListener(closed, "wnam", 0.5)).toBeUndefined();
    expect([0, 0.5, 0.99].map((random) => anyLeaf(closed, "oc", random))).toEqual([leaf(0, "wnam"), leaf(2, "wnam"), leaf(3, "wnam")]);
    expect(anyLeaf(aPlan({ regions: {} }), "weur", 0.5)).toBeUndefined();
  });
});

describe("a listener's region", () => {
  it.each([
    [{ continent: "EU", longitude: 2 }, "weur"],
    [{ continent: "EU", longitude: 21 }, "eeur"],
    [{ continent: "NA", longitude: -74 }, "enam"],
    [{ continent: "NA", longitude: -122 }, "wnam"],
    [{ continent: "AS", country: "AE" }, "me"],
    [{ continent: "AS", country: "JP" }, "apac"],
    [{}, "weur"],
  ])("%o is served from %s", (place, region) => {
    expect(regionOf(place)).toBe(region);
  });
});
