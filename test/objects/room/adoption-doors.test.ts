import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LAST_SEQUENCE } from "../../../src/core/audio/position.ts";
import { audienceOf, type SessionId } from "../../../src/core/ids.ts";
import { app } from "../../../src/edge/app.ts";
import { sessionOf } from "../../../src/edge/request/identity.ts";
import { Archive } from "../../../src/objects/archive/archive-object.ts";
import type { Legacy } from "../../../src/objects/calls/audience.ts";
import { audienceStub, roomStub } from "../../../src/objects/locate.ts";
import type { Room } from "../../../src/objects/room/room-object.ts";
import { type RoomRecord, RoomStore } from "../../../src/objects/room/room-store.ts";
import { Outbox } from "../../../src/objects/room/told/outbox.ts";
import { call, connectSpeaker, env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";
import { choresOf, untilDue } from "../chores.ts";

const { eventually } = workerdHouse;

async function aRoom(name: string): Promise<{ room: string; hostTicket: string; successorTicket: string }> {
  const answer = await call("POST", "/api/rooms", { title: "Talk", room: name });
  const { hostTicket, successorTickets } = await answer.json<{ hostTicket: string; successorTickets: string[] }>();
  return { room: name, hostTicket, successorTicket: successorTickets[0] ?? "" };
}

async function recordOf(room: string): Promise<RoomRecord | undefined> {
  return runInDurableObject(roomStub(env, roomId(room)) as DurableObjectStub, (_, { storage }) => new RoomStore(storage).load());
}

const does = (room: string, ticket: string, verb: string, fields: object) =>
  call("POST", `/api/rooms/${room}/${verb}`, fields, { Authorization: `Bearer ${ticket}` });

/** Another room takes the audience over, and its host speaks. */
async function takenOver(room: string, successorTicket: string) {
  const answer = await call("POST", `/api/rooms/${room}/continue`, undefined, { Authorization: `Bearer ${successorTicket}` });
  const next = await answer.json<{ room: string; hostTicket: string; successorTickets: string[] }>();
  const host = await connectSpeaker(next.room, next.hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  return { room: next.room, host, successorTicket: next.successorTickets[0] ?? "" };
}

/** Knocks, and tells how it ended: "welcome", or the code that it was closed with. */
async function knock(room: string, ...protocols: string[]): Promise<string> {
  const { webSocket } = await upgrade(`/rooms/${room}/listen`, { "Sec-WebSocket-Protocol": ["canopy.v1", ...protocols].join(", ") });
  if (webSocket === null) return "no socket";
  const told = new Promise<string>((tell) => {
    webSocket.addEventListener("message", ({ data }) => typeof data === "string" && data.includes('"welcome"') && tell("welcome"));
    webSocket.addEventListener("close", ({ code }) => tell(String(code)));
  });
  webSocket.accept();
  return told;
}

describe("a room that takes an audience over", () => {
  afterEach(() => vi.restoreAllMocks());

  it("lets in whom the private room before had invited to listen, under both names, and no stranger", async () => {
    const { room, hostTicket, successorTicket } = await aRoom("doors-private");
    expect((await does(room, hostTicket, "lock-room", { locked: true })).status).toBe(204);
    const { ticket } = await (await does(room, hostTicket, "invite-listener", { name: "Ana" })).json<{ ticket: string }>();
    const me = `me.${"a".repeat(22)}`;
    await eventually("strangers are kept out", async () => (await knock(room, me)) === "4504");
    expect(await knock(room, me, `ticket.${ticket}`)).toBe("welcome");
    const next = await takenOver(room, successorTicket);
    for (const name of [room, next.room]) {
      expect(await knock(name, me, `ticket.${ticket}`), name).toBe("welcome");
      expect(await knock(name, me), name).toBe("4504");
    }
    next.host.leave();
  });

  it("begins as the one before was left: announced for the same time, as many on stage, the same webhook; unless its maker says otherwise", async () => {
    const opensAt = new Date(Date.now() + 3_600_000).toISOString();
    const schedule = { opensAt, timeZone: "Europe/Berlin", about: "Trees", expect: 500 };
    const room = "doors-announced";
    const webhook = { url: "https://hooks.example.org/room", key: "sixteen characters" };
    const body = JSON.stringify({ title: "Talk", room, schedule, maxSpeakers: 2, webhook });
    const made = await app.request("http://canopy.test/api/rooms", { method: "POST", body }, { ...env, ROOM_WEBHOOKS: "1" });
    const { hostTicket, successorTickets } = await made.json<{ hostTicket: string; successorTickets: string[] }>();
    const later = new Date(Date.now() + 7_200_000).toISOString();
    expect((await does(room, hostTicket, "schedule", { ...schedule, opensAt: later })).status).toBe(204);
    const audience = audienceStub(env, audienceOf(roomId(room))) as unknown as DurableObjectStub;
    const left = () => runInDurableObject(audience, (_, { storage }) => storage.kv.get<Legacy>("legacy")?.doors);
    await eventually("the audience knows", async () => (await left())?.opensAt === Date.parse(later));
    const carryOn = (from: string, ticket = "", body?: object) =>
      call("POST", `/api/rooms/${from}/continue`, body, { Authorization: `Bearer ${ticket}` }).then((answer) => answer.json<Made>());
    type Made = { room: string; hostTicket: string; successorTickets: string[] };
    const next = await carryOn(room, successorTickets[0]);
    expect((await does(next.room, next.hostTicket, "on-air", {})).status).toBe(409);
    await eventually("the public is told", async () => {
      const told = await (await call("GET", `/api/rooms/${next.room}`)).json<{ opensAt?: string; schedule?: { about: string } }>();
      return told.opensAt === later && told.schedule?.about === "Trees";
    });
    expect(await recordOf(next.room)).toMatchObject({ maxSpeakers: 2, webhook, doors: { expect: 500 } });
    const stub = roomStub(env, roomId(next.room)) as DurableObjectStub;
    expect((await choresOf(stub)).doors).toBe(Date.parse(later));
    // Once they are open, they are open for the next one, too.
    expect((await does(next.room, next.hostTicket, "open-doors", {})).status).toBe(204);

    await eventually("the audience knows", async () => (await left())?.openedAt !== undefined);
    const third = await carryOn(next.room, next.successorTickets[0], { maxSpeakers: 5 });
    expect(await recordOf(third.room)).toMatchObject({ maxSpeakers: 5, doors: { openedAt: expect.any(Number) } });
  });

  it("says whom it tells because the room before did, tells nobody if its host wants that, and when all is over no key is left", async () => {
    const room = "doors-told";
    const webhook = { url: "https://hooks.example.org/secret/path", key: "sixteen characters" };
    const ask = async (path: string, body: object, ticket?: string) => {
      const headers = ticket === undefined ? {} : { Authorization: `Bearer ${ticket}` };
      const asked = { method: "POST", body: JSON.stringify(body), headers };
      const answer = await app.request(`http://canopy.test/api/rooms${path}`, asked, { ...env, ROOM_WEBHOOKS: "1" });
      expect(answer.status).toBe(201);
      return answer.json<{ room: string; hostTicket: string; successorTickets: string[]; webhookHost?: string }>();
    };
    const made = await ask("", { title: "Talk", room, webhook });
    expect(made).not.toHaveProperty("webhookHost");
    const next = await ask(`/${room}/continue`, {}, made.successorTickets[0]);
    expect(next.webhookHost).toBe("hooks.example.org");
    expect(JSON.stringify(next)).not.toMatch(/secret|sixteen/);
    expect(await recordOf(next.room)).toMatchObject({ webhook });
    // Asked again: he has read whom it tells.
    const again = await ask(`/${room}/continue`, { webhook: null }, made.successorTickets[0]);
    expect(again.room).toBe(next.room);
    expect(again).not.toHaveProperty("webhookHost");
    expect((await recordOf(next.room))?.webhook).toBeUndefined();

    const audience = audienceStub(env, audienceOf(roomId(room))) as unknown as DurableObjectStub;
    const left = () => runInDurableObject(audience, (_, { storage }) => storage.kv.get<Legacy>("legacy"));
    await eventually("it is left to nobody", async () => (await left())?.webhook === undefined);
    const own = { url: "https://own.example.org/room", key: "another sixteen characters" };
    const third = await ask(`/${next.room}/continue`, { webhook: own }, next.successorTickets[0]);
    expect(third.webhookHost).toBe("own.example.org");
    await eventually("it is left", async () => (await left())?.webhook?.url === own.url);
    expect((await does(third.room, third.hostTicket, "end", {})).status).toBe(204);
    await eventually("it is over", async () => (await left()) === undefined);
  });

  it("deletes, after its object began anew, also what was said in the epoch that it took the audience over with", async () => {
    const { room, successorTicket } = await aRoom("doors-deleted");
    const deleted = vi.spyOn(Archive.prototype, "deleteRecording");
    const next = await takenOver(room, successorTicket);
    const stub = () => roomStub(env, roomId(next.room)) as DurableObjectStub;
    const deletes = () => runInDurableObject<Room, unknown>(stub(), (object) => object.deleteRecording("operator"));
    await runInDurableObject(stub(), async (_, state) => {
      await state.storage.sync();
      state.abort("killed by a test");
    }).catch(() => undefined);
    await eventually("it is back", () =>
      deletes()
        .then(() => true)
        .catch(() => false),
    );
    expect(deleted.mock.lastCall?.[0].after).toEqual({ epoch: 1, sequence: LAST_SEQUENCE });
  });

  it("keeps out who was banned before", async () => {
    const { room, hostTicket, successorTicket } = await aRoom("doors-banned");
    const me = "b".repeat(22);
    const session = await sessionOf(audienceOf(roomId(room)), me);
    expect((await does(room, hostTicket, "ban", { session })).status).toBe(204);
    const next = await takenOver(room, successorTicket);
    await eventually("he is kept out", async () => (await knock(next.room, `me.${me}`)) === "4503");
    expect(await knock(room, `me.${"c".repeat(22)}`)).toBe("welcome");
    expect(await knock(room, `me.${me}`)).toBe("4503");
    next.host.leave();
  });
});

describe("a room that does not know that its audience was taken over", () => {
  afterEach(() => vi.restoreAllMocks());

  it("tells whom its maker named that it moved to the room that took it over, though that one was taken over since", async () => {
    const first = await aRoom("moved-twice");
    const second = await takenOver(first.room, first.successorTicket);
    const third = await takenOver(second.room, second.successorTicket);
    const noted = vi.spyOn(Outbox.prototype, "noteFor");
    const stub = roomStub(env, roomId(first.room)) as DurableObjectStub;
    // It was awake, and nobody had told it: it hears of it with the next that it tells the audience.
    await runInDurableObject<Room, unknown>(stub, (room) => room.deleteRecording("operator"));
    await eventually("it knows", async () => (await recordOf(first.room))?.movedTo !== undefined);
    expect((await recordOf(first.room))?.movedTo?.moved).toBe(third.room);
    expect(noted.mock.calls.filter(([, what]) => what === "moved")).toEqual([["maker", "moved", { to: second.room }]]);
    for (const { host } of [second, third]) host.leave();
  });

  const wakings: readonly (readonly [string, (stub: DurableObjectStub, host: SessionId) => Promise<unknown>])[] = [
    ["its alarm", (stub) => untilDue(stub, "doors")],
    [
      "its host",
      (stub, host) => runInDurableObject<Room, unknown>(stub, (room) => room.ask({ session: host, role: "host" }, { type: "open-doors" })),
    ],
  ];
  it.each(wakings)("is woken by %s when its doors were to open, and opens nothing", async (by, wake) => {
    const log = vi.spyOn(console, "log");
    const room = `doors-asleep-${by.replaceAll(" ", "-")}`;
    const schedule = { opensAt: new Date(Date.now() + 3_600_000).toISOString(), timeZone: "Europe/Berlin" };
    const made = await call("POST", "/api/rooms", { title: "Talk", room, schedule });
    const { successorTickets } = await made.json<{ successorTickets: string[] }>();
    const stub = roomStub(env, roomId(room)) as DurableObjectStub;
    const host = await runInDurableObject(stub, async (_, { storage }) => {
      // An hour has passed in its sleep.
      const people = JSON.parse(storage.kv.get<string>("people") ?? "");
      storage.kv.put("people", JSON.stringify({ ...people, doors: { ...people.doors, opensAt: Date.now() - 5_000 } }));
      await storage.sync();
      return storage.kv.get<RoomRecord>("room")?.host;
    });
    if (host === undefined) throw new Error("no host");
    await evictDurableObject(stub);
    const headers = { Authorization: `Bearer ${successorTickets[0]}` };
    expect((await call("POST", `/api/rooms/${room}/continue`, undefined, headers)).status).toBe(201);
    await wake(stub, host);
    await eventually("it knows", async () => (await recordOf(room))?.movedTo !== undefined);
    const told = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(`"room":"${room}"`));
    expect(told.filter((line) => line.includes("room-moved"))).toHaveLength(1);
    expect(told.filter((line) => line.includes("doors-opened"))).toEqual([]);
  });

  it("deletes nothing for who asks it in its sleep", async () => {
    const deleted = vi.spyOn(Archive.prototype, "deleteRecording");
    const { room, successorTicket } = await aRoom("doors-asleep-deletes");
    const stub = roomStub(env, roomId(room)) as DurableObjectStub;
    await evictDurableObject(stub);
    const headers = { Authorization: `Bearer ${successorTicket}` };
    expect((await call("POST", `/api/rooms/${room}/continue`, undefined, headers)).status).toBe(201);
    expect(
      await runInDurableObject<Room, unknown>(stub as DurableObjectStub<Room>, (object) => object.deleteRecording("operator")),
    ).toBeUndefined();
    expect(deleted).not.toHaveBeenCalled();
  });
});
