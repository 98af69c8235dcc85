import { describe, expect, it } from "vitest";
import type { Deed } from "../../../src/core/room/verbs.ts";
import { aStage, FIRST, HOST, type Play, SPEAKER } from "./people.ts";

const words = (over: object = {}): Deed => ({ type: "caption", id: "line-1", text: "How a forest listens", final: false, ...over });

/** What is written down after the last event: whose words, and whether a line may be begun. */
function written(play: Play) {
  return play.effects.flatMap((effect) => (effect.do === "caption" ? [`${effect.of.session} ${effect.mayBegin}`] : []))[0];
}

describe("what is said on stage, in words", () => {
  it("is written down while the audience hears it", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, words());
    expect(written(play)).toBe(`${SPEAKER} true`);
  });

  it("is only brought to its end by who is off air, or has muted himself", () => {
    expect(written(aStage().asks(SPEAKER, words()))).toBe(`${SPEAKER} false`);
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "mute", muted: true });
    expect(written(play.asks(SPEAKER, words({ final: true })))).toBe(`${SPEAKER} false`);
  });

  it("is not written down of whom a host has muted, whoever writes", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(HOST, { type: "mute", muted: true, session: SPEAKER });
    expect(play.asks(SPEAKER, words({ final: true })).refused).toBe("caption-off-air");
    expect(play.asks(FIRST, words({ session: SPEAKER })).refused).toBe("caption-off-air");
  });

  it("is written down by who runs the room, for whoever speaks", () => {
    const play = aStage()
      .asks(SPEAKER, { type: "on-air" })
      .asks(FIRST, words({ session: SPEAKER }));
    expect(written(play)).toBe(`${SPEAKER} true`);
  });

  it("is nobody's who is not there: the host's program waits for the host", () => {
    const play = aStage()
      .asks(HOST, { type: "demote", session: SPEAKER })
      .asks(HOST, words({ session: SPEAKER }));
    expect(play.refused).toBe("not-on-stage");
  });
});
