import { describe, expect, it } from "vitest";
import { Ears } from "../../../../src/browser/listen/ears.ts";
import { type Hearing, NOTHING_YET } from "../../../../src/browser/listen/hearing.ts";

const FACTS = { at: undefined, playing: true, bufferMs: 100, behindMs: 0, holes: 0, stalls: 0, stalledMs: 0, splices: 0 };

describe("a player", () => {
  it("says once that sound comes out, and once that it does no more, but not for a pause", () => {
    const ears = new Ears();
    expect(ears.news(hearing(false), false, 0)).toBeUndefined();
    expect(ears.news(hearing(true), false, 1_000)).toBe(true);
    expect(ears.news(hearing(true), false, 2_000)).toBeUndefined();
    expect(ears.news(hearing(false), false, 5_000)).toBeUndefined();
    expect(ears.news(hearing(false), false, 6_500)).toBe(false);
    expect(ears.news(hearing(false), false, 9_000)).toBeUndefined();
  });

  it("says at once that it was made silent", () => {
    const ears = new Ears();
    ears.news(hearing(true), false, 0);
    expect(ears.news(hearing(true), true, 100)).toBe(false);
    expect(ears.news(hearing(true), false, 200)).toBe(true);
  });

  it("says it anew to each leaf that welcomes it, and nothing to a line that is not open", () => {
    const ears = new Ears();
    expect(ears.news(hearing(true), false, 0)).toBe(true);
    expect(ears.news(hearing(true, { link: "waiting" }), false, 100)).toBeUndefined();
    expect(ears.news(hearing(true, { welcomes: 2 }), false, 200)).toBe(true);
    expect(ears.news(hearing(true, { welcomes: 2 }), false, 300)).toBeUndefined();
  });
});

function hearing(playing: boolean, over: Partial<Hearing> = {}): Hearing {
  return {
    ...NOTHING_YET,
    phase: "live",
    listeners: undefined,
    link: "open",
    listening: true,
    welcomes: 1,
    facts: { ...FACTS, playing },
    ...over,
  };
}
