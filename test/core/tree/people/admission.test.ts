import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { Admission, PARK_MS } from "../../../../src/core/tree/people/admission.ts";

const at = localTime;

describe("a join", () => {
  it("to a quiet room is taken at once, however many come", () => {
    const admission = new Admission<number>();
    for (let join = 0; join < 10_000; join++) expect(admission.arrive(join, at(join / 100))).toBe(true);
  });

  it("in a storm waits for its turn, and turns come in order while the sound is on time", () => {
    const admission = new Admission<number>();
    admission.heard(0, at(0));
    const atOnce = Array.from({ length: 4_000 }, (_, join) => join).filter((join) => admission.arrive(join, at(1)));
    expect(atOnce.length).toBeLessThan(300);
    const order = [...atOnce];
    for (let tick = 1; tick <= 30; tick++) order.push(...admission.heard(0, at(tick * 100)));
    expect(order).toEqual(Array.from({ length: 4_000 }, (_, join) => join));
  });

  it("waits longer while the sound is late: fewer are taken with each late chunk, but never none", () => {
    const admission = new Admission<number>();
    admission.heard(0, at(0));
    for (let join = 0; join < 3_000; join++) admission.arrive(join, at(1));
    for (let tick = 1; tick <= 8; tick++) admission.heard(0, at(100 * tick));
    const taken = Array.from({ length: 16 }, (_, tick) => admission.heard(500, at(100 * tick + 900)).length);
    expect(taken[0]).toBe(100);
    expect(taken.slice(-4)).toEqual([20, 20, 20, 20]);
  });

  it("waits no longer than five seconds: then it is sent elsewhere", () => {
    const admission = new Admission<string>();
    admission.heard(0, at(0));
    for (let join = 0; join < 2_000; join++) admission.arrive("early", at(1));
    for (let tick = 1; tick <= 49; tick++) admission.heard(900, at(tick * 100));
    expect(admission.tick(at(PARK_MS)).late).toEqual([]);
    expect(new Set(admission.tick(at(PARK_MS + 1)).late)).toEqual(new Set(["early"]));
    expect(admission.parked).toBe(0);
  });

  it("is taken when the sound has stopped: there is nothing to disturb any more", () => {
    const admission = new Admission<string>();
    admission.heard(0, at(0));
    for (let join = 0; join < 300; join++) admission.arrive("one", at(1));
    expect(admission.tick(at(2_000)).taken.length).toBe(80);
  });

  it("is answered exactly once, whatever happens", () => {
    const event = fc.oneof(
      { weight: 5, arbitrary: fc.constant("join" as const) },
      { weight: 2, arbitrary: fc.constant("chunk" as const) },
      { weight: 1, arbitrary: fc.constant("late chunk" as const) },
      { weight: 1, arbitrary: fc.constant("tick" as const) },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(event, fc.nat(400)), { maxLength: 300, size: "max" }), (events) => {
        const admission = new Admission<number>();
        const answered: number[] = [];
        let [time, joins] = [0, 0];
        for (const [what, waitMs] of events) {
          time += what === "join" ? waitMs / 100 : waitMs;
          if (what === "join") {
            if (admission.arrive(joins, at(time))) answered.push(joins);
            joins++;
          } else if (what === "tick") {
            const { taken, late } = admission.tick(at(time));
            answered.push(...taken, ...late);
          } else answered.push(...admission.heard(what === "chunk" ? 0 : 500, at(time)));
        }
        const { taken, late } = admission.tick(at(time + PARK_MS + 1));
        answered.push(...taken, ...late);
        expect(admission.parked).toBe(0);
        expect(answered.sort((a, b) => a - b)).toEqual(Array.from({ length: joins }, (_, join) => join));
      }),
      { numRuns: 500 },
    );
  });
});
