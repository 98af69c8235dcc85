import { describe, expect, it } from "vitest";
import { QUIET_WORKERD_COSTS, WORKERD_COSTS } from "../../src/sim/costs.ts";
import { BENCH, foretell } from "../../src/sim/on-one-machine.ts";

const off = (simulated: number, real: number): number => Math.abs(simulated / real - 1);

/**
 * What real workerd did with 4,000 listeners, one process on one core, 100 ms chunks: `npm run bench -- stride --listeners 4000 --runs 1`
 * (workerd 1.20261117.1; shared 2026-11-23, quiet 2026-11-24; `-- bundle` measured 5 and 10 again, and found 443 and 925 ms, 418 and 909). To be
 * replaced by newer ones with the same command. At a stride of 2 the shared machine was at its limit, fell behind and stayed behind (763 and
 * 922 ms at p99): no figure to hold anything against.
 */
const PINNED = [
  { machine: "shared", costs: WORKERD_COSTS, stride: 1, cpuUs: 24.9, lagP50Ms: 162, lagP99Ms: 271 },
  { machine: "shared", costs: WORKERD_COSTS, stride: 5, cpuUs: 9.4, lagP50Ms: 226, lagP99Ms: 464 },
  { machine: "shared", costs: WORKERD_COSTS, stride: 10, cpuUs: 5.3, lagP50Ms: 507, lagP99Ms: 934 },
  { machine: "shared", costs: WORKERD_COSTS, stride: 20, cpuUs: 3.5, lagP50Ms: 1_009, lagP99Ms: 2_010 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, stride: 1, cpuUs: 21.2, lagP50Ms: 47, lagP99Ms: 105 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, stride: 2, cpuUs: 12.1, lagP50Ms: 79, lagP99Ms: 157 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, stride: 5, cpuUs: 5.4, lagP50Ms: 212, lagP99Ms: 418 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, stride: 10, cpuUs: 2.6, lagP50Ms: 440, lagP99Ms: 909 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, stride: 20, cpuUs: 1.7, lagP50Ms: 939, lagP99Ms: 1_905 },
];

describe("4,000 listeners on one core, simulated and real", () => {
  it.each(PINNED)("hear equally late at a stride of $stride on the $machine machine, and cost about as much", (row) => {
    const foretold = foretell({ ...BENCH, listeners: 4_000, stride: row.stride, costs: row.costs, seconds: 10 });
    expect(off(foretold.lagP99Ms, row.lagP99Ms)).toBeLessThan(0.15);
    expect(off(foretold.lagP50Ms, row.lagP50Ms)).toBeLessThan(0.2);
    expect(off(foretold.cpuUsPerChunk, row.cpuUs)).toBeLessThan(0.2);
  });
});

/**
 * What real workerd did where its leaves chose the stride: `npm run bench -- --listeners 9000 --runs 1 --only canopy` (and 1000, 4000), the middle
 * of three runs each on the shared machine (p99 of 4,000 was 427 to 429 ms, of 9,000 931 to 997, of 1,000 59 to 69 where next to nothing of the
 * machine was stolen: with 19 % of a core stolen it was 114, with 40 % 261 to 385), of two and three on the quiet one (34 to 36, 416 to 418,
 * 919 and 920). A simulated machine is never stolen from.
 */
const CHOSEN = [
  { machine: "shared", costs: WORKERD_COSTS, listeners: 1_000, stride: 1, cpuUs: 40, lagP99Ms: 66 },
  { machine: "shared", costs: WORKERD_COSTS, listeners: 4_000, stride: 5, cpuUs: 8.5, lagP99Ms: 429 },
  { machine: "shared", costs: WORKERD_COSTS, listeners: 9_000, stride: 10, cpuUs: 4.6, lagP99Ms: 935 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, listeners: 1_000, stride: 1, cpuUs: 21, lagP99Ms: 34 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, listeners: 4_000, stride: 5, cpuUs: 5, lagP99Ms: 417 },
  { machine: "quiet", costs: QUIET_WORKERD_COSTS, listeners: 9_000, stride: 10, cpuUs: 2.6, lagP99Ms: 919 },
];

describe("a crowd on one core whose leaves choose the stride", () => {
  it.each(CHOSEN)("of $listeners on the $machine machine is foretold to be sent $stride chunks a message, as real ones were", (row) => {
    const foretold = foretell({ ...BENCH, listeners: row.listeners, stride: undefined, costs: row.costs, seconds: 10 });
    expect(foretold.chunksPerMessage).toBeCloseTo(row.stride, 1);
    expect(off(foretold.cpuUsPerChunk, row.cpuUs)).toBeLessThan(0.15);
    expect(off(foretold.lagP99Ms, row.lagP99Ms)).toBeLessThan(0.15);
  });
});
