import { describe, expect, it } from "vitest";
import { parseRoomId, parseSessionId, type SessionId } from "../../../src/core/ids.ts";
import { decide } from "../../../src/core/room/decide.ts";
import { newRoom, type Room } from "../../../src/core/room/state.ts";
import { formatGap, formatWelcome } from "../../../src/core/tree/down/greeting.ts";
import { parseListenerHears, parseStageHears } from "../../../src/core/wire/parse.ts";
import { audienceStateOf, roomStateOf, stageStateOf } from "../../../src/core/wire/room-states.ts";
import * as golden from "../../golden/texts-v1.ts";

/** A room with a host on air, as the golden texts tell of it. */
function liveRoom(): Room {
  const id = parseRoomId("demo");
  const session: SessionId | undefined = parseSessionId("host-7c5e");
  if (id === undefined || session === undefined) throw new Error("bad names");
  const empty = newRoom({ id, title: "Friday talk", chunkMs: 100 });
  const { room } = decide(empty, { type: "speaker-came", session, name: "Host", connection: 1, as: "host" }, 0);
  return decide(room, { type: "asked", by: session, as: "host", deed: { type: "on-air" } }, 0).room;
}

describe("texts of version 1", () => {
  it("are written as they were shipped", () => {
    const states = [
      roomStateOf(liveRoom(), 3, { revision: 4_294_967_297, roomTime: 0 }),
      stageStateOf(liveRoom(), { revision: 4_294_967_298, roomTime: 1_200 }),
      audienceStateOf({ listeners: 1_421 }, { revision: 4_294_967_299, roomTime: 2_400 }),
    ];
    const shipped = [golden.ROOM_V1, golden.STAGE_V1, golden.AUDIENCE_V1_WINDOW].map((text) => JSON.parse(text));
    // What came later stands beside what was shipped, never in its place.
    expect(JSON.parse(JSON.stringify(states))).toMatchObject(shipped);
    const before = [golden.ROOM_V1, golden.STAGE_V1, golden.AUDIENCE_V1];
    expect(formatWelcome(before, 4_294_967_299, 2_500, { epoch: 3, sequence: 25 }, { acks: false, segments: undefined })).toBe(
      golden.WELCOME_V1,
    );
    const gap = { reason: "epoch", from: { epoch: 2, sequence: 977 }, to: { epoch: 3, sequence: 1 } } as const;
    expect(formatGap(gap, 2_500)).toBe(golden.GAP_V1);
  });

  it("are read by a listener, field by field", () => {
    for (const text of [golden.WELCOME_V1, golden.GAP_V1, golden.ROOM_V1, golden.STAGE_V1, golden.AUDIENCE_V1, golden.AUDIENCE_V1_WINDOW]) {
      expect(parseListenerHears(text)).toMatchObject(JSON.parse(text));
    }
  });

  it("are read by a speaker, field by field", () => {
    for (const text of [golden.STAGE_WELCOME_V1, golden.REFUSED_V1, golden.PONG_V1, golden.STAGE_V1]) {
      expect(parseStageHears(text)).toMatchObject(JSON.parse(text));
    }
  });

  it("with fields that came later are read as if these were not there", () => {
    const later = golden.ROOM_V1.replace('"chunkMs"', '"colour":"red","chunkMs"');
    expect(parseListenerHears(later)).toEqual(parseListenerHears(golden.ROOM_V1));
  });
});
