import { describe, expect, it } from "vitest";
import { picture } from "../../src/sim/picture.ts";
import { SCENARIOS } from "../../src/sim/scenarios/all.ts";
import { nobodyExpected } from "../../src/sim/scenarios/nobody-expected.ts";
import { unplantedBurst } from "../../src/sim/scenarios/unplanted-burst.ts";
import { type Asked, replayOf, simulate } from "../../src/sim/simulate.ts";
import { table } from "../../src/sim/table.ts";
import { smallEvening } from "./small-evening.ts";

describe("every scenario", () => {
  it.each(SCENARIOS)("$name keeps every rule", (scenario) => {
    const asked: Asked = { scenario, seed: 3, listeners: 3_000, arrivals: 1_500, seconds: scenario.name === "planted-burst" ? 75 : 50 };
    const report = simulate(asked);
    expect(report.broken, replayOf(asked)).toEqual([]);
    expect(report.bySecond.at(-1)).toMatchObject({ live: expect.toSatisfy((live: number) => live > 2_500) });
  });
});

describe("a room that moves to a successor", () => {
  it("costs nobody his connection, and is heard again within five seconds", () => {
    const scenario = SCENARIOS.find(({ name }) => name === "room-moves");
    if (scenario === undefined) throw new Error("no such scenario");
    const report = simulate({ scenario, seed: 3, listeners: 5_000, arrivals: 2_000, seconds: 20 });
    expect(report.drops).toBe(0);
    expect(report.silenceMs.max).toBeLessThan(5_000);
  });
});

describe("a room into which a crowd bursts that nobody expected", () => {
  it("takes everybody, and whoever sits in its few leaves goes on hearing", () => {
    const report = simulate({ scenario: unplantedBurst, seed: 3, listeners: 30_000, arrivals: 100_000, seconds: 30 });
    expect(report.broken).toEqual([]);
    expect(report.bySecond.at(-1)).toMatchObject({ live: 30_000 });
    // A leaf that is asked by all of them at once still has time for its sound.
    expect(report.silenceMs.max).toBeLessThan(1_000);
  });
});

describe("a room that nobody expected, to which 60,000 come and whose leaves die meanwhile", () => {
  const report = simulate({ scenario: nobodyExpected, seed: 3, listeners: 60_000, arrivals: 3_000, seconds: 60 });
  const divertedIn = (from: number, to: number) => report.bySecond.slice(from - 1, to).reduce((sum, { diverted }) => sum + diverted, 0);

  it("sends nearly nobody to the cached lane once its tree has caught up with them, though it lost leaves that it had closed", () => {
    expect(report.broken).toEqual([]);
    expect(divertedIn(10, 21)).toBeLessThan(60);
  });

  it("has a seat for everybody when all of it is deployed anew, though most of its leaves were closed", () => {
    expect(divertedIn(22, 60)).toBeLessThan(60);
    expect(report.bySecond[44]?.live).toBeGreaterThan(59_940);
  });
});

describe("what is shown of an evening", () => {
  const report = smallEvening();

  it("says that it is simulated, in numbers and in the picture", () => {
    expect(table(report)).toMatch(/^SIMULATED/);
    expect(picture(report)).toContain("A simulated evening");
    expect(JSON.parse(JSON.stringify(report))).toMatchObject({ simulated: true });
  });

  it("is a picture whose every number can be drawn", () => {
    expect(picture(report)).not.toMatch(/NaN|Infinity|undefined/);
  });
});
