import { describe, expect, it } from "vitest";
import { billOf, type Evening, nodesOf, totalOf, usageOf } from "../../../../src/core/tree/shape/bill.ts";
import { aPlan } from "../../../support/build.ts";

function anEvening(of: Partial<Evening> = {}): Evening {
  const plan = aPlan({ leaves: 1_000, fanOut: 64, leafListeners: 500 });
  return { plan, seconds: 3_600, movingSeconds: 3_600, chunkMs: 100, speakers: 1, joins: 500_000, pages: 0, cached: 0, edges: 1, ...of };
}

const RATES = { workerRequests: 0.3e-6, workerCpuMs: 0.02e-6, objectRequests: 0.15e-6, gbSeconds: 12.5e-6, rowsWritten: 1e-6 };

describe("what an evening asks of the platform", () => {
  it("counts every relay and leaf of the tree", () => {
    // 1,000 leaves at a fan-out of 64: 16 relays, which the room feeds.
    expect(nodesOf(anEvening().plan)).toEqual({ leaves: 1_000, relays: 16 });
    expect(usageOf(anEvening()).objects).toBe(1_018);
    expect(nodesOf(aPlan({ leaves: 64, fanOut: 64 }))).toEqual({ leaves: 64, relays: 0 });
    expect(nodesOf(aPlan({ leaves: 5_000, fanOut: 64 }))).toEqual({ leaves: 5_000, relays: 79 + 2 });
  });

  it("bills one Worker request and one object request for a join", () => {
    const [few, many] = [usageOf(anEvening({ joins: 0 })), usageOf(anEvening({ joins: 1_000 }))];
    expect(many.workerRequests - few.workerRequests).toBe(1_000);
    expect(many.objectRequests - few.objectRequests).toBe(1_000);
  });

  it("bills nothing for what is sent to listeners: only more leaves cost more", () => {
    const half = usageOf(anEvening({ plan: aPlan({ leaves: 1_000, fanOut: 64, leafListeners: 250 }) }));
    expect(half.socketMessages).toBe(usageOf(anEvening()).socketMessages);
  });

  it("bills a segment's request every two seconds for who hears by the cached lane", () => {
    expect(usageOf(anEvening({ joins: 0, cached: 1_000 })).workerRequests).toBe(1_000 * 1_800);
  });
});

describe("a bill", () => {
  it("is some dollars for half a million listeners and an hour, and most of it is for being awake", () => {
    const bill = billOf(usageOf(anEvening()), RATES);
    // By hand: 1,018 objects × 3,600 s × 0.128 GB × $12.50 per million.
    expect(bill.find((line) => line.what === "object GB-seconds")?.dollars).toBeCloseTo(5.86, 2);
    expect(totalOf(bill)).toBeGreaterThan(6);
    expect(totalOf(bill)).toBeLessThan(7);
  });

  it("is far more if everybody hears by the cached lane", () => {
    const bill = billOf(usageOf(anEvening({ joins: 0, cached: 500_000 })), RATES);
    expect(bill.find((line) => line.what === "Worker requests")?.dollars).toBeCloseTo(270, 5);
  });
});
