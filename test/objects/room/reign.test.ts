import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { roomStub } from "../../../src/objects/locate.ts";
import { RoomStore } from "../../../src/objects/room/room-store.ts";
import { Audience } from "../../../src/objects/tree/audience-object.ts";
import { call, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const { eventually } = workerdHouse;

describe("a room to whose stage somebody comes", () => {
  afterEach(() => vi.restoreAllMocks());

  it("has its epoch before he is on air, though its audience did not answer at first", async () => {
    const room = "reign-early";
    const made = await call("POST", "/api/rooms", { title: "Talk", room });
    const { hostTicket } = await made.json<{ hostTicket: string }>();
    const away = async () => {
      throw new Error("away");
    };
    const claim = vi.spyOn(Audience.prototype, "claim").mockImplementationOnce(away).mockImplementationOnce(away);
    const host = await connectSpeaker(room, hostTicket);
    const kept = () =>
      runInDurableObject(roomStub(env, roomId(room)) as DurableObjectStub, (_, { storage }) => new RoomStore(storage).load());
    await eventually("it has one", async () => (await kept())?.epoch === 1);
    expect(claim).toHaveBeenCalledTimes(3);
    expect(host.heard.some((text) => text.type === "room" && text.phase === "live")).toBe(false);
    host.leave();
  });
});
