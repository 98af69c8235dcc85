import { describe, expect, it } from "vitest";
import { nextDueMs } from "../../../src/core/room/decide.ts";
import { handsAre, MOST_HANDS } from "../../../src/core/room/hands.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { isHeard, mayCome } from "../../../src/core/room/stage.ts";
import { aStage, FIRST, HOST, LISTENER, Play, SPEAKER, session } from "./people.ts";

const roleOf = ({ room }: Play, who = SPEAKER) => room.speakers.get(who)?.role;

describe("a listener who raises a hand", () => {
  it("waits behind those who asked before, and is told that it is up", () => {
    const play = aStage().raises(LISTENER).raises(session("cy-listener"));
    expect(play.room.hands.map((hand) => hand.session)).toEqual([LISTENER, "cy-listener"]);
    expect(play.effects).toContainEqual({ do: "whisper", to: "cy-listener", name: "cy-listener by name", hand: "raised" });
    expect(play.did).toContain("tell-hands");
  });

  it("is granted, comes up within a minute, and is off air until he says so", () => {
    const play = aStage().raises(LISTENER).asks(HOST, { type: "invite", session: LISTENER });
    expect(play.effects).toContainEqual({ do: "whisper", to: LISTENER, name: `${LISTENER} by name`, hand: "invited" });
    play.passes(59_000).comes(LISTENER);
    expect(roleOf(play, LISTENER)).toBe("speaker");
    expect(play.room.speakers.get(LISTENER)?.air).toBe("off");
    expect(play.room.hands).toEqual([]);
    play.asks(LISTENER, { type: "on-air" });
    expect(isHeard(play.room, LISTENER, play.room.speakers.get(LISTENER)?.connection ?? 0)).toBe(true);
  });

  it("and does not come, finds the door shut, and is told so", () => {
    const play = aStage().raises(LISTENER).asks(HOST, { type: "invite", session: LISTENER });
    play.now = nextDueMs(play.room) ?? 0;
    // The host's line went silent meanwhile, and nothing else.
    play.event({ type: "line-heard", session: HOST });
    play.now += 60_000;
    play.event({ type: "time" });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: LISTENER, hand: "none", code: "expired" }));
    expect(mayCome(play.room, LISTENER, "speaker", play.now)).toMatchObject({ code: "off-stage" });
    expect(roleOf(play.comes(LISTENER), LISTENER)).toBeUndefined();
  });

  it("is declined, and may raise it again", () => {
    const play = aStage().raises(LISTENER).asks(FIRST, { type: "decline", session: LISTENER });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", hand: "none", code: "declined" }));
    expect(play.raises(LISTENER).room.hands).toHaveLength(1);
  });

  it("is forgotten after ten minutes", () => {
    expect(aStage().raises(LISTENER).passes(600_000).room.hands).toEqual([]);
  });

  it("finds a full list of fifty, and everybody is told that it is full", () => {
    const play = aStage();
    for (let index = 0; index < MOST_HANDS; index++) play.raises(session(`listener-${index}`));
    expect(play.did).toContain("tell-room");
    expect(handsAre(play.room)).toBe("full");
    expect(play.raises(LISTENER).room.hands).toHaveLength(MOST_HANDS);
  });

  it("that goes up and down where the list was full is not news to everybody: hands are taken again when ten fewer wait", () => {
    const play = aStage();
    for (let index = 0; index < MOST_HANDS; index++) play.raises(session(`listener-${index}`));
    for (let index = 0; index < 9; index++) {
      expect(play.lowers(session(`listener-${index}`)).did).not.toContain("tell-room");
      expect(handsAre(play.room)).toBe("full");
    }
    expect(play.lowers(session("listener-9")).did).toContain("tell-room");
    expect(handsAre(play.room)).toBe("open");
    expect(handsAre(play.raises(LISTENER).room)).toBe("open");
  });

  it("whose page was loaded anew is asked up again", () => {
    const play = aStage().asks(HOST, { type: "invite", session: LISTENER }).raises(LISTENER);
    expect(play.effects).toEqual([{ do: "whisper", to: LISTENER, name: "Guest", hand: "invited" }]);
  });
});

describe("what a listener asked, told again to a room that began a new life", () => {
  const hand = { type: "hand", session: LISTENER, name: "Lou", raised: true, ask: "l-lou demo.weur.0.0.7" } as const;
  const question = { type: "question", id: "question-1", session: LISTENER, name: "Lou", text: "Why?", ask: "l-lou question-1" } as const;
  const reborn = ({ room }: Play) => new Play(parseRoom(formatRoom(room)));

  it("is not done again: a declined hand stays down, an answered question answered", () => {
    const before = new Play().comes(HOST, "host").event(hand).event(question);
    before.asks(HOST, { type: "decline", session: LISTENER }).asks(HOST, { type: "answer", question: "question-1" });
    const after = reborn(before).event(hand).event(question);
    expect(after.room.hands).toEqual([]);
    expect(after.room.questions).toEqual([]);
    expect(after.effects).toEqual([]);
  });

  it("is done where it is another ask, or came to nothing before", () => {
    const before = new Play().comes(HOST, "host").asks(HOST, { type: "lock-stage", locked: true }).event(hand);
    const after = reborn(before).asks(HOST, { type: "lock-stage", locked: false }).event(hand);
    expect(after.room.hands).toHaveLength(1);
    after.asks(HOST, { type: "decline", session: LISTENER }).event({ ...hand, ask: "l-lou demo.weur.0.0.8" });
    expect(after.room.hands).toHaveLength(1);
  });
});
