import { describe, expect, it } from "vitest";
import { Porch } from "../../src/sim/porch.ts";
import { Travellers } from "../../src/sim/travellers.ts";

const LEAF = 3;

function aPorch(): { porch: Porch; comes: (at: number) => boolean; look: (now: number) => void } {
  const travellers = new Travellers(100);
  const porch = new Porch(travellers);
  porch.build(LEAF);
  porch.tell(LEAF, 10, 1);
  const comes = (at: number): boolean => porch.expect(travellers.add("weur"), LEAF, at);
  return { porch, comes, look: (now) => porch.arrivals(LEAF, now, () => undefined) };
}

describe("the porch of a leaf", () => {
  it("counts who was let in though nobody has looked at the leaf since, and each of them once", () => {
    const { porch, comes, look } = aPorch();
    for (const at of [1_100, 1_900, 2_600]) comes(at);
    expect([porch.letIn(1_000), porch.letIn(1_250), porch.letIn(2_000)]).toEqual([0, 1, 2]);
    look(2_000);
    expect([porch.letIn(2_000), porch.letIn(3_000)]).toEqual([0, 1]);
  });

  it("says once that there will be news, and again after it was told", () => {
    const { porch, comes, look } = aPorch();
    expect([comes(1_000), comes(1_100)]).toEqual([true, false]);
    look(1_050);
    expect(porch.told(LEAF)).toBe(true);
    look(1_200);
    expect([porch.told(LEAF), comes(2_000)]).toEqual([false, true]);
  });
});
