import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseRecordingTold,
  pruned,
  retold,
  type Switch,
  switched,
  type TakeSwitch,
  takeAt,
} from "../../../../src/core/tree/archive/switches.ts";

const at = (sequence: number, epoch = 1) => ({ epoch, sequence });
const flip = (on: boolean, sequence: number, epoch = 1): Switch => ({ on, after: at(sequence, epoch), atMs: sequence * 100 });

function told(switches: readonly Switch[], known: readonly TakeSwitch[] = [], takes = 0): readonly TakeSwitch[] {
  return retold(known, switches, takes);
}

describe("what is kept of what is said", () => {
  it("follows from where a chunk stands, not from when the word of it came", () => {
    const switches = told([flip(false, 0), flip(true, 10), flip(false, 20), flip(true, 30)]);
    expect([1, 10, 11, 20, 21, 30, 31, 99].map((one) => takeAt(switches, at(one)))).toEqual([
      undefined,
      undefined,
      1,
      1,
      undefined,
      undefined,
      2,
      2,
    ]);
    expect(takeAt([], at(5))).toBeUndefined();
  });

  it("goes on as one take where a room begins anew, and as another where it was off in between", () => {
    const known = told([flip(false, 0), flip(true, 10)]);
    expect(takeAt(told([flip(true, 0xffff_ffff)], known, 1), at(1, 2))).toBe(1);
    expect(takeAt(told([flip(false, 0xffff_ffff), flip(true, 5, 2)], known, 1), at(6, 2))).toBe(2);
  });

  it("is nothing in a room that took the audience over, until its own host says so", () => {
    const known = told([flip(false, 0), flip(true, 10)]);
    const next = told([flip(false, 0, 2)], known, 1);
    expect(takeAt(next, at(99))).toBe(1);
    expect(takeAt(next, at(1, 2))).toBeUndefined();
  });

  it("is the same, however often it is told and whatever is forgotten of what was heard", () => {
    const flips = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60, size: "max" });
    fc.assert(
      fc.property(flips, fc.array(fc.nat(300), { maxLength: 6 }), (gaps, asks) => {
        let told: readonly Switch[] = [flip(false, 0)];
        let known: readonly TakeSwitch[] = [];
        let [sequence, on] = [0, false];
        const truth: boolean[] = [];
        for (const gap of gaps) {
          for (let one = 0; one < gap; one++) truth.push(on);
          sequence += gap;
          on = !on;
          told = switched(told, flip(on, sequence));
          if (asks.includes(sequence)) known = pruned(retold(known, told, 0), at(sequence));
        }
        const all = retold(known, told, known.at(-1)?.take ?? 0);
        const heard = asks.filter((one) => one <= sequence).reduce((most, one) => Math.max(most, one), 0);
        for (let one = heard + 1; one <= truth.length; one++) {
          const take = takeAt(all, at(one));
          // Of who switches more often than is told, less may be kept, never more.
          if (truth[one - 1] === false) expect(take).toBeUndefined();
          else if (gaps.length <= 31) expect(take).toBeDefined();
        }
      }),
    );
  });

  it("can be read from a text, whole or not at all", () => {
    const switches = [flip(true, 3)];
    expect(parseRecordingTold(JSON.stringify({ switches, keepMs: 5 }))).toEqual({ switches, keepMs: 5 });
    expect(parseRecordingTold(JSON.stringify({ switches: [...switches, { on: 1 }] }))).toBeUndefined();
    expect(parseRecordingTold("{}")).toBeUndefined();
  });
});
