import { evictDurableObject, listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Ear, holesIn, type Speaker } from "../../contract/house.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const Made = z.object({
  room: z.string(),
  hostTicket: z.string(),
  successorTickets: z.array(z.string()),
  continues: z.string().optional(),
  urls: z.object({ listen: z.string() }),
});
type Made = z.infer<typeof Made>;

let rooms = 0;

async function make(): Promise<Made> {
  const room = `adopted-${Date.now().toString(36)}-${++rooms}`;
  return Made.parse(await (await call("POST", "/api/rooms", { title: "Before", room })).json());
}

function carryOn(room: string, ticket: string | undefined, body?: object): Promise<Response> {
  return call("POST", `/api/rooms/${room}/continue`, body, ticket === undefined ? {} : { Authorization: `Bearer ${ticket}` });
}

async function successor(of: Made, rank = 0, body?: object): Promise<Made> {
  const answer = await carryOn(of.room, of.successorTickets[rank], body);
  expect(answer.status).toBe(201);
  return Made.parse(await answer.json());
}

async function codeOf(answer: Response | Promise<Response>): Promise<string> {
  const { status, ...problem } = z.object({ status: z.number(), code: z.string() }).parse(await (await answer).json());
  return `${status} ${problem.code}`;
}

async function onAir({ room, hostTicket }: Made): Promise<Speaker> {
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  return host;
}

/** A live room with some who hear it. */
async function evening(): Promise<{ before: Made; host: Speaker; ears: readonly Ear[] }> {
  const before = await make();
  const host = await onAir(before);
  const ears = await Promise.all([1, 2, 3, 4].map(() => connectEar(before.room)));
  await workerdHouse.eventually("they hear", () => ears.every((ear) => ear.chunks.length >= 10));
  return { before, host, ears };
}

async function hearEpoch(ears: readonly Ear[], epoch: number): Promise<void> {
  await workerdHouse.eventually(`they hear epoch ${epoch}`, () =>
    ears.every((ear) => ear.chunks.at(-1)?.epoch === epoch && ear.frames > 20),
  );
}

describe("a room that is continued by a successor", () => {
  // The first of this file: leaves of rooms that are live cannot be made to sleep.
  it("finds those who still wait for the first word, though their leaves sleep", async () => {
    const before = await make();
    const ears = await Promise.all([1, 2, 3].map(() => connectEar(before.room)));
    await workerdHouse.eventually("they are welcome", () => ears.every((ear) => ear.texts.some(({ type }) => type === "welcome")));
    for (const id of await listDurableObjectIds(env.LEAF)) await evictDurableObject(env.LEAF.get(id));
    const made = await successor(before);
    await workerdHouse.eventually("they are told", () => ears.every((ear) => ear.texts.some(({ type }) => type === "moved")));
    await onAir(made);
    await hearEpoch(ears, 1);
    expect(ears.every((ear) => ear.closed === undefined)).toBe(true);
  });

  it("leaves its listeners on their sockets: they are told, and hear the new host in a higher epoch", async () => {
    const { before, host, ears } = await evening();
    const made = await successor(before, 0, { title: "After" });
    expect(made).toMatchObject({ continues: before.room });
    expect(made.hostTicket).not.toBe(before.hostTicket);
    await onAir(made);
    await hearEpoch(ears, 2);
    for (const ear of ears) {
      expect(ear.closed).toBeUndefined();
      expect(holesIn(ear)).toBe(0);
      expect(ear.texts).toContainEqual(expect.objectContaining({ type: "moved", from: before.room, room: made.room }));
      expect(ear.texts).toContainEqual(expect.objectContaining({ type: "room", room: made.room, title: "After" }));
      expect(ear.texts).toContainEqual(expect.objectContaining({ type: "gap", reason: "epoch" }));
    }
    await workerdHouse.eventually("the old host is sent away", () => host.closed !== undefined);
    expect(host.closed).toBe(4502);
    expect(host.heard).toContainEqual(expect.objectContaining({ type: "moved", room: made.room }));
  });

  it("is found under both names, by who comes now and by pages", async () => {
    const { before } = await evening();
    const made = await successor(before, 0, { title: "After" });
    await onAir(made);
    const late = [await connectEar(before.room), await connectEar(made.room)];
    await hearEpoch(late, 2);
    for (const room of [before.room, made.room]) {
      expect(await (await call("GET", `/api/rooms/${room}`)).json()).toMatchObject({ room: made.room, title: "After" });
      expect(await (await call("GET", `/rooms/${room}`)).text()).toContain("After");
    }
    expect((await call("GET", `/rooms/${made.room}/broadcast`)).status).toBe(200);
  });

  it("keeps its title and its chunks where the successor wishes nothing else", async () => {
    const before = await make();
    const made = await successor(before);
    expect(await (await call("GET", `/api/rooms/${made.room}`)).json()).toMatchObject({ title: "Before", chunkMs: 100, listed: false });
  });

  it("has its listeners even if none of the nodes that fed them is left", async () => {
    const { before, ears } = await evening();
    for (const id of await listDurableObjectIds(env.RELAY)) {
      await runInDurableObject(env.RELAY.get(id), (_, state) => state.abort("killed by a test")).catch(() => undefined);
    }
    const made = await successor(before);
    await onAir(made);
    await hearEpoch(ears, 2);
    expect(ears.every((ear) => ear.closed === undefined)).toBe(true);
  });

  it("goes on when its object is dead, and when that wakes again it feeds nobody and says that it moved", async () => {
    const { before, host, ears } = await evening();
    await runInDurableObject(env.ROOM.get(env.ROOM.idFromName(roomId(before.room))), (_, state) => state.abort("killed by a test")).catch(
      () => undefined,
    );
    await workerdHouse.eventually("the old host is cut off", () => host.closed !== undefined);
    const made = await successor(before);
    await onAir(made);
    await hearEpoch(ears, 2);
    expect(ears.every((ear) => ear.closed === undefined)).toBe(true);
    const back = connectSpeaker(before.room, before.hostTicket);
    await expect(back).rejects.toThrow("409");
    expect(await codeOf(call("GET", `/api/rooms/${before.room}/ticket`, undefined, { Authorization: `Bearer ${before.hostTicket}` }))).toBe(
      "409 room-moved",
    );
  });

  it("may be continued again, by a successor of the successor", async () => {
    const { before, ears } = await evening();
    const second = await successor(before);
    await onAir(second);
    await hearEpoch(ears, 2);
    const third = await successor(second);
    await onAir(third);
    await hearEpoch(ears, 3);
    expect(ears.every((ear) => ear.closed === undefined)).toBe(true);
    await hearEpoch([await connectEar(before.room), await connectEar(second.room), await connectEar(third.room)], 3);
  });
});

