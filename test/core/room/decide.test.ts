import { describe, expect, it } from "vitest";
import { parseSessionId, type SessionId } from "../../../src/core/ids.ts";
import { decide } from "../../../src/core/room/decide.ts";
import { anybodyOnAir, isHeard } from "../../../src/core/room/stage.ts";
import { newRoom, type Room, type RoomEffect, type RoomEvent } from "../../../src/core/room/state.ts";
import type { Deed } from "../../../src/core/room/verbs.ts";
import { roomId } from "../../support/build.ts";

const host = session("host-0001");

function session(text: string): SessionId {
  const found = parseSessionId(text);
  if (found === undefined) throw new Error(text);
  return found;
}

function aRoom(...events: RoomEvent[]): { room: Room; effects: readonly RoomEffect[] } {
  const empty = newRoom({ id: roomId("demo"), title: "Demo", chunkMs: 100 });
  let last: readonly RoomEffect[] = [];
  let room: Room = empty;
  for (const event of events) {
    const decision = decide(room, event, 0);
    room = decision.room;
    last = decision.effects;
  }
  return { room, effects: last };
}

const came = (connection: number): RoomEvent => ({ type: "speaker-came", session: host, name: "Host", connection, as: "host" });
const asks = (deed: Deed): RoomEvent => ({ type: "asked", by: host, as: "host", deed });
const onAir = asks({ type: "on-air" });
const heardOf = ({ speakers }: Room) => [...speakers.values()].filter(({ air }) => air === "on");

describe("a host who comes", () => {
  it("is off air until he says so himself", () => {
    const { room } = aRoom(came(1));
    expect(isHeard(room, host, 1)).toBe(false);
    expect(heardOf(room)).toEqual([]);
  });

  it("has the clock made ready at once, so that his first word waits for nothing, and not again while the room is live", () => {
    expect(aRoom(came(1)).effects).toContainEqual({ do: "ready-clock" });
    expect(aRoom(came(1), onAir, came(2)).effects).not.toContainEqual({ do: "ready-clock" });
  });

  it("and goes on air starts the clock and makes the room live", () => {
    const { room, effects } = aRoom(came(1), onAir);
    expect(room.phase).toBe("live");
    expect(effects.map((effect) => effect.do)).toEqual(["save", "start-clock", "tell-room", "tell-stage"]);
    expect(isHeard(room, host, 1)).toBe(true);
  });
});

describe("a host who comes again with the same ticket", () => {
  it("silences his older window, keeps his voice, and is off air until he says so", () => {
    const { room, effects } = aRoom(came(1), onAir, came(2));
    expect(effects).toContainEqual({ do: "close", connection: 1, ending: "superseded" });
    expect(isHeard(room, host, 1)).toBe(false);
    expect(isHeard(room, host, 2)).toBe(false);
    expect(isHeard(aRoom(came(1), onAir, came(2), onAir).room, host, 2)).toBe(true);
    expect(room.speakers.get(host)?.voice).toBe(1);
  });

  it("is not thrown off by the end of the older connection", () => {
    const { room } = aRoom(came(1), onAir, came(2), onAir, { type: "speaker-left", session: host, connection: 1 });
    expect(isHeard(room, host, 2)).toBe(true);
  });
});

describe("a host who is lost", () => {
  it("stays on stage as away, and the room stays live", () => {
    const { room } = aRoom(came(1), onAir, { type: "speaker-left", session: host, connection: 1 });
    expect(heardOf(room)).toMatchObject([{ connection: undefined }]);
    expect(anybodyOnAir(room)).toBe(false);
    expect(room.phase).toBe("live");
  });

  it("for long, leaves a quiet room; nothing is over", () => {
    const { room, effects } = aRoom(
      came(1),
      onAir,
      { type: "speaker-left", session: host, connection: 1 },
      { type: "nobody-on-air-for-long" },
    );
    expect(room.phase).toBe("quiet");
    expect(effects.map((effect) => effect.do)).toEqual(["stop-clock", "tell-room"]);
  });

  it("and was back before that, leaves a live one", () => {
    const { room } = aRoom(came(1), onAir, { type: "speaker-left", session: host, connection: 1 }, came(2), onAir, {
      type: "nobody-on-air-for-long",
    });
    expect(room.phase).toBe("live");
  });
});

describe("a muted host", () => {
  it("is on air but not heard, and what waited to be sent is dropped", () => {
    const { room, effects } = aRoom(came(1), onAir, asks({ type: "mute", muted: true }));
    expect(isHeard(room, host, 1)).toBe(false);
    expect(effects).toContainEqual({ do: "silence", voice: 1 });
    expect(anybodyOnAir(room)).toBe(true);
  });
});

describe("a room whose claim is refused", () => {
  it("falls quiet, and nobody on its stage is on air", () => {
    const { room } = aRoom(came(1), onAir, { type: "claim-refused" });
    expect(room.phase).toBe("quiet");
    expect(heardOf(room)).toEqual([]);
  });
});

describe("an ended room", () => {
  it("stays ended, whatever happens", () => {
    const { room, effects } = aRoom(came(1), onAir, asks({ type: "end" }), came(2), onAir);
    expect(room.phase).toBe("ended");
    expect(effects.map((effect) => effect.do)).toEqual(["refuse"]);
  });
});
