import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { formatRoom, parseRoom } from "../../../src/core/room/saved.ts";
import { audienceStub } from "../../../src/objects/locate.ts";
import { call, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const { eventually, pass } = workerdHouse;

let rooms = 0;

async function aRoom() {
  const room = `locking-${Date.now().toString(36)}-${++rooms}`;
  const created = await call("POST", "/api/rooms", { title: "Locking", room });
  const { hostTicket } = await created.json<{ hostTicket: string }>();
  const bearer = { Authorization: `Bearer ${hostTicket}` };
  return {
    host: () => connectSpeaker(room, hostTicket),
    lock: (locked: boolean) => call("POST", `/api/rooms/${room}/lock-room`, { locked }, bearer),
    isPrivate: async () => (await audienceStub(env, audienceOf(roomId(room))).look())?.plan.listenTicket === true,
    stub: env.ROOM.get(env.ROOM.idFromName(roomId(room))) as DurableObjectStub,
  };
}

describe("a room that is locked", () => {
  it("is private though it was opened a moment before, and open though it was locked a moment before", async () => {
    const room = await aRoom();
    await room.lock(true);
    await eventually("it is private", room.isPrivate);
    await Promise.all([room.lock(false), room.lock(true)]);
    await pass(500);
    expect(await room.isPrivate()).toBe(true);
    await Promise.all([room.lock(true), room.lock(false)]);
    await pass(500);
    expect(await room.isPrivate()).toBe(false);
  });

  it("is private for its edges too when its object died between the two", async () => {
    const room = await aRoom();
    await room.lock(false);
    await runInDurableObject(room.stub, async (_, { storage }) => {
      const people = parseRoom(String(await storage.get("people")));
      if (people === undefined) throw new Error("nobody is kept");
      await storage.put("people", formatRoom({ ...people, locked: true }));
    });
    await runInDurableObject(room.stub, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    const host = await room.host();
    await eventually("it is private", room.isPrivate);
    host.leave();
  });
});
