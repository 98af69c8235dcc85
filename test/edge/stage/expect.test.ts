import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { app } from "../../../src/edge/app.ts";
import { audienceStub, roomStub } from "../../../src/objects/locate.ts";
import { call, env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

type Created = { room: string; hostTicket: string; successorTickets: string[] };

let made = 0;
async function aRoom(): Promise<Created> {
  return (await call("POST", "/api/rooms", { title: "Crowd", room: `crowd-${Date.now().toString(36)}-${++made}` })).json();
}

function bearer(ticket: string | undefined): Record<string, string> {
  return ticket === undefined ? {} : { Authorization: `Bearer ${ticket}` };
}

async function problemOf(answer: Response): Promise<string> {
  const { code, detail } = await answer.json<{ code: string; detail: string }>();
  return `${answer.status} ${code}: ${detail}`;
}

async function requestsOf(room: string): Promise<{ room: object; audience: object }> {
  const requests = (object: object): unknown => Reflect.get(object, "requests");
  const [ofRoom, ofAudience] = await Promise.all([
    runInDurableObject(roomStub(env, roomId(room)) as DurableObjectStub, requests),
    runInDurableObject(audienceStub(env, audienceOf(roomId(room))), requests),
  ]);
  return { room: { ...(ofRoom as object) }, audience: { ...(ofAudience as object) } };
}

describe("expecting a crowd", () => {
  it("is for the host, and says to everybody else why not", async () => {
    const { room, successorTickets } = await aRoom();
    const other = await aRoom();
    const path = `/api/rooms/${room}/expect`;
    for (const method of ["GET", "POST"]) {
      const ask = (ticket: string | undefined) => call(method, path, method === "GET" ? undefined : { listeners: 10 }, bearer(ticket));
      expect(await problemOf(await ask(undefined))).toMatch(/^401 ticket-missing: .*Bearer/);
      expect(await problemOf(await ask("nonsense"))).toMatch(/^401 ticket-invalid/);
      expect(await problemOf(await ask(other.hostTicket))).toMatch(/^403 ticket-for-another-room/);
      expect(await problemOf(await ask(successorTickets[0]))).toMatch(/^403 ticket-role-wrong/);
      const unknown = await call(method, "/api/rooms/never-made/expect", method === "GET" ? undefined : { listeners: 10 }, bearer("x"));
      expect(await problemOf(unknown)).toMatch(/^404 room-unknown/);
    }
    expect((await requestsOf(room)).room).toMatchObject({ expect: 0 });
  });

  it.each([
    ["nothing", undefined, "listeners"],
    ["no number", { regions: ["weur"] }, "listeners"],
    ["half a listener", { listeners: 0.5 }, "whole number"],
    ["fewer than nobody", { listeners: -1 }, "0 or more"],
    ["more people than there are", { listeners: 9e9 }, "that many"],
    ["a region that there is not", { listeners: 9, regions: ["mars"] }, "weur"],
    ["no region at all", { listeners: 9, regions: [] }, "weur"],
    ["a share of nothing", { listeners: 9, regions: { weur: 0 } }, "weur"],
    ["a field nobody knows", { listeners: 9, colour: "red" }, "colour"],
  ])("with %s is refused with a reason", async (_, body, says) => {
    const { room, hostTicket } = await aRoom();
    const answer = await problemOf(await call("POST", `/api/rooms/${room}/expect`, body, bearer(hostTicket)));
    expect(answer).toMatch(/^400 body-invalid/);
    expect(answer).toContain(says);
  });

  it("makes leaves where the crowd will be", async () => {
    const { room, hostTicket } = await aRoom();
    const ask = async (body: object) => (await call("POST", `/api/rooms/${room}/expect`, body, bearer(hostTicket))).json();
    // 20 leaves of 64 seats in western Europe are more than enough for its part.
    expect(await ask({ listeners: 200, regions: ["weur", "apac"] })).toMatchObject({ expected: 200, leaves: 23, capped: false });
    expect(await ask({ listeners: 450, regions: { enam: 0.2, apac: 0.8 } })).toMatchObject({ leaves: 20 + 9 + 3 });
    expect(await ask({ listeners: 0 })).toMatchObject({ expected: 0, leaves: 32 });
    expect((await audienceStub(env, audienceOf(roomId(room))).look())?.plan).toMatchObject({
      planted: false,
      regions: { enam: { width: 3 } },
    });
  });

  it("of a room that is over is refused", async () => {
    const room = await workerdHouse.open();
    const host = await room.host();
    host.say({ type: "end" });
    await workerdHouse.eventually("it is over", () => host.closed !== undefined);
    await expect(room.progress()).rejects.toThrow("410");
    await expect(room.expect(10)).rejects.toThrow("410");
  });
});

describe("a listener from far away", () => {
  it("is served from near by as soon as leaves stand there", async () => {
    const { room } = await aRoom();
    const inTokyo = () => upgrade(`/rooms/${room}/listen`, {}, { continent: "AS", country: "JP" });
    const first = await inTokyo();
    expect(first.status).toBe(101);
    const planned = async () => (await audienceStub(env, audienceOf(roomId(room))).look())?.plan.regions ?? {};
    await workerdHouse.eventually("a leaf stands there", async () => (await planned()).apac?.width === 1);
    const leaf = env.LEAF.get(env.LEAF.idFromName(`${room}.apac.0.0`));
    const seated = () => runInDurableObject(leaf, (_, state) => state.getWebSockets("listener").length);
    // A leaf that was woken by the join knows no newer plan than the edge: others join until one meets a leaf that does.
    const answers = [first];
    while (answers.length < 60 && (await seated()) === 0) {
      await workerdHouse.pass(50);
      answers.push(await inTokyo());
    }
    expect(await seated()).toBe(1);
    for (const { webSocket } of answers) {
      webSocket?.accept();
      webSocket?.close();
    }
  });
});

describe("pages, public state and joins of a room", () => {
  it("are answered from one memory of half a minute: none of them reaches the room, and one the audience's object", async () => {
    const { room } = await aRoom();
    const patient = { ...env, SUMMARY_SECONDS: "30" };
    const ask = (path: string) => app.request(`http://canopy.test${path}`, {}, patient);
    const before = await requestsOf(room);
    const paths = [`/rooms/${room}`, `/api/rooms/${room}`, `/rooms/${room}/broadcast`];
    for (let index = 0; index < 60; index++) expect((await ask(paths[index % 3] ?? "")).status).toBe(200);
    const after = await requestsOf(room);
    expect(after.room).toEqual(before.room);
    expect(after.audience).toEqual({ ...before.audience, look: (Reflect.get(before.audience, "look") as number) + 1 });
  });
});
