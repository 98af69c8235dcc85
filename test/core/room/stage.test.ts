import { describe, expect, it } from "vitest";
import { handsAre } from "../../../src/core/room/hands.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { isHeard, isHeardOnStage, mayCome } from "../../../src/core/room/stage.ts";
import { newRoom } from "../../../src/core/room/state.ts";
import { stageStateOf } from "../../../src/core/wire/room-states.ts";
import { roomId } from "../../support/build.ts";
import { aStage, FIRST, HOST, LISTENER, Play, SECOND, SPEAKER } from "./people.ts";

const roleOf = ({ room }: Play, who = SPEAKER) => room.speakers.get(who)?.role;

describe("a stage", () => {
  it("takes no more than it may, those who were asked up among them", () => {
    const play = new Play(newRoom({ id: roomId("demo"), title: "Demo", chunkMs: 100, maxSpeakers: 2 })).comes(HOST, "host");
    play.asks(HOST, { type: "invite", session: LISTENER });
    expect(play.asks(HOST, { type: "invite", session: SPEAKER }).refused).toBe("stage-full");
  });

  it("that is locked takes nobody, and who was asked up is told", () => {
    const play = aStage().asks(HOST, { type: "invite", session: LISTENER }).asks(FIRST, { type: "lock-stage", locked: true });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: LISTENER, code: "stage-locked" }));
    expect(roleOf(play.comes(LISTENER), LISTENER)).toBeUndefined();
    expect(play.raises(LISTENER).room.hands).toEqual([]);
    expect(play.asks(HOST, { type: "invite", session: LISTENER }).refused).toBe("stage-locked");
    expect(handsAre(play.asks(HOST, { type: "lock-stage", locked: false }).room)).toBe("open");
  });

  it("keeps the place of a speaker who is away for five minutes, and a co-host's for good", () => {
    const play = aStage().leaves(SPEAKER).leaves(SECOND).passes(299_000);
    expect(roleOf(play)).toBe("speaker");
    play.passes(1_000);
    expect(roleOf(play)).toBeUndefined();
    expect(roleOf(play, SECOND)).toBe("co-host");
  });

  it("hears a sound check that the audience does not, and a room is not live by it", () => {
    const play = aStage().asks(SPEAKER, { type: "check" });
    const connection = play.room.speakers.get(SPEAKER)?.connection ?? 0;
    expect(isHeardOnStage(play.room, SPEAKER, connection)).toBe(true);
    expect(isHeard(play.room, SPEAKER, connection)).toBe(false);
    expect(play.room.phase).toBe("quiet");
  });
});

describe("a speaker who is sent back", () => {
  it("is told, loses his line, and needs a new invitation", () => {
    const play = aStage().asks(SECOND, { type: "demote", session: SPEAKER });
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "close", ending: "off-stage" }));
    expect(play.effects).toContainEqual(expect.objectContaining({ do: "whisper", to: SPEAKER, code: "demoted" }));
    expect(mayCome(play.room, SPEAKER, "speaker", play.now)).toMatchObject({ code: "off-stage" });
    expect(play.comes(SPEAKER).room.speakers.has(SPEAKER)).toBe(false);
    expect(roleOf(play.comesUp(SPEAKER))).toBe("speaker");
  });
});

describe("who stands by", () => {
  const told = (play: Play) => stageStateOf(play.room, { revision: 1, roomTime: 0 }).speakers.find(({ session: one }) => one === SPEAKER);

  it("says so himself, everybody reads it, and it outlives his line and the room's object", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "standby", on: true });
    expect(play.did).toEqual(["save", "tell-stage"]);
    expect(told(play)).toMatchObject({ state: "on-air", standby: true });
    play.leaves(SPEAKER).event({ type: "woke" }).comes(SPEAKER);
    expect(told(play)).toMatchObject({ standby: true });
    expect(told(play.asks(SPEAKER, { type: "standby", on: false }))).not.toHaveProperty("standby");
  });

  it("is told to have stepped in, which is no change that must be kept", () => {
    const play = aStage().asks(SPEAKER, { type: "on-air" }).asks(SPEAKER, { type: "standby", on: true });
    const voice = play.room.speakers.get(SPEAKER)?.voice ?? 0;
    expect(play.event({ type: "stepped-in", voices: [voice] }).did).toEqual(["tell-stage"]);
    expect(told(play)).toMatchObject({ steppedIn: true });
    expect(told(play.event({ type: "stepped-in", voices: [] }))).not.toHaveProperty("steppedIn");
  });

  it("is nobody in a room that was kept before anybody could", () => {
    const { steppedIn: _, ...older } = JSON.parse(formatRoom(aStage().room));
    for (const speaker of older.speakers) delete speaker.standsBy;
    const room = parseRoom(JSON.stringify(older));
    expect(room?.steppedIn).toEqual([]);
    expect([...(room?.speakers.values() ?? [])].every(({ standsBy }) => !standsBy)).toBe(true);
  });
});
