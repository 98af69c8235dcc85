import { describe, expect, it } from "vitest";
import { crowdArrives } from "../../src/sim/scenarios/crowd-arrives.ts";
import { type Asked, replayOf, simulate } from "../../src/sim/simulate.ts";

const asked: Asked = { scenario: crowdArrives, seed: 7, listeners: 5_000, arrivals: 2_000, seconds: 25 };

describe("an evening", () => {
  it("is the same, byte for byte, each time its seed is played, and another with another seed", () => {
    const once = JSON.stringify(simulate(asked));
    expect(JSON.stringify(simulate(asked))).toBe(once);
    expect(JSON.stringify(simulate({ ...asked, seed: 8 }))).not.toBe(once);
  });

  it("in which leaves and a relay die and everything is deployed anew ends with everybody live", () => {
    const report = simulate(asked);
    expect(report.broken, replayOf(asked)).toEqual([]);
    expect(report.bySecond.at(-1)).toMatchObject({ live: 5_000, away: 0 });
    expect(report.drops).toBeGreaterThan(5_000);
  });
});
