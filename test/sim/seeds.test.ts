import { describe, expect, it } from "vitest";
import { anything } from "../../src/sim/scenarios/anything.ts";
import { type Asked, replayOf, simulate } from "../../src/sim/simulate.ts";

/** Evenings in which anything breaks at any time; a failing one prints the line that plays it again. */
function evening(seed: number, listeners: number, seconds: number): void {
  const asked: Asked = { scenario: anything, seed, listeners, arrivals: listeners / 5, seconds };
  const { broken } = simulate(asked);
  expect(broken, replayOf(asked)).toEqual([]);
}

describe("whatever breaks, every rule holds", () => {
  it.each(Array.from({ length: 20 }, (_, decade) => decade))("for 20,000 listeners, ten seeds, decade %i", (decade) => {
    for (let seed = decade * 10; seed < decade * 10 + 10; seed++) evening(seed, 20_000, 25);
  });
});
