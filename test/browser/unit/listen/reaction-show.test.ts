import { describe, expect, it } from "vitest";
import { ReactionShow } from "../../../../src/browser/listen/reaction-show.ts";

describe("reactions on a page", () => {
  it("are the difference to what was told before; who comes in sees nothing of the evening so far", () => {
    const show = new ReactionShow();
    expect(show.told({ clap: 4_000 })).toEqual([]);
    expect(show.told({ clap: 4_002, heart: 1 })).toEqual([
      { reaction: "clap", times: 2 },
      { reaction: "heart", times: 1 },
    ]);
    expect(show.told({ clap: 4_002, heart: 1 })).toEqual([]);
  });

  it("show one's own tap once, and not again when the room has counted it", () => {
    const show = new ReactionShow();
    show.told({});
    show.tapped("wow");
    expect(show.told({ wow: 1 })).toEqual([]);
    expect(show.told({ wow: 2 })).toEqual([{ reaction: "wow", times: 1 }]);
  });

  it("are bounded, whatever a crowd does, and leave out none that was tapped", () => {
    const show = new ReactionShow();
    show.told({});
    const burst = show.told({ clap: 1_000_000, heart: 500_000, no: 1 });
    expect(burst.map(({ reaction }) => reaction)).toEqual(["clap", "heart", "no"]);
    expect(burst.reduce((sum, { times }) => sum + times, 0)).toBeLessThanOrEqual(14 + 6);
  });

  it("of a room that began anew count from there", () => {
    const show = new ReactionShow();
    show.told({ clap: 50 });
    expect(show.told({ clap: 3 })).toEqual([]);
    expect(show.told({ clap: 4 })).toEqual([{ reaction: "clap", times: 1 }]);
  });
});
