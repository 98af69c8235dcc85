import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Crowd } from "../../../../src/core/tree/up/crowd.ts";
import { CrowdMemory } from "../../../../src/objects/room/root/crowd-memory.ts";
import { call, connectSpeaker, env, workerdHouse } from "../../../contract/workerd-house.ts";
import { roomId } from "../../../support/build.ts";

afterEach(() => void vi.useRealTimers());

describe("what a room knows of its audience as a whole", () => {
  it("is written a minute after it changed, once, however often that was", async () => {
    const stub = env.ROOM.get(env.ROOM.idFromName("never-made-for-memory")) as DurableObjectStub;
    await runInDurableObject(stub, async (_, { storage }) => {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      let asked = 0;
      const memory = new CrowdMemory(storage, { memory: () => `memory ${++asked}`, recall: () => undefined });
      for (let times = 0; times < 100; times++) memory.changed();
      vi.advanceTimersByTime(59_000);
      expect([asked, storage.kv.get("crowd")]).toEqual([0, undefined]);
      vi.advanceTimersByTime(1_000);
      expect([asked, storage.kv.get("crowd")]).toEqual([1, "memory 1"]);
      const recalled: string[] = [];
      new CrowdMemory(storage, { memory: () => "", recall: (text) => recalled.push(text) });
      expect(recalled).toEqual(["memory 1"]);
      await storage.deleteAll();
    });
  });

  it("is known again when its object has died", async () => {
    const room = `memory-${Date.now().toString(36)}`;
    const created = await call("POST", "/api/rooms", { title: "Memory", room });
    const { hostTicket } = await created.json<{ hostTicket: string }>();
    const stub = env.ROOM.get(env.ROOM.idFromName(roomId(room))) as DurableObjectStub;
    const crowd = new Crowd();
    crowd.recall(JSON.stringify({ ...JSON.parse(crowd.memory()), peak: 4_711 }));
    await runInDurableObject(stub, async (_, { storage }) => {
      storage.kv.put("crowd", crowd.memory());
      await storage.sync();
    });
    await runInDurableObject(stub, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    const host = await connectSpeaker(room, hostTicket);
    await workerdHouse.eventually("the host is told of the peak", () =>
      host.heard.some(
        (text) => text.type === "stage-welcome" && text.states.some((state) => state.type === "audience" && state.peak === 4_711),
      ),
    );
    host.leave();
  });
});
