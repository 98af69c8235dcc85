import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { Alarms, type Chore } from "../../src/objects/alarms.ts";
import { env } from "../contract/workerd-house.ts";
import { choresOf } from "./chores.ts";

const stub = env.ROOM.get(env.ROOM.idFromName("never-made-for-alarms")) as DurableObjectStub;
const never: Readonly<Record<Chore, () => Promise<number | undefined>>> = {
  doors: () => Promise.resolve(undefined),
  plant: () => Promise.resolve(undefined),
  heartbeat: () => Promise.resolve(undefined),
  "address-key": () => Promise.resolve(undefined),
  idle: () => Promise.resolve(undefined),
  register: () => Promise.resolve(undefined),
  webhooks: () => Promise.resolve(undefined),
  evening: () => Promise.resolve(undefined),
  "recording-ready": () => Promise.resolve(undefined),
  recording: () => Promise.resolve(undefined),
};

it("What is arranged while it is being done is not forgotten, and what the doing says itself holds otherwise", async () => {
  await runInDurableObject(stub, async (_, { storage }) => {
    const alarms = new Alarms(storage);
    const now = Date.now();
    for (const chore of ["register", "heartbeat", "idle"] as const) await alarms.set(chore, now);
    await alarms.ring(now, {
      ...never,
      register: async () => {
        await alarms.set("register", now + 3_600_000);
        return undefined;
      },
      heartbeat: async () => {
        await alarms.set("heartbeat", undefined);
        await alarms.set("address-key", now + 7_200_000);
        return now + 60_000;
      },
      idle: () => Promise.resolve(now + 90_000),
    });
    expect(await storage.getAlarm()).toBe(now + 90_000);
    expect(storage.kv.get("due")).toEqual({ register: now + 3_600_000, "address-key": now + 7_200_000, idle: now + 90_000 });
    await storage.deleteAll();
  });
  expect(await choresOf(stub)).toEqual({});
});
