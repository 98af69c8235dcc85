import { describe, expect, it } from "vitest";
import { SPOOL_BYTES } from "../../../../src/core/tree/archive/shelf.ts";
import { keptIn } from "../../../support/archive-house.ts";
import { Evening } from "../../../support/recorded-evening.ts";

describe("a storage that fails for a minute in the middle of a recording", () => {
  /** Ten minutes of one voice; storage is away from 120 s to 180 s. @param bytes of each frame */
  function throughAFault(bytes: number): Evening {
    const evening = new Evening();
    evening.turn(true);
    for (let second = 0; second < 300; second++) {
      evening.house.fails = second >= 120 && second < 180;
      evening.says(10, [1], bytes);
      evening.house.pass(1_000);
    }
    evening.ends();
    evening.house.pass(130_000);
    return evening;
  }

  it("loses nothing of what fits into the spool", () => {
    // 60 s of it are less than 8 MiB.
    const bytes = Math.floor(SPOOL_BYTES / 620) - 100;
    const evening = throughAFault(bytes);
    expect(keptIn(evening.house)).toEqual(evening.said);
    expect(evening.house.node.kept?.recording.gaps).toEqual([]);
  });

  it("beyond it loses the oldest that was not stored, lists exactly that as a gap, and goes on", () => {
    const evening = throughAFault(Math.floor(SPOOL_BYTES / 400));
    const { gaps = [] } = evening.house.node.kept?.recording ?? {};
    expect(gaps).toHaveLength(1);
    const [gap] = gaps;
    const isLost = (one: string) => {
      const sequence = Number(one.split(".")[1]);
      return sequence > (gap?.from.sequence ?? 0) && sequence < (gap?.to.sequence ?? 0);
    };
    const lost = evening.said.filter(isLost);
    expect(gap?.from.sequence).toBeGreaterThanOrEqual(1_160);
    expect(gap?.from.sequence).toBeLessThanOrEqual(1_200);
    // Of 60 s the newest 40 or so fit.
    expect(lost.length).toBeGreaterThan(150);
    expect(lost.length).toBeLessThan(300);
    expect(keptIn(evening.house)).toEqual(evening.said.filter((one) => !isLost(one)));
  });
});

describe("a room that ends while storage is away", () => {
  it("is not whole until all of it is stored, whether any of it was stored before or not", () => {
    for (const before of [0, 100]) {
      const evening = new Evening();
      const { house } = evening;
      evening.turn(true);
      evening.says(before);
      house.fails = true;
      evening.says(100);
      evening.ends();
      expect([house.node.kept?.ended, house.node.owesKept]).toEqual([before > 0 ? true : undefined, true]);
      house.fails = false;
      house.pass(10_000);
      expect([house.node.kept?.ended, house.node.owesKept]).toEqual([true, false]);
      expect(keptIn(house)).toEqual(evening.said);
    }
  });
});
