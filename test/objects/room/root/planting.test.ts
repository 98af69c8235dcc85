import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../../src/core/ids.ts";
import { audienceStub, roomStub } from "../../../../src/objects/locate.ts";
import type { Expected } from "../../../../src/objects/room/room-store.ts";
import type { OpenRoom } from "../../../contract/house.ts";
import { env, workerdHouse } from "../../../contract/workerd-house.ts";
import { untilDue } from "../../chores.ts";

const HOUR_MS = 3_600_000;

async function aPlantedRoom(): Promise<{ room: OpenRoom; stub: DurableObjectStub; isPlanted: () => Promise<boolean> }> {
  const room = await workerdHouse.open(100, { leaves: 1, leafListeners: 8 });
  await room.expect(60);
  await allReady(room);
  const { root, audience } = await room.plan();
  const isPlanted = async () => (await audienceStub(env, audience).look())?.plan.planted ?? false;
  expect(audience).toBe(audienceOf(root));
  return { room, stub: roomStub(env, root) as DurableObjectStub, isPlanted };
}

async function allReady(room: OpenRoom): Promise<void> {
  await workerdHouse.eventually("all leaves are ready", async () => (await room.progress()).ready === 11);
}

/** The crowd was told of so many hours ago. */
async function toldBefore(stub: DurableObjectStub, hours: number): Promise<void> {
  await runInDurableObject(stub, (_, { storage }) => {
    const expected = storage.kv.get<Expected>("expected");
    if (expected !== undefined) storage.kv.put("expected", { ...expected, since: Date.now() - hours * HOUR_MS });
  });
}

describe("a planted room's minute", () => {
  it("brings leaves back that died while nobody listened", async () => {
    const { room, stub } = await aPlantedRoom();
    await room.killLeaves();
    await workerdHouse.eventually("they are missed", async () => (await room.progress()).ready === 0);
    expect(await untilDue(stub, "heartbeat")).toBe(true);
    await allReady(room);
  });

  it("comes again and again, until a day has gone by in which nobody went live", async () => {
    const { stub, isPlanted } = await aPlantedRoom();
    await toldBefore(stub, 23);
    expect(await untilDue(stub, "heartbeat")).toBe(true);
    expect(await isPlanted()).toBe(true);
    await toldBefore(stub, 25);
    expect(await untilDue(stub, "heartbeat")).toBe(true);
    await workerdHouse.eventually("nodes may rest", async () => !(await isPlanted()));
    expect(await untilDue(stub, "heartbeat")).toBe(false);
  });

  it("comes for longer in a room that went live, and not any more when it is over", async () => {
    const { room, stub, isPlanted } = await aPlantedRoom();
    const host = await room.host();
    host.say({ type: "on-air" });
    const ear = await room.listener();
    host.speak();
    await workerdHouse.eventually("he hears", () => ear.frames > 0);
    await toldBefore(stub, 25);
    expect(await untilDue(stub, "heartbeat")).toBe(true);
    expect(await isPlanted()).toBe(true);
    host.say({ type: "end" });
    await workerdHouse.eventually("it is over", () => ear.closed !== undefined);
    await workerdHouse.eventually("there is no next minute", async () => !(await untilDue(stub, "heartbeat")));
  });
});
