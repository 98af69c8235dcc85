import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { TreeNode } from "../../../src/core/tree/node.ts";
import { type Ear, holesIn, type Speaker } from "../../contract/house.ts";
import { env, workerdHouse } from "../../contract/workerd-house.ts";

type Mind = TreeNode<WebSocket>;

/** Does something inside every relay that feeds somebody in a room that is not over. */
async function inRelays(act: (mind: Mind, state: DurableObjectState) => void): Promise<void> {
  for (const id of await listDurableObjectIds(env.RELAY)) {
    await runInDurableObject(env.RELAY.get(id), (instance, state) => {
      const mind: unknown = Reflect.get(instance, "mind");
      if (mind instanceof TreeNode && mind.down.size > 0 && !mind.down.ended) act(mind, state);
    });
  }
}

async function threeEars(): Promise<{ host: Speaker; ears: readonly Ear[] }> {
  const room = await workerdHouse.open();
  const host = await room.host();
  host.say({ type: "on-air" });
  host.speak();
  const ears = [await room.listener(), await room.listener(), await room.listener()];
  await workerdHouse.eventually("they hear", () => ears.every((ear) => ear.chunks.length >= 10));
  return { host, ears };
}

async function hearOn(ears: readonly Ear[]): Promise<void> {
  const heard = ears.map((ear) => ear.chunks.length);
  await workerdHouse.eventually("they hear on", () => ears.every((ear, index) => ear.chunks.length > (heard[index] ?? 0) + 20));
  for (const ear of ears) {
    expect(holesIn(ear)).toBe(0);
    expect(ear.closed).toBeUndefined();
  }
}

describe("relays that go silent without closing a link", () => {
  it("are noticed within 4 s, and cost their listeners no chunk and no connection", async () => {
    const { host, ears } = await threeEars();
    // From here on, whatever a relay sends to whom it feeds now is lost on the way.
    await inRelays(({ down }) => {
      for (const link of down.live) Reflect.set(Object(link), "send", () => undefined);
    });
    await workerdHouse.pass(300);
    const before = ears.map((ear) => ear.chunks.length);
    await workerdHouse.pass(300);
    expect(ears.map((ear) => ear.chunks.length)).toEqual(before);
    await hearOn(ears);
    host.say({ type: "end" });
    await workerdHouse.eventually("the room is over", () => host.closed !== undefined);
  });
});

describe("a relay that hangs", () => {
  it("is stood in for by its sibling, which may have been asleep until then", async () => {
    const { host, ears } = await threeEars();
    let hung = 0;
    await inRelays((mind, state) => {
      if (mind.node.level !== 1 || hung++ > 0) return;
      // It answers nothing and hands nothing on, but nothing of it closes.
      const forLong = () => new Promise((wake) => setTimeout(wake, 20_000));
      setTimeout(() => void state.blockConcurrencyWhile(forLong).catch(() => undefined), 100);
    });
    expect(hung).toBeGreaterThan(0);
    await workerdHouse.pass(500);
    await hearOn(ears);
    host.say({ type: "end" });
    await workerdHouse.eventually("the room is over", () => host.closed !== undefined);
  });
});