describe("successors", () => {
  it("who come at the same time: exactly one wins, the other is told who", async () => {
    const { before, ears } = await evening();
    const answers = await Promise.all(before.successorTickets.map((ticket) => carryOn(before.room, ticket)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    const won = Made.parse(await answers.find(({ status }) => status === 201)?.json());
    const lost = z.object({ code: z.string(), detail: z.string() }).parse(await answers.find(({ status }) => status === 409)?.json());
    expect(lost.code).toBe("room-moved");
    expect(lost.detail).toContain(won.room);
    await onAir(won);
    await hearEpoch(ears, 2);
  });

  it("who lost the answer have it again with the same ticket, until the new host has come", async () => {
    const before = await make();
    const first = await successor(before);
    const again = await successor(before, 0, { room: "another-wish" });
    expect(again.room).toBe(first.room);
    // It was not to stand in the lobby, and does not because he asked again.
    expect((await successor(before, 0, { listed: true })).room).toBe(first.room);
    await workerdHouse.pass(200);
    expect(await (await call("GET", "/api/lobby")).text()).not.toContain(first.room);
    const host = await connectSpeaker(again.room, again.hostTicket);
    await workerdHouse.eventually("the host is welcome", () => host.heard.length > 0);
    expect(await codeOf(carryOn(before.room, before.successorTickets[0]))).toBe("409 ticket-used");
    expect(await codeOf(carryOn(before.room, before.successorTickets[1]))).toBe("409 room-moved");
  });

  it("need a successor ticket of that room", async () => {
    const [before, other] = [await make(), await make()];
    expect(await codeOf(carryOn(before.room, undefined))).toBe("401 ticket-missing");
    expect(await codeOf(carryOn(before.room, before.hostTicket))).toBe("403 ticket-role-wrong");
    expect(await codeOf(carryOn(before.room, other.successorTickets[0]))).toBe("403 ticket-for-another-room");
    expect(await codeOf(carryOn(before.room, "no.such.ticket"))).toBe("401 ticket-invalid");
    expect(await codeOf(carryOn("no-such-room-here", before.successorTickets[0]))).toBe("404 room-unknown");
    expect(await codeOf(carryOn(before.room, before.successorTickets[0], { room: other.room }))).toBe("409 room-taken");
    expect(await codeOf(carryOn(before.room, before.successorTickets[0], { title: "" }))).toBe("400 body-invalid");
  });

  it("cannot continue a room that its host has ended", async () => {
    const before = await make();
    const host = await onAir(before);
    await workerdHouse.eventually("the host is welcome", () => host.heard.length > 0);
    host.say({ type: "end" });
    await workerdHouse.eventually("the room is over", () => host.closed !== undefined);
    await workerdHouse.pass(300);
    expect(await codeOf(carryOn(before.room, before.successorTickets[0]))).toBe("410 room-ended");
  });
});

/** The relays and leaves of an audience that were ever woken, by name. */
async function nodesOf(audience: string): Promise<readonly string[]> {
  const stubs = [
    ...(await listDurableObjectIds(env.RELAY)).map((id): DurableObjectStub => env.RELAY.get(id)),
    ...(await listDurableObjectIds(env.LEAF)).map((id) => env.LEAF.get(id)),
  ];
  const names = await Promise.all(stubs.map((stub) => runInDurableObject(stub, (_, { storage }) => String(storage.kv.get("name")))));
  return names.filter((name) => name.startsWith(`${audience}.`)).sort();
}

describe("a tree that is taken over", () => {
  it("is dialed where somebody listens, and nothing else is woken", async () => {
    const { before, ears } = await evening();
    const nodes = await nodesOf(before.room);
    const made = await successor(before);
    await onAir(made);
    await hearEpoch(ears, 2);
    expect(nodes.length).toBeGreaterThan(3);
    expect(await nodesOf(before.room)).toEqual(nodes);
  });
});
