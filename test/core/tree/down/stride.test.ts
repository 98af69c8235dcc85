import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readHeader } from "../../../../src/core/audio/chunk.ts";
import { localTime } from "../../../../src/core/ids.ts";
import { Lateness } from "../../../../src/core/tree/down/lateness.ts";
import { STRIDES, StrideControl } from "../../../../src/core/tree/down/stride.ts";
import { aChunk, luck } from "../../../support/build.ts";

/** Runs the control for `seconds` of 100 ms chunks; `lateMs` says how late each is, given the stride. */
function run(control: StrideControl, seconds: number, listeners: number, lateMs: (stride: number) => number, from = 0): number[] {
  const strides: number[] = [];
  for (let tick = 0; tick < seconds * 10; tick++) {
    control.heard(lateMs(control.stride), 100, listeners, localTime(from + tick * 100));
    strides.push(control.stride);
  }
  return strides;
}

describe("the stride", () => {
  it("is 1 on a calm machine, also with noise of 100 ms now and then", () => {
    const random = luck(1);
    expect(new Set(run(new StrideControl(), 600, 500, () => (random() < 0.05 ? 100 : 10)))).toEqual(new Set([1]));
  });

  it("widens within half a second when chunks keep coming late, one step at a time", () => {
    const strides = run(new StrideControl(), 3, 500, () => 1_100);
    expect(strides.indexOf(2)).toBeLessThanOrEqual(4);
    expect(strides.at(-1)).toBe(20);
    expect([...new Set([1, ...strides])]).toEqual([...STRIDES]);
  });

  it("makes nobody wait for a second, unless chunks come more than a second late", () => {
    expect(run(new StrideControl(), 60, 500, () => 900).at(-1)).toBe(5);
  });

  it("stays where it is while nobody listens, however late chunks come: there is nobody to send less often", () => {
    expect(new Set(run(new StrideControl(), 30, 0, () => 3_000))).toEqual(new Set([1]));
  });

  it("widens by one step for a single chunk that comes very late, and not at all for one that is a little late", () => {
    const once = (lateMs: number) => (tick: number) => (tick === 30 ? lateMs : 5);
    const strides = (late: (tick: number) => number) => {
      let tick = 0;
      return new Set(run(new StrideControl(), 8, 500, () => late(tick++)));
    };
    expect(strides(once(5_000))).toEqual(new Set([1, 2]));
    expect(strides(once(400))).toEqual(new Set([1]));
  });

  it("widens before anybody waits, where the number of listeners alone says that sends would take all the time", () => {
    expect(run(new StrideControl(), 5, 8_000, () => 0).at(-1)).toBe(5);
  });

  it("narrows again, slowly, once the load is gone", () => {
    const control = new StrideControl();
    run(control, 60, 500, () => 1_100);
    const strides = run(control, 120, 500, () => 5, 60_000);
    expect(strides.at(-1)).toBe(1);
    expect(strides.filter((stride) => stride === 20).length).toBeGreaterThanOrEqual(99);
    expect([...new Set(strides)]).toEqual([20, 10, 5, 2, 1]);
  });

  it.each([10, 24])(
    "narrows though its engine stops for 90 ms now and then to collect: one chunk in %i is late, and no load is in that",
    (oneIn) => {
      const control = new StrideControl();
      run(control, 3, 500, () => 1_100);
      let tick = 0;
      expect(run(control, 120, 500, () => (tick++ % oneIn === 0 ? 90 : 5), 3_000).at(-1)).toBe(1);
    },
  );

  it("does not narrow while every fifth chunk is late", () => {
    const control = new StrideControl();
    run(control, 3, 500, () => 1_100);
    let tick = 0;
    expect(run(control, 120, 500, () => (tick++ % 5 === 0 ? 90 : 5), 3_000).at(-1)).toBe(20);
  });

  it("tries a stride that did not hold ever more seldom", () => {
    const control = new StrideControl();
    // Below 5 there is more work than time, which the number of listeners does not tell.
    const strides = run(control, 1_800, 500, (stride) => (stride < 5 ? 500 : 5));
    const tries = strides.filter((stride, index) => stride < 5 && strides[index - 1] === 5).length;
    expect(tries).toBeGreaterThanOrEqual(2);
    expect(tries).toBeLessThanOrEqual(9);
    expect(strides.filter((stride) => stride < 5).length / strides.length).toBeLessThan(0.01);
  });

  it("is always one of the ladder's steps, and moves one step at a time", () => {
    const steps: readonly number[] = STRIDES;
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(800), fc.nat(10_000)), { maxLength: 400, size: "max" }), (chunks) => {
        const control = new StrideControl();
        let before = 0;
        for (const [tick, [lateMs, listeners]] of chunks.entries()) {
          control.heard(lateMs, 100, listeners, localTime(tick * 100));
          const step = steps.indexOf(control.stride);
          expect(Math.abs(step - before)).toBeLessThanOrEqual(1);
          before = step;
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("lateness", () => {
  const header = (sequence: number, of: { epoch?: number } = {}) => {
    const found = readHeader(aChunk(sequence, of), 0);
    if (found === undefined) throw new Error("no chunk");
    return found;
  };

  it("is what a chunk's way took longer than the shortest of half a minute, whatever the two clocks say", () => {
    const lateness = new Lateness();
    const clock = 1_700_000_000_000;
    const late = (sequence: number, wayMs: number) => lateness.of(header(sequence), localTime(clock + sequence * 100 + wayMs));
    expect([late(1, 80), late(2, 50), late(3, 300), late(4, 50)]).toEqual([0, 0, 250, 0]);
  });

  it("forgets a shortest way that is no more", () => {
    const lateness = new Lateness();
    const late = (sequence: number, wayMs: number) => lateness.of(header(sequence), localTime(sequence * 100 + wayMs));
    late(1, 10);
    expect(late(2, 210)).toBe(200);
    for (let sequence = 3; sequence < 500; sequence++) late(sequence, 210);
    expect(late(500, 210)).toBe(0);
  });

  it("begins anew with an epoch: its timeline begins anew too", () => {
    const lateness = new Lateness();
    lateness.of(header(1), localTime(100));
    expect(lateness.of(header(1, { epoch: 2 }), localTime(900_000))).toBe(0);
  });

  it("counts what the root merged, because its first tick was due long before", () => {
    const lateness = new Lateness();
    lateness.of(header(1), localTime(100));
    const merged = { ...header(2), durationMs: 700, flags: 2 };
    expect(lateness.of(merged, localTime(800))).toBe(600);
  });

  it("is seen where the root merges from the very first chunk on, before anybody knows how long a tick is", () => {
    const lateness = new Lateness();
    const control = new StrideControl();
    const merged = { ...header(1), durationMs: 400, flags: 2 };
    const lateMs = lateness.of(merged, localTime(400));
    expect([lateMs, lateness.tickMs]).toEqual([200, 200]);
    // 9,000 who waited for their host: more than one chunk a send can serve.
    expect(control.heard(lateMs, lateness.tickMs, 9_000, localTime(400))).toBe(true);
    lateness.of(header(5), localTime(500));
    expect(lateness.tickMs).toBe(100);
  });
});
