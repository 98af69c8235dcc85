import { describe, expect, it } from "vitest";
import { Histogram } from "../../../src/cli/listen/stats.ts";

describe("a histogram", () => {
  it("knows the percentiles and the largest of what it counted", () => {
    const histogram = new Histogram();
    for (let ms = 1; ms <= 200; ms++) histogram.add(ms);
    histogram.add(-3);
    expect(histogram.spread()).toEqual({ count: 201, p50: 100, p90: 180, p99: 198, p999: 200, max: 200 });
  });

  it("knows nothing of nothing", () => {
    expect(new Histogram().spread()).toMatchObject({ count: 0, p50: undefined, p99: undefined, max: undefined });
  });

  it("is the same in one piece or merged from several", () => {
    const whole = new Histogram();
    const parts = [new Histogram(), new Histogram(), new Histogram()];
    for (let index = 0; index < 3_000; index++) {
      const ms = (index * 7_919) % 20_000;
      whole.add(ms);
      parts[index % 3]?.add(ms);
    }
    const merged = new Histogram();
    for (const part of parts) merged.merge(part.encode());
    expect(merged.spread()).toEqual(whole.spread());
  });

  it("tells long times apart to a thousandth, up to ten minutes", () => {
    const histogram = new Histogram();
    histogram.add(90_000);
    histogram.add(2 ** 40);
    expect(histogram.quantile(0.5)).toBeGreaterThanOrEqual(90_000);
    expect(histogram.quantile(0.5)).toBeLessThanOrEqual(90_090);
    expect(histogram.spread().max).toBeLessThanOrEqual(600_600);
  });
});
