import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimit } from "../../src/core/rate-limit.ts";

describe("a limit on how often one may come", () => {
  it("lets so many of each in within its time, and as many again after it", () => {
    const limit = new RateLimit(2, 1_000);
    expect([0, 10, 20, 999].map((now) => limit.take("ana", now))).toEqual([true, true, false, false]);
    expect(limit.take("bo", 20)).toBe(true);
    expect([1_000, 1_001, 1_002].map((now) => limit.take("ana", now))).toEqual([true, true, false]);
  });

  it("never lets more than twice as many in within any stretch of its time, nor fewer than it may in its first", () => {
    const waits = fc.array(fc.nat(400), { size: "max", maxLength: 60 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 5 }), (steps, most) => {
        const limit = new RateLimit(most, 1_000);
        const times = steps.map(
          (
            (now) => (wait: number) =>
              (now += wait)
          )(0),
        );
        const taken = times.filter((now) => limit.take("ana", now));
        expect(taken.slice(0, most)).toEqual(times.slice(0, most));
        for (const from of taken) expect(taken.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(2 * most);
      }),
    );
  });

  it("counts a bounded number at once", () => {
    const limit = new RateLimit(1, 1_000);
    expect(limit.take("first", 0)).toBe(true);
    for (let other = 0; other < 20_000; other++) limit.take(`other-${other}`, 0);
    expect(limit.take("first", 0)).toBe(true);
    expect(limit.take("other-19999", 0)).toBe(false);
  });
});
