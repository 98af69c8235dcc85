import { describe, expect, it } from "vitest";
import { askAgainAt } from "../../../src/core/room/upkeep.ts";

describe("an archive that has not stored all of a recording", () => {
  it("is asked again later each time, then every minute, for a day: a storage that is away for an hour makes nobody give up", () => {
    expect(askAgainAt(1_000, 1)).toBe(2_000);
    expect(askAgainAt(1_000, 2)).toBe(3_000);
    let [now, tries] = [0, 0];
    for (let next = askAgainAt(now, ++tries); next !== undefined; next = askAgainAt(now, ++tries)) {
      expect(next - now).toBeLessThanOrEqual(60_000);
      now = next;
    }
    expect(now / 3_600_000).toBeCloseTo(24, 0);
  });
});
