import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { pageOfRegister } from "../../../src/objects/lobby/register-client.ts";
import { audienceStub, roomStub } from "../../../src/objects/locate.ts";
import type { OpenRoom, Speaker } from "../../contract/house.ts";
import { call, env, workerdHouse } from "../../contract/workerd-house.ts";
import { choresOf, untilDue } from "../chores.ts";

const { eventually } = workerdHouse;

type House = {
  name: string;
  room: OpenRoom;
  stub: DurableObjectStub;
  host: () => Promise<Speaker>;
  key: () => Promise<string | undefined>;
};

async function aRoom(): Promise<House> {
  const room = await workerdHouse.open();
  const { root, audience } = await room.plan();
  const stub = roomStub(env, root) as DurableObjectStub;
  await eventually("all is arranged", async () => (await choresOf(stub)).idle !== undefined);
  return { name: root, room, stub, host: () => room.host(), key: async () => (await audienceStub(env, audience).look())?.plan.addressKey };
}

/** Everything that the room's and its audience's objects store, as text. */
async function storedFor(name: string): Promise<string> {
  const room = roomStub(env, name as never) as DurableObjectStub;
  const audience = audienceStub(env, audienceOf(name as never)) as unknown as DurableObjectStub;
  const all = await Promise.all(
    [room, audience].map((stub) => runInDurableObject(stub, (_, { storage }) => JSON.stringify([...storage.kv.list()]))),
  );
  return all.join("\n");
}

async function isRegistered(name: string): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const { rooms, next } = await pageOfRegister(env, after, 100);
    if (rooms.some(({ room }) => room === name)) return true;
    if (next === undefined) return false;
    after = next;
  }
}

/** The room was last used so many days ago. */
async function usedBefore(stub: DurableObjectStub, days: number): Promise<void> {
  await runInDurableObject(stub, (_, { storage }) => storage.kv.put("used", Date.now() - days * 24 * 3_600_000));
}

describe("a room's key to addresses", () => {
  it("is another one after a day, and the edges are told", async () => {
    const { stub, key } = await aRoom();
    const before = await key();
    expect(((await choresOf(stub))["address-key"] ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(await untilDue(stub, "address-key")).toBe(true);
    await eventually("another key", async () => (await key()) !== before);
    expect(await key()).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(((await choresOf(stub))["address-key"] ?? 0) - Date.now()).toBeGreaterThan(23 * 3_600_000);
  });

  it("stays while somebody is on stage: he came by it", async () => {
    const { stub, key, host } = await aRoom();
    const before = await key();
    const speaker = await host();
    expect(await untilDue(stub, "address-key")).toBe(true);
    expect((await choresOf(stub))["address-key"]).toBeLessThan(Date.now() + 3_600_000);
    expect(await key()).toBe(before);
    speaker.leave();
  });

  it("is nowhere to be found when the room is over", async () => {
    const { name, stub, key, host } = await aRoom();
    const before = (await key()) ?? "";
    expect(await storedFor(name)).toContain(before);
    (await host()).say({ type: "end" });
    await eventually("it is gone", async () => (await key()) === undefined && !(await storedFor(name)).includes(before));
    expect(await untilDue(stub, "address-key")).toBe(false);
  });

  it("does not go to another room with the audience", async () => {
    const { name, key } = await aRoom();
    const before = (await key()) ?? "";
    const made = await call("POST", "/api/rooms", { title: "Before", room: `${name}-b` });
    const { successorTickets } = await made.json<{ successorTickets: string[] }>();
    const look = () => audienceStub(env, audienceOf(`${name}-b` as never)).look();
    const old = (await look())?.plan.addressKey ?? "";
    const headers = { Authorization: `Bearer ${successorTickets[0]}` };
    expect((await call("POST", `/api/rooms/${name}-b/continue`, { title: "After" }, headers)).status).toBe(201);
    await eventually("another key", async () => ![undefined, old, before].includes((await look())?.plan.addressKey));
  });
});

describe("a room that nobody uses", () => {
  it("ends by itself after a second look, and whoever comes is told why", async () => {
    const { name, stub } = await aRoom();
    await usedBefore(stub, 31);
    expect(await untilDue(stub, "idle")).toBe(true);
    expect((await choresOf(stub)).idle).toBeGreaterThan(Date.now());
    expect(await untilDue(stub, "idle")).toBe(true);
    const state = async () => (await (await call("GET", `/api/rooms/${name}`)).json<{ phase: string }>()).phase;
    await eventually("it is over", async () => (await state()) === "ended");
    expect(await untilDue(stub, "idle")).toBe(false);
  });

  it("is kept while somebody is on stage, listens, or did so not long ago", async () => {
    const { stub, host, room } = await aRoom();
    const speaker = await host();
    await usedBefore(stub, 31);
    for (let looks = 0; looks < 3; looks++) expect(await untilDue(stub, "idle")).toBe(true);
    speaker.leave();
    expect(await untilDue(stub, "idle")).toBe(true);
    expect((await choresOf(stub)).idle).toBeGreaterThan(Date.now() + 24 * 3_600_000);
    const ear = await room.listener();
    await eventually("he is counted", async () => (await room.progress()).listeners === 1);
    await usedBefore(stub, 31);
    for (let looks = 0; looks < 3; looks++) expect(await untilDue(stub, "idle")).toBe(true);
    expect(await untilDue(stub, "idle")).toBe(true);
    ear.leave();
  });
});

describe("the operator's register", () => {
  it("has every room that is not over, listed or not, and the lobby does not", async () => {
    const { name, host } = await aRoom();
    await eventually("it is written in", () => isRegistered(name));
    const lobby = await (await call("GET", "/api/lobby")).text();
    expect(lobby).not.toContain(name);
    (await host()).say({ type: "end" });
    await eventually("it is struck out", async () => !(await isRegistered(name)));
  });
});
