import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { env, workerdHouse } from "../../contract/workerd-house.ts";

describe("a leaf that sleeps while its listeners wait", () => {
  it("wakes with the first word, and all of them hear it", async () => {
    const room = await workerdHouse.open();
    const ears = [await room.listener(), await room.listener(), await room.listener()];
    await workerdHouse.eventually("all are welcome", () => ears.every((ear) => ear.texts.some((text) => text.type === "welcome")));
    let asleep = 0;
    for (const id of await listDurableObjectIds(env.LEAF)) {
      await evictDurableObject(env.LEAF.get(id));
      asleep++;
    }
    expect(asleep).toBeGreaterThan(0);
    const host = await room.host();
    host.say({ type: "on-air" });
    host.speak();
    await workerdHouse.eventually("all hear", () => ears.every((ear) => ear.frames > 10));
    for (const ear of ears) {
      expect(ear.chunks[0]).toEqual({ epoch: 1, sequence: 1 });
      expect(ear.texts.filter((text) => text.type === "welcome")).toHaveLength(1);
    }
    host.leave();
  });
});
