import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { heldSockets } from "../../../src/objects/sockets.ts";
import { env, workerdHouse } from "../../contract/workerd-house.ts";

describe("sockets held by this process", () => {
  it("are counted once, however often their object sleeps, and not at all when they are gone", async () => {
    const room = await workerdHouse.open();
    const ears = [await room.listener(), await room.listener(), await room.listener()];
    await workerdHouse.eventually("all are welcome", () => ears.every((ear) => ear.texts.some((text) => text.type === "welcome")));
    const before = heldSockets();
    for (const id of await listDurableObjectIds(env.LEAF)) await evictDurableObject(env.LEAF.get(id));
    const late = await room.listener();
    await workerdHouse.eventually("the late one is welcome", () => late.texts.length > 0);
    expect(heldSockets()).toBe(before + 1);
    for (const ear of [...ears, late]) ear.leave();
    await workerdHouse.eventually("none is held", () => heldSockets() === before - 3);
  });
});
