import { evictDurableObject, listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { roomStub } from "../../../src/objects/locate.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";
import { choresOf, untilDue } from "../chores.ts";

const { eventually } = workerdHouse;

let made = 0;
/** `stub`: anew each time, since one whose object died says so for ever. */
type Scheduled = {
  name: string;
  hostTicket: string;
  stub: () => DurableObjectStub;
  ask: (verb: string, body?: object) => Promise<Response>;
};

/** A room whose doors open in so long, in ms. */
async function aScheduledRoom(inMs: number, of: object = {}): Promise<Scheduled> {
  const room = `doors-${Date.now().toString(36)}-${++made}`;
  const schedule = { opensAt: new Date(Date.now() + inMs).toISOString(), timeZone: "Europe/Berlin", ...of };
  const answer = await call("POST", "/api/rooms", { title: "An evening", room, schedule });
  expect(answer.status, await answer.clone().text()).toBe(201);
  const { hostTicket } = await answer.json<{ hostTicket: string }>();
  const headers = { Authorization: `Bearer ${hostTicket}` };
  return {
    name: room,
    hostTicket,
    stub: () => roomStub(env, roomId(room)) as DurableObjectStub,
    ask: (verb, body = {}) => call("POST", `/api/rooms/${room}/${verb}`, body, headers),
  };
}

async function summaryOf(name: string): Promise<{ opensAt?: string; schedule?: { speakers: string[]; about?: string } }> {
  return (await call("GET", `/api/rooms/${name}`)).json();
}

/** The people as they are kept now. */
async function keptOf(stub: DurableObjectStub): Promise<{ doors?: { opensAt: number; openedAt?: number } }> {
  const text = await runInDurableObject(stub, (_, { storage }) => storage.kv.get<string>("people"));
  return JSON.parse(text ?? "{}");
}

/** The room's object dies, and what calls it next finds a new one. */
async function kill(stub: () => DurableObjectStub): Promise<void> {
  await runInDurableObject(stub(), async (_, state) => {
    await state.storage.sync();
    state.abort("killed by a test");
  }).catch(() => undefined);
  const isBack = () =>
    choresOf(stub()).then(
      () => true,
      () => false,
    );
  await eventually("it is back", isBack);
}

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
}

describe("doors that open by an alarm", () => {
  it("open at their time, once, for all who wait on leaves that sleep, and the first word is heard", async () => {
    const { name, hostTicket, stub, ask } = await aScheduledRoom(2_500);
    const ears = await Promise.all([1, 2, 3].map(() => connectEar(name)));
    await eventually("all are welcome", () => ears.every((ear) => ear.texts.some(({ type }) => type === "welcome")));
    expect(await codeOf(await ask("on-air"))).toBe("409 doors-closed");
    const host = await connectSpeaker(name, hostTicket);
    host.say({ type: "check" });
    for (const id of await listDurableObjectIds(env.LEAF)) await evictDurableObject(env.LEAF.get(id));
    const { opensAt } = (await keptOf(stub())).doors ?? { opensAt: 0 };
    await eventually("the doors are open", async () => (await keptOf(stub())).doors?.openedAt !== undefined);
    expect((await keptOf(stub())).doors?.openedAt).toBeGreaterThanOrEqual(opensAt);
    host.say({ type: "on-air" });
    host.speak();
    await eventually("all hear", () => ears.every((ear) => ear.frames > 10));
    for (const ear of ears) {
      expect(ear.chunks[0]).toEqual({ epoch: 1, sequence: 1 });
      expect(ear.texts.filter(({ type }) => type === "welcome")).toHaveLength(1);
      // Each is told once that they opened: a state with their time, then states without.
      const told = ear.texts.flatMap((text) => (text.type === "welcome" ? text.states : text.type === "room" ? [text] : []));
      const times = told.filter((state) => state.type === "room").map((state) => state.opensAt);
      expect(times.filter((time, index) => index === 0 || time !== times[index - 1])).toEqual([opensAt, undefined]);
    }
    host.leave();
    for (const ear of ears) ear.leave();
  });

  it("open once, though the alarm rings twice and the object dies in between", async () => {
    const { stub } = await aScheduledRoom(3_600_000);
    await runInDurableObject(stub(), (_, { storage }) => {
      // An hour has passed, and nobody was there to see it.
      const people = JSON.parse(storage.kv.get<string>("people") ?? "");
      storage.kv.put("people", JSON.stringify({ ...people, doors: { ...people.doors, opensAt: Date.now() - 5_000 } }));
    });
    await kill(stub);
    await runDurableObjectAlarm(stub());
    await eventually("they are open", async () => (await keptOf(stub())).doors?.openedAt !== undefined);
    const { openedAt } = (await keptOf(stub())).doors ?? {};
    await kill(stub);
    // As if the alarm had been set and not been done: it rings once more.
    await runInDurableObject(stub(), async (_, { storage }) => {
      storage.kv.put("due", { ...storage.kv.get<object>("due"), doors: 1 });
      await storage.setAlarm(Date.now() + 3_600_000);
    });
    await runDurableObjectAlarm(stub());
    expect((await keptOf(stub())).doors?.openedAt).toBe(openedAt);
    expect((await choresOf(stub())).doors).toBeUndefined();
  });

  it("are opened before their time by the host, can be put off, and the room's alarm follows", async () => {
    const { name, stub, ask } = await aScheduledRoom(3_600_000, { about: "Trees", speakers: ["Ana"] });
    const opensAt = new Date(Date.now() + 7_200_000).toISOString();
    expect((await choresOf(stub())).doors).toBeLessThan(Date.parse(opensAt));
    expect((await ask("schedule", { opensAt, timeZone: "America/New_York" })).status).toBe(204);
    expect((await choresOf(stub())).doors).toBe(Date.parse(opensAt));
    await eventually("the public is told", async () => (await summaryOf(name)).opensAt === opensAt);
    expect((await ask("open-doors")).status).toBe(204);
    expect(await codeOf(await ask("open-doors"))).toBe("409 doors-open");
    expect((await choresOf(stub())).doors).toBeUndefined();
    await eventually("the public is told", async () => (await summaryOf(name)).opensAt === undefined);
    expect(await codeOf(await ask("schedule", { opensAt: "2026-02-30T20:00", timeZone: "UTC" }))).toBe("400 schedule-invalid");
    expect(await codeOf(await ask("schedule", { opensAt: "2027-03-28T02:30", timeZone: "Europe/Berlin" }))).toBe("400 time-missing");
    expect(await codeOf(await ask("schedule", { opensAt: "2020-01-01T00:00Z", timeZone: "UTC" }))).toBe("409 opens-too-soon");
    expect((await ask("schedule", { cancel: true })).status).toBe(204);
    expect(await codeOf(await ask("schedule", { cancel: true }))).toBe("409 not-scheduled");
  });
});

