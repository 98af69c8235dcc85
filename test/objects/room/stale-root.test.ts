import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { audienceOf } from "../../../src/core/ids.ts";
import { formatLink, formatLinked } from "../../../src/core/tree/down/link.ts";
import { childrenOf, nodeName, type Plan } from "../../../src/core/tree/shape/plan.ts";
import { HEADER } from "../../../src/objects/header.ts";
import { audienceStub, nodeStub, roomStub } from "../../../src/objects/locate.ts";
import { type Ear, holesIn, type Speaker } from "../../contract/house.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { chunks, roomId } from "../../support/build.ts";

const Made = z.object({ room: z.string(), hostTicket: z.string(), successorTickets: z.array(z.string()) });
type Made = z.infer<typeof Made>;

async function make(room: string): Promise<Made> {
  return Made.parse(await (await call("POST", "/api/rooms", { title: "Two roots", room })).json());
}

async function onAir({ room, hostTicket }: Made): Promise<Speaker> {
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  return host;
}

/** A room whose listeners another has taken over, in epoch 2. */
async function takenOver(name: string): Promise<{ before: Made; after: Made; ears: readonly Ear[]; old: Plan; plan: Plan }> {
  const before = await make(name);
  await onAir(before);
  const ears = await Promise.all([1, 2, 3].map(() => connectEar(before.room)));
  await workerdHouse.eventually("they hear", () => ears.every((ear) => ear.chunks.length > 5));
  const old = await planOf(before.room);
  const headers = { Authorization: `Bearer ${before.successorTickets[0]}` };
  const after = Made.parse(await (await call("POST", `/api/rooms/${before.room}/continue`, {}, headers)).json());
  await onAir(after);
  await workerdHouse.eventually("they hear the new host", () => ears.every((ear) => ear.chunks.at(-1)?.epoch === 2));
  return { before, after, ears, old, plan: await planOf(before.room) };
}

async function planOf(room: string): Promise<Plan> {
  const { plan } = (await audienceStub(env, audienceOf(roomId(room))).look()) ?? {};
  if (plan === undefined) throw new Error("no such audience");
  return plan;
}

describe("a root that does not know that it was replaced", () => {
  it("is refused by every hop that it dials, and none of its sound is heard", async () => {
    const { before, ears, old } = await takenOver("two-roots-dial");
    const codes: number[] = [];
    for (const node of childrenOf(old, "root")) {
      const headers = { Upgrade: "websocket", [HEADER.node]: nodeName(node), [HEADER.parent]: before.room, [HEADER.unasked]: "1" };
      const { webSocket } = await nodeStub(env, node).fetch("https://node/link", { headers });
      if (webSocket === null) continue;
      webSocket.accept();
      webSocket.addEventListener("close", ({ code }) => {
        codes.push(code);
        webSocket.close();
      });
      webSocket.send(formatLink(1, old, []));
      webSocket.send(chunks(900, 950, 1));
      webSocket.send(formatLinked({ epoch: 1, sequence: 950 }, 0, true));
      webSocket.send(chunks(951, 960, 1));
    }
    const heard = ears.map((ear) => ear.chunks.length);
    await workerdHouse.eventually("they hear on", () => ears.every((ear, index) => ear.chunks.length > (heard[index] ?? 0) + 10));
    expect(codes.length).toBeGreaterThan(0);
    expect(new Set(codes)).toEqual(new Set([4403]));
    for (const ear of ears) {
      expect(ear.chunks.some((chunk) => chunk.epoch === 1 && chunk.sequence >= 900)).toBe(false);
      expect(holesIn(ear)).toBe(0);
      expect(ear.closed).toBeUndefined();
    }
  });

  it("feeds nobody who asks it, but says who feeds now", async () => {
    const { before, after, old, plan } = await takenOver("two-roots-ask");
    await runInDurableObject(roomStub(env, roomId(before.room)), (_, state) => state.abort("killed by a test")).catch(() => undefined);
    const [node] = childrenOf(old, "root");
    if (node === undefined) throw new Error("no such tree");
    const asked = { node: nodeName(node), from: { epoch: 1, sequence: 5 }, parent: before.room, plan: old };
    const answer = await roomStub(env, roomId(before.room)).attach(asked);
    expect(answer).toMatchObject({ dialed: false, plan: { root: after.room, revision: plan.revision } });
  });
});

describe("a room's object whose storage is cut off", () => {
  it("gives its lease up within seconds, sends its speaker back, and goes on in a higher epoch", async () => {
    const made = await make("lease-lost");
    const host = await onAir(made);
    const ear = await connectEar(made.room);
    await workerdHouse.eventually("he hears", () => ear.chunks.length > 5);
    await runInDurableObject(roomStub(env, roomId(made.room)), (_, state) => {
      Reflect.set(state.storage, "sync", () => Promise.reject(new Error("cut off by a test")));
    });
    await workerdHouse.eventually("the host is sent back", () => host.closed !== undefined);
    expect(host.closed).toBe(4400);
    await workerdHouse.pass(800);
    await onAir(made);
    await workerdHouse.eventually("he hears the new epoch", () => ear.chunks.at(-1)?.epoch === 2);
    expect(ear.closed).toBeUndefined();
  });
});
