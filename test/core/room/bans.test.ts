import { describe, expect, it } from "vitest";
import { mayCome } from "../../../src/core/room/stage.ts";
import { aStage, FIRST, HOST, LISTENER, SECOND, SPEAKER, session } from "./people.ts";

describe("somebody who is removed", () => {
  it("is out at once, wherever he is, and his ticket is dead", () => {
    const play = aStage().asks(FIRST, { type: "remove", session: SPEAKER });
    expect(play.did).toEqual(["save", "silence", "dismiss", "tell-stage", "tell-people", "tell-bans", "close"]);
    expect(mayCome(play.room, SPEAKER, "speaker", play.now)).toMatchObject({ code: "removed" });
    expect(play.asks(HOST, { type: "invite", session: SPEAKER }).refused).toBe("kept-out");
  });

  it("takes his hand and his questions with him", () => {
    const play = aStage().raises(LISTENER);
    play.event({ type: "question", id: "question-1", session: LISTENER, name: "Lis", text: "Why?" });
    play.asks(HOST, { type: "pin", question: "question-1" }).asks(HOST, { type: "remove", session: LISTENER });
    expect(play.room).toMatchObject({ hands: [], questions: [], pinned: undefined });
    expect(play.raises(LISTENER).room.hands).toEqual([]);
  });

  it("by his address too, is kept out by it once his leaf has told it, for a day", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: true });
    expect(play.effects).toContainEqual({ do: "dismiss", session: LISTENER, address: true });
    play.event({ type: "address", session: LISTENER, address: "a".repeat(22) });
    expect(play.room.keptOut).toMatchObject([{ session: LISTENER, byAddress: true, address: "a".repeat(22) }]);
    expect(play.did).toContain("tell-bans");
    play.passes(86_400_000);
    expect(play.did).toContain("forget-addresses");
    expect(play.room.keptOut).toMatchObject([{ session: LISTENER, banned: true, byAddress: false, address: undefined }]);
  });

  it("is not banned by what an older key made of his address: his leaf is asked", () => {
    const play = aStage();
    play.event({ type: "speaker-came", session: SPEAKER, name: "Sue", connection: 9, as: "speaker", address: "a".repeat(22) });
    play.event({ type: "key-is-old" });
    expect(play.did).toContain("forget-addresses");
    play.asks(HOST, { type: "ban", session: SPEAKER, address: true });
    expect(play.effects).toContainEqual({ do: "dismiss", session: SPEAKER, address: true });
    expect(play.event({ type: "key-is-old" }).effects).toEqual([]);
  });

  it("leaves no address behind when the room ends", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: true });
    play.event({ type: "address", session: LISTENER, address: "a".repeat(22) }).asks(HOST, { type: "end" });
    expect(JSON.stringify(play.room.keptOut)).not.toContain("aaa");
  });

  it("is let in again by a host", () => {
    const play = aStage().asks(HOST, { type: "ban", session: LISTENER, address: false }).asks(SECOND, { type: "unban", session: LISTENER });
    expect(play.room.keptOut).toEqual([]);
    expect(play.did).toContain("tell-bans");
  });

  it("is one of a thousand at the most", () => {
    const play = aStage();
    for (let index = 0; index < 1_000; index++) play.asks(HOST, { type: "remove", session: session(`listener-${index}`) });
    expect(play.asks(HOST, { type: "remove", session: LISTENER }).refused).toBe("kept-out-full");
  });
});
