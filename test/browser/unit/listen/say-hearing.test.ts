import { describe, expect, it } from "vitest";
import { type Hearing, NOTHING_YET } from "../../../../src/browser/listen/hearing.ts";
import { sayMissed } from "../../../../src/browser/listen/say-hearing.ts";

function hearing(of: Partial<Hearing>): Hearing {
  return { ...NOTHING_YET, phase: "live", listeners: undefined, ...of };
}

describe("the notice on a listener's page", () => {
  it("says where the room goes on when another took the audience over, by its title as soon as that is known", () => {
    const room = {
      type: "room",
      for: "all",
      revision: 1,
      roomTime: 0,
      room: "after",
      title: "Second half",
      phase: "live",
      chunkMs: 100,
      epoch: 2,
      host: "here",
      locked: false,
      stageLocked: false,
      recorded: false,
      recordable: false,
      hands: "closed",
    } as const;
    expect(sayMissed(hearing({ moved: "after" }))).toContain("“after” goes on here");
    expect(sayMissed(hearing({ moved: "after", room, missed: { ms: 0, anew: true } }))).toContain("“Second half” goes on here");
  });

  it("says what was missed before anything else, and nothing when nothing was", () => {
    expect(sayMissed(hearing({ moved: "after", missed: { ms: 4_000, anew: false } }))).toContain("4 s of sound");
    expect(sayMissed(hearing({}))).toBeUndefined();
  });
});
