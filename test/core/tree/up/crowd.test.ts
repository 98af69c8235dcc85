import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REGIONS, type Region } from "../../../../src/core/tree/shape/region.ts";
import { Crowd, partsOf } from "../../../../src/core/tree/up/crowd.ts";
import { NOTHING } from "../../../../src/core/tree/up/tally.ts";
import { mergeTotals, type Totals } from "../../../../src/core/tree/up/totals.ts";
import { Unique } from "../../../../src/core/tree/up/unique.ts";
import { session } from "../../../support/asks.ts";

function inRegion(region: Region, listeners: number, hearing = listeners): Totals {
  return { ...NOTHING, listeners, hearing, regions: { [region]: { listeners, hearing, joins: 0, from: 0, fullBelow: 0 } } };
}

const someTotals = fc.array(fc.tuple(fc.constantFrom(...REGIONS), fc.nat(30), fc.nat(30)), { maxLength: 20, size: "max" }).map((all) =>
  mergeTotals(
    all.map(([region, listeners, hearing]) => inRegion(region, listeners, Math.min(listeners, hearing))),
    () => 0,
  ),
);

describe("the audience by region", () => {
  it("adds up to the figures beside it, whatever was seen before", () => {
    fc.assert(
      fc.property(fc.array(someTotals, { maxLength: 8 }), someTotals, (looks, now) => {
        const crowd = new Crowd();
        for (const look of looks) crowd.look(look);
        const { listeners, hearing, parts, peak } = crowd.figures(now);
        expect(parts.reduce((sum, part) => sum + part.listeners, 0)).toBe(listeners);
        expect(parts.reduce((sum, part) => sum + part.hearing, 0)).toBe(hearing);
        expect(peak).toBeGreaterThanOrEqual(listeners);
      }),
    );
  });

  it("names no region with fewer than five", () => {
    const totals = mergeTotals([inRegion("weur", 90), inRegion("sam", 4), inRegion("oc", 1, 0), inRegion("afr", 5)], () => 0);
    expect(partsOf(totals)).toEqual([
      { region: "weur", listeners: 90, hearing: 90 },
      { region: "afr", listeners: 5, hearing: 5 },
      { region: "other", listeners: 5, hearing: 4 },
    ]);
  });
});

describe("the peak", () => {
  /** What is told at the end, if so many listened at each look. */
  const peakOf = (...looks: readonly number[]) => {
    const crowd = new Crowd();
    for (const listeners of looks) crowd.look(inRegion("weur", listeners));
    return crowd.figures(inRegion("weur", looks.at(-1) ?? 0)).peak;
  };

  it("is the most that lasted for five seconds; not what two parents count twice for a moment", () => {
    expect(peakOf(10, 10, 10, 10, 10, 3, 3, 3, 3, 3)).toBe(10);
    expect(peakOf(10, 10, 10, 10, 10, 20, 10, 10, 10, 10, 10)).toBe(10);
  });
});

describe("what a root remembers for the next one", () => {
  it("is the peak, who came, and what was tapped", () => {
    const crowd = new Crowd();
    const unique = new Unique();
    for (let index = 0; index < 500; index++) unique.see(session(String(index)));
    crowd.hear(unique.text());
    for (let look = 0; look < 5; look++) crowd.look(inRegion("weur", 300));
    expect(crowd.reactions({ heart: 7 })).toEqual({ heart: 7 });
    const next = new Crowd();
    next.recall(crowd.memory());
    expect(next.figures(NOTHING)).toMatchObject({ listeners: 0, peak: 300, unique: crowd.figures(NOTHING).unique });
    expect(next.reactions({})).toBeUndefined();
    expect(next.reactions({ heart: 2, clap: 1 })).toEqual({ heart: 9, clap: 1 });
  });

  it("is not read from what is none", () => {
    for (const text of ["", "{}", '{"peak":-1,"unique":"","reactions":{}}', '{"peak":9,"unique":"~","reactions":{}}']) {
      const crowd = new Crowd();
      crowd.recall(text);
      expect(crowd.figures(NOTHING)).toMatchObject({ peak: 0, unique: 0 });
    }
  });
});
