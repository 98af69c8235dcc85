import { describe, expect, it } from "vitest";
import { isWaking, sayCrowd } from "../../../../src/browser/evening/say-crowd.ts";

const ready = { expected: 50_000, seats: 71_500, leaves: 143, ready: 143, capped: false, full: false };

describe("what the host reads of the crowd he expects", () => {
  it.each([
    [{ ...ready, expected: 0, ready: 0 }, /grows by itself/, false],
    [{ ...ready, ready: 0 }, /^Getting ready: 0 %/, true],
    [{ ...ready, ready: 142 }, /^Getting ready: 99 %/, true],
    [ready, /^Ready for 71,500 listeners\.$/, false],
    [{ ...ready, full: true }, /^More want in than the operator .* allows \(71,500\)/, false],
    [{ ...ready, expected: 0, full: true }, /^More want in/, false],
    [{ ...ready, capped: true }, /^Ready for 71,500 listeners\. The operator .* allows no more/, false],
  ])("of %o", (progress, says, waits) => {
    expect(sayCrowd(progress)).toMatch(says);
    expect(isWaking(progress)).toBe(waits);
  });
});
