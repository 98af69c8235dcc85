import { describe, expect, it } from "vitest";
import { Hearing } from "../../../src/cli/crowd/hearing.ts";
import { PartTally } from "../../../src/cli/crowd/tally.ts";
import { aChunk } from "../../support/build.ts";

function aHearing() {
  const tally = new PartTally();
  const times = tally.times.steady;
  const hearing = new Hearing(tally, times, 0);
  const hears = (now: number, sequence: number, epoch: number, isSilent = false): void =>
    hearing.message(Buffer.from(aChunk(sequence, { epoch, ...(isSilent ? { blocks: [] } : {}) })), now);
  return { times, hears };
}

describe("what a listener waits for a new host", () => {
  it("is counted from the last word of the old epoch to the first of the new, whatever silence was told between", () => {
    const { times, hears } = aHearing();
    hears(1_000, 1, 1);
    hears(1_100, 2, 1);
    hears(1_200, 3, 1, true);
    hears(2_200, 13, 1, true);
    hears(3_000, 1, 2, true);
    hears(3_400, 5, 2);
    hears(3_500, 6, 2);
    expect(times.epochGap.spread()).toMatchObject({ count: 1, max: 2_300 });
  });

  it("is nothing for who hears one host, nor for who comes to the second", () => {
    const { times, hears } = aHearing();
    hears(1_000, 1, 2);
    hears(3_000, 21, 2);
    expect(times.epochGap.spread().count).toBe(0);
  });
});
