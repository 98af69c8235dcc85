import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import type { Chore } from "../../src/objects/alarms.ts";

/** What a room's object is to do later, by name, and when. */
export async function choresOf(stub: DurableObjectStub): Promise<Partial<Record<Chore, number>>> {
  return (await runInDurableObject(stub, (_, { storage }) => storage.kv.get<Partial<Record<Chore, number>>>("due"))) ?? {};
}

/** Time goes by until `chore` is due: it is done now. False if it is not to be done at all. */
export async function untilDue(stub: DurableObjectStub, chore: Chore): Promise<boolean> {
  const due = await choresOf(stub);
  if (due[chore] === undefined) return false;
  await runInDurableObject(stub, async (_, { storage }) => {
    storage.kv.put("due", { ...due, [chore]: 1 });
    await storage.setAlarm(Date.now() + 3_600_000);
  });
  await runDurableObjectAlarm(stub);
  return true;
}
