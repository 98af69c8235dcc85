import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DueTable, dueBy, dueTableOf, nextDue, withDue } from "../../../src/core/room/due.ts";
import { idleAt, noteEveryMs } from "../../../src/core/room/upkeep.ts";

const NAMES = ["heartbeat", "idle", "register"] as const;
type Name = (typeof NAMES)[number];

describe("what is to be done later", () => {
  it("is done when its time has come, the longest overdue first, and what is next is known", () => {
    let table: DueTable<Name> = {};
    expect([nextDue(table), dueBy(table, NAMES, 1e15)]).toEqual([undefined, []]);
    table = withDue(withDue(withDue(table, "idle", 300), "heartbeat", 200), "register", 100);
    expect([nextDue(table), dueBy(table, NAMES, 99)]).toEqual([100, []]);
    expect(dueBy(table, NAMES, 250)).toEqual(["register", "heartbeat"]);
    table = withDue(table, "register", undefined);
    expect([nextDue(table), dueBy(table, NAMES, 300)]).toEqual([200, ["heartbeat", "idle"]]);
    expect(withDue(table, "heartbeat", 900)).toEqual({ idle: 300, heartbeat: 900 });
  });

  it("comes back from storage as it was, and nothing else does", () => {
    const table: DueTable<Name> = { idle: 300, heartbeat: 200 };
    expect(dueTableOf(structuredClone(table), NAMES)).toEqual(table);
    for (const wrong of [undefined, null, 7, "x", [], { gone: 1 }, { idle: "1" }, { idle: Number.NaN }]) {
      expect(dueTableOf(wrong, NAMES)).toEqual({});
    }
  });

  it("is never lost and never done early, in whatever order it is set and done", () => {
    const step = fc.record({ name: fc.constantFrom(...NAMES), at: fc.option(fc.nat(1_000), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { size: "max", maxLength: 40 }), fc.nat(1_000), (steps, now) => {
        const table = steps.reduce<DueTable<Name>>((before, { name, at }) => withDue(before, name, at), {});
        const last = NAMES.map((name) => [name, steps.findLast((one) => one.name === name)?.at] as const);
        const due = dueBy(table, NAMES, now);
        expect(new Set(due)).toEqual(new Set(last.filter(([, at]) => at !== undefined && at <= now).map(([name]) => name)));
        const left = due.reduce<DueTable<Name>>((before, name) => withDue(before, name, undefined), table);
        expect(nextDue(left) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(now);
      }),
    );
  });
});

describe("a room that nobody uses", () => {
  it("is looked at when it was not used for long, and never where rooms do not end", () => {
    expect([idleAt(1_000, 500), idleAt(1_000, 0)]).toEqual([1_500, undefined]);
  });

  it("is never used unnoticed for as long as makes it idle", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60_000, max: 366 * 24 * 3_600_000 }), (idleMs) => {
        expect(noteEveryMs(idleMs)).toBeLessThanOrEqual(idleMs);
        expect(noteEveryMs(idleMs)).toBeGreaterThanOrEqual(60_000);
      }),
    );
  });
});
