import { describe, expect, it } from "vitest";
import { RoundTrip } from "../../../../src/browser/line/round-trip.ts";

describe("the way there and back", () => {
  it("is nothing before the first answer", () => {
    const line = new RoundTrip();
    line.sent(0);
    expect(line.ms(5_000)).toBeUndefined();
  });

  it("is as long as the newest answer took", () => {
    const line = new RoundTrip();
    line.answered(line.sent(0), 40);
    expect(line.ms(1_000)).toBe(40);
  });

  it("is measured over lines that take longer than the next ping", () => {
    const line = new RoundTrip();
    const first = line.sent(0);
    line.sent(2_000);
    line.answered(first, 2_500);
    expect(line.ms(2_500)).toBe(2_500);
  });

  it("grows while an answer is overdue", () => {
    const line = new RoundTrip();
    line.answered(line.sent(0), 40);
    line.sent(2_000);
    expect(line.ms(2_020)).toBe(40);
    expect(line.ms(6_000)).toBe(4_000);
  });

  it("knows nothing of the line that was lost", () => {
    const line = new RoundTrip();
    const id = line.sent(0);
    line.forget();
    line.answered(id, 9_000);
    expect(line.ms(9_000)).toBeUndefined();
  });
});
