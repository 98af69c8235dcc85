import { describe, expect, it } from "vitest";
import { Continuity } from "../../../src/cli/listen/continuity.ts";

function hearing(...chunks: readonly (readonly [epoch: number, sequence: number])[]): Continuity {
  const continuity = new Continuity();
  for (const [epoch, sequence] of chunks) continuity.hear(epoch, sequence);
  return continuity;
}

describe("whoever checks that no chunk is missing", () => {
  it("begins wherever the greeting begins", () => {
    expect(hearing([3, 41], [3, 42]).heard()).toEqual({ chunks: 2, holes: 0, repeats: 0, gaps: 0, epochs: 1 });
  });

  it("counts each chunk that was left out", () => {
    expect(hearing([1, 1], [1, 4]).heard().holes).toBe(2);
  });

  it("counts what comes again or too late, and does not take it for new", () => {
    const continuity = hearing([1, 1], [1, 2], [1, 2], [1, 1]);
    expect(continuity.heard()).toMatchObject({ chunks: 2, repeats: 2, holes: 0 });
    expect(continuity.last).toEqual({ epoch: 1, sequence: 2 });
    expect(continuity.hear(0, 9)).toBe(false);
  });

  it("counts no hole where a gap text said what would not come", () => {
    const continuity = hearing([1, 1]);
    continuity.gap({ epoch: 2, sequence: 5 });
    continuity.hear(2, 5);
    continuity.hear(2, 6);
    expect(continuity.heard()).toEqual({ chunks: 3, holes: 0, repeats: 0, gaps: 1, epochs: 2 });
  });

  it("counts what is missing behind an announced gap", () => {
    const continuity = hearing([1, 1]);
    continuity.gap({ epoch: 2, sequence: 5 });
    continuity.hear(2, 8);
    expect(continuity.heard().holes).toBe(3);
  });

  it("counts an epoch that begins without a word", () => {
    expect(hearing([1, 1], [2, 1]).heard().holes).toBe(1);
  });
});
