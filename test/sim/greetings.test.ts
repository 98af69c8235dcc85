import { afterEach, describe, expect, it, vi } from "vitest";
import { Greetings } from "../../src/sim/greetings.ts";
import { crowdArrives } from "../../src/sim/scenarios/crowd-arrives.ts";
import { type Asked, simulate } from "../../src/sim/simulate.ts";

const asked: Asked = { scenario: crowdArrives, seed: 7, listeners: 5_000, arrivals: 2_000, seconds: 25 };

describe("who is greeted with the words that another was greeted with", () => {
  afterEach(() => vi.restoreAllMocks());

  it("makes the same evening as if a mind had been asked for each, byte for byte", () => {
    const alike = vi.spyOn(Greetings.prototype, "repeat");
    const evening = JSON.stringify(simulate(asked));
    expect(alike.mock.calls.length).toBeGreaterThan(1_000);
    vi.spyOn(Greetings.prototype, "alike").mockReturnValue(undefined);
    expect(JSON.stringify(simulate(asked))).toBe(evening);
  });
});