describe("a room that expects a crowd", () => {
  it("has its tree made ready before the doors open, and says beforehand that it will", async () => {
    const { name, hostTicket, stub } = await aScheduledRoom(3_600_000, { expect: 2_000 });
    const progress = () =>
      call("GET", `/api/rooms/${name}/expect`, undefined, { Authorization: `Bearer ${hostTicket}` }).then((answer) =>
        answer.json<{ expected: number; leaves: number; ready: number; planned?: { listeners: number; at: number } }>(),
      );
    const before = await progress();
    expect(before).toMatchObject({ expected: 0, planned: { listeners: 2_000 } });
    expect((before.planned?.at ?? 0) - Date.now()).toBeGreaterThan(49 * 60_000);
    expect(await untilDue(stub(), "plant")).toBe(true);
    const after = await progress();
    expect(after.expected).toBe(2_000);
    expect(after.planned).toBeUndefined();
    await eventually("it is ready", async () => (await progress()).ready === after.leaves);
    expect((await choresOf(stub())).heartbeat).toBeDefined();
  });
});

describe("the lobby", () => {
  it("shows what is announced by time, and what is live before it; never what is private", async () => {
    const later = await aScheduledRoom(7_200_000);
    expect(later.name).toMatch(/^doors-/);
    const open = async (room: string, inMs: number) => {
      const schedule = { opensAt: new Date(Date.now() + inMs).toISOString(), timeZone: "Europe/Berlin" };
      const answer = await call("POST", "/api/rooms", { title: room, room, listed: true, schedule });
      return (await answer.json<{ hostTicket: string }>()).hostTicket;
    };
    const lobby = async () =>
      (await (await call("GET", "/api/lobby")).json<{ rooms: { room: string; live: boolean; opensAt?: string }[] }>()).rooms;
    const mine = async () => (await lobby()).map(({ room }) => room).filter((room) => room.startsWith("lobby-"));
    const [second, first, secret] = [`lobby-2-${Date.now()}`, `lobby-1-${Date.now()}`, `lobby-s-${Date.now()}`];
    const ticket = await open(second, 7_000_000);
    await open(first, 3_000_000);
    const key = await open(secret, 1_000_000);
    await eventually("both are announced", async () => (await mine()).join() === [secret, first, second].join());
    await call("POST", `/api/rooms/${secret}/lock-room`, { locked: true }, { Authorization: `Bearer ${key}` });
    await eventually("the private one is gone", async () => (await mine()).join() === [first, second].join());
    expect((await lobby()).some(({ room }) => room === later.name)).toBe(false);
    const host = await connectSpeaker(second, ticket);
    host.say({ type: "open-doors" });
    host.say({ type: "on-air" });
    await eventually("the live one comes first", async () => (await mine()).join() === [second, first].join());
    expect((await lobby()).find(({ room }) => room === second)).toMatchObject({ live: true });
    host.leave();
  });
});
