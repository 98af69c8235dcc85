import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isUnique, Unique } from "../../../../src/core/tree/up/unique.ts";
import { session } from "../../../support/asks.ts";

/** A sketch of so many different people, of which `from` is the first. */
function sketch(count: number, from = 0): Unique {
  const unique = new Unique();
  for (let index = from; index < from + count; index++) unique.see(session(String(index)));
  return unique;
}

function merged(...sketches: readonly Unique[]): string {
  const all = new Unique();
  for (const one of sketches) all.hear(one.text());
  return all.text();
}

describe("the count of different browsers", () => {
  it.each([0, 1, 3, 30, 500, 5_000, 20_000, 200_000])("is right within what a sketch can know (%i)", (count) => {
    // Four standard errors of 1.6 %; of a few, exact but for one.
    expect(Math.abs(sketch(count).estimate() - count)).toBeLessThanOrEqual(Math.max(1, 0.065 * count));
  });

  it("counts nobody twice", () => {
    const unique = sketch(1_000);
    const before = unique.estimate();
    for (let index = 0; index < 1_000; index++) expect(unique.see(session(String(index)))).toBe(false);
    expect(unique.estimate()).toBe(before);
  });

  it("is the same however sketches are merged", () => {
    const some = fc.tuple(fc.nat(300), fc.nat(300)).map(([count, from]) => sketch(count, from));
    fc.assert(
      fc.property(some, some, some, (a, b, c) => {
        const [ab, bc] = [new Unique(), new Unique()];
        ab.hear(merged(a, b));
        bc.hear(merged(b, c));
        expect(merged(ab, c)).toBe(merged(a, bc));
        expect(merged(c, b, a)).toBe(merged(a, b, c));
        expect(merged(a, a)).toBe(a.text());
      }),
    );
  });

  it("reaches the parent though reports are lost, doubled or late, once all has been told again", () => {
    const fates = fc.array(fc.constantFrom("comes", "lost", "twice"), { maxLength: 30, size: "max" });
    fc.assert(
      fc.property(fates, (all) => {
        const [child, parent] = [new Unique(), new Unique()];
        let late = "";
        for (const [turn, fate] of all.entries()) {
          for (let index = 0; index < 20; index++) child.see(session(`${turn}-${index}`));
          const text = child.tell();
          expect(isUnique(text)).toBe(true);
          if (fate !== "lost") parent.hear(text);
          if (fate === "twice") parent.hear(late);
          late = text;
        }
        for (let report = 0; report < 10; report++) parent.hear(child.tell());
        expect(parent.text()).toBe(child.text());
      }),
      { numRuns: 30 },
    );
  });

  it("tells a parent only what is new, and a new parent all", () => {
    const unique = sketch(100);
    const first = unique.tell();
    expect(unique.tell()).toBe("");
    unique.see(session("newcomer"));
    expect(unique.tell().length).toBeLessThanOrEqual(3);
    unique.linked();
    expect(unique.tell().length).toBeGreaterThanOrEqual(first.length);
  });

  it("takes four thousand characters at most, however many came", () => {
    const unique = sketch(100_000);
    expect(unique.tell()).toHaveLength(4_097);
  });

  it("is not read from what is none", () => {
    for (const text of ["AB", "AA~", "*AAA", "AA-", `*${"-".repeat(4_096)}`, "A".repeat(3 * 1_366)])
      expect(isUnique(text), text).toBe(false);
    for (const text of ["", "AAB", `*${"A".repeat(4_096)}`]) expect(isUnique(text), text).toBe(true);
  });
});
