import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { TreeNode } from "../../src/core/tree/node.ts";
import { holesIn } from "../contract/house.ts";
import { env, workerdHouse } from "../contract/workerd-house.ts";

/** From here on, whatever this relay sends to whom it feeds now is lost on the way, and no link closes. */
async function swallowAll(relay: DurableObjectId): Promise<void> {
  await runInDurableObject(env.RELAY.get(relay), (instance) => {
    const mind: unknown = Reflect.get(instance, "mind");
    if (!(mind instanceof TreeNode)) throw new Error("a relay has no mind");
    for (const link of mind.down.live) Reflect.set(Object(link), "send", () => undefined);
  });
}

describe("relays that go silent without closing a link", () => {
  it("are noticed within 4 s, and cost their listeners no chunk and no connection", async () => {
    const room = await workerdHouse.open();
    const host = await room.host();
    host.say({ type: "on-air" });
    host.speak();
    const ears = [await room.listener(), await room.listener(), await room.listener()];
    await workerdHouse.eventually("they hear", () => ears.every((ear) => ear.chunks.length >= 10));
    for (const relay of await listDurableObjectIds(env.RELAY)) await swallowAll(relay);
    const heard = ears.map((ear) => ear.chunks.length);
    await workerdHouse.pass(500);
    const then = ears.map((ear) => ear.chunks.length);
    await workerdHouse.pass(500);
    expect(ears.map((ear) => ear.chunks.length)).toEqual(then);
    const since = Date.now();
    await workerdHouse.eventually("they hear on", () => ears.every((ear, index) => ear.chunks.length > (heard[index] ?? 0) + 20));
    console.log(`heard again ${Date.now() - since + 1_000} ms after the links fell silent`);
    for (const ear of ears) {
      expect(holesIn(ear)).toBe(0);
      expect(ear.closed).toBeUndefined();
    }
    host.leave();
  });
});
