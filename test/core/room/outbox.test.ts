import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GIVEN_UP_MS, type Letter, letterOf, triedInVain } from "../../../src/core/room/outbox.ts";

/** Every time at which a letter is told to who never takes it. */
function tries(luck: () => number): readonly number[] {
  const at: number[] = [];
  for (let letter: Letter | undefined = letterOf("evt_1", "{}", 1_000); letter !== undefined; ) {
    at.push(letter.dueAt);
    letter = triedInVain(letter, letter.dueAt, luck());
  }
  return at;
}

describe("What is told in vain", () => {
  it("is told again, ever more seldom, for a day and no longer", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1 }), (lucks) => {
        let turn = 0;
        const at = tries(() => lucks[turn++ % lucks.length] ?? 0);
        const waits = at.slice(1).map((time, index) => time - (at[index] ?? 0));
        expect(at[0]).toBe(1_000);
        expect(waits[0]).toBeGreaterThanOrEqual(2_500);
        expect(waits[0]).toBeLessThanOrEqual(5_000);
        expect(Math.max(...waits)).toBeLessThanOrEqual(3_600_000);
        expect(at.at(-1)).toBeLessThanOrEqual(1_000 + GIVEN_UP_MS);
        expect(at.at(-1)).toBeGreaterThan(1_000 + GIVEN_UP_MS - 3_600_000);
        expect(at.length).toBeLessThan(64);
      }),
    );
  });

  it("keeps its id, its bytes and its age", () => {
    const letter = letterOf("evt_1", '{"type":"live"}', 7);
    expect(triedInVain(letter, 9, 0)).toEqual({ id: "evt_1", body: '{"type":"live"}', notedAt: 7, attempts: 1, dueAt: 2_509 });
  });
});
