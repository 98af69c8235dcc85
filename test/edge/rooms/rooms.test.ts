import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { app } from "../../../src/edge/app.ts";
import { audienceStub } from "../../../src/objects/locate.ts";
import { call, env, upgrade } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

type Created = { room: string; hostTicket: string; successorTickets: string[]; urls: Record<string, unknown> };

let made = 0;
async function aRoom(of: object = {}): Promise<Created> {
  const answer = await call("POST", "/api/rooms", { title: "Edge", room: `edge-${Date.now().toString(36)}-${++made}`, ...of });
  expect(answer.status).toBe(201);
  return answer.json();
}

async function codeOf(answer: Response): Promise<string> {
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
  const problem = await answer.json<{ code: string; status: number; detail: string; title: string; type: string }>();
  expect(problem.status).toBe(answer.status);
  expect(problem.detail.length).toBeGreaterThan(10);
  return `${answer.status} ${problem.code}`;
}

describe("making a room", () => {
  it("gives tickets, and addresses that carry the host's and the successors' in the fragment only", async () => {
    const { room, hostTicket, successorTickets, urls } = await aRoom();
    expect(successorTickets).toHaveLength(2);
    expect(urls).toEqual({
      page: `http://canopy.test/rooms/${room}`,
      broadcast: `http://canopy.test/rooms/${room}/broadcast#ticket=${hostTicket}`,
      listen: `ws://canopy.test/rooms/${room}/listen`,
      stage: `ws://canopy.test/rooms/${room}/stage`,
      continue: successorTickets.map((ticket) => `http://canopy.test/rooms/${room}/continue#ticket=${ticket}`),
    });
    const state = await (await call("GET", `/api/rooms/${room}`)).json();
    expect(state).toMatchObject({ room, title: "Edge", phase: "quiet", listeners: 0, chunkMs: 100, listed: false });
  });

  it("without a name invents one that can be said", async () => {
    const created = await call("POST", "/api/rooms", { title: "Nameless" });
    expect((await created.json<Created>()).room).toMatch(/^[a-z]+-[a-z]+-\d{4}$/);
  });

  it("of a taken name is refused, and no ticket given", async () => {
    const { room } = await aRoom();
    const again = await call("POST", "/api/rooms", { title: "Thief", room });
    const text = await again.clone().text();
    expect(await codeOf(again)).toBe("409 room-taken");
    expect(text).not.toContain("eyJ");
  });

  it("of one name twice at once, makes one room", async () => {
    const room = `race-${Date.now().toString(36)}`;
    const answers = await Promise.all([1, 2, 3, 4].map(() => call("POST", "/api/rooms", { title: "Race", room })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409]);
  });

  it.each([
    ["no title", {}],
    ["an empty title", { title: "  " }],
    ["a title of 121 characters", { title: "x".repeat(121) }],
    ["a title that turns text around", { title: "talk \u202egnp.exe" }],
    ["a title of two lines", { title: "one\ntwo" }],
    ["a name with capitals", { title: "a", room: "Demo" }],
    ["a name of two characters", { title: "a", room: "ab" }],
    ["a name that climbs", { title: "a", room: "../../x" }],
    ["chunks of 50 ms", { title: "a", chunkMs: 50 }],
    ["a field nobody knows", { title: "a", colour: "red" }],
    ["a list", []],
    ["nothing", undefined],
  ])("with %s is refused with a reason", async (_, body) => {
    expect(await codeOf(await call("POST", "/api/rooms", body))).toBe("400 body-invalid");
  });

  it("with a body of a megabyte is refused", async () => {
    expect(await codeOf(await call("POST", "/api/rooms", { title: "x".repeat(1_000_000) }))).toBe("413 body-too-large");
  });
});

describe("a deployment that nobody opened", () => {
  const closed = { ...env, OPEN_CREATE: "", CREATE_KEY: "" };
  const create = (bindings: object, headers: Record<string, string> = {}) =>
    app.request(
      "http://canopy.test/api/rooms",
      { method: "POST", headers, body: JSON.stringify({ title: "Key" }) },
      { ...closed, ...bindings },
    );

  it("makes no rooms, and tells its operator what to do", async () => {
    const answer = await create({});
    expect(await answer.clone().text()).toContain("wrangler secret put CREATE_KEY");
    expect(await codeOf(answer)).toBe("503 create-key-missing");
  });

  it("with a key makes rooms for who brings it, and for nobody else", async () => {
    const key = { CREATE_KEY: "right" };
    expect(await codeOf(await create(key))).toBe("401 create-key-wrong");
    expect(await codeOf(await create(key, { Authorization: "Bearer wrong" }))).toBe("401 create-key-wrong");
    expect((await create(key, { Authorization: "Bearer right" })).status).toBe(201);
  });
});

describe("the lobby", () => {
  it("shows rooms that asked to be listed, and no others", async () => {
    const listed = await aRoom({ listed: true });
    const hidden = await aRoom();
    const { rooms } = await (await call("GET", "/api/lobby")).json<{ rooms: { room: string }[] }>();
    const names = rooms.map((room) => room.room);
    expect(names).toContain(listed.room);
    expect(names).not.toContain(hidden.room);
  });
});

describe("an unknown room", () => {
  it("is a 404 for programs", async () => {
    expect(await codeOf(await call("GET", "/api/rooms/never-made"))).toBe("404 room-unknown");
    expect(await codeOf(await upgrade("/rooms/never-made/listen"))).toBe("404 room-unknown");
    expect(await codeOf(await upgrade("/rooms/never-made/stage"))).toBe("404 room-unknown");
    expect(await codeOf(await upgrade("/rooms/N%20o/listen"))).toBe("404 room-unknown");
  });
});

describe("a storm of joins on a cold edge", () => {
  it("asks the audience's object once, however many come at once", async () => {
    const { room } = await aRoom();
    const answers = await Promise.all(Array.from({ length: 50 }, () => upgrade(`/rooms/${room}/listen`)));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 101));
    const stub = audienceStub(env, audienceOf(roomId(room)));
    const requests: unknown = await runInDurableObject(stub, (audience) => Reflect.get(audience, "requests"));
    expect(requests).toMatchObject({ look: 1 });
    for (const { webSocket } of answers) {
      webSocket?.accept();
      webSocket?.close();
    }
  });
});

describe("a listener's upgrade", () => {
  it("that is none is told so", async () => {
    const { room } = await aRoom();
    expect(await codeOf(await call("GET", `/rooms/${room}/listen`))).toBe("426 upgrade-required");
    expect(await codeOf(await upgrade(`/rooms/${room}/listen`, { Upgrade: "h2c" }))).toBe("426 upgrade-required");
  });

  it("with a position that is none is told so", async () => {
    const { room } = await aRoom();
    expect(await codeOf(await upgrade(`/rooms/${room}/listen?from=yesterday`))).toBe("400 from-invalid");
  });

  it("shows nothing of what our own objects tell each other", async () => {
    const { room } = await aRoom();
    const answer = await upgrade(`/rooms/${room}/listen`, { "x-canopy-node": "other.weur.0.0", "x-canopy-plan": "{}" });
    expect(answer.status).toBe(101);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("x-canopy"))).toEqual([]);
    answer.webSocket?.accept();
    answer.webSocket?.close();
  });

  it("to a room that is full is told to hear the cached lane, and when to come back", async () => {
    const small = { ...env, LISTENERS_PER_LEAF: "1", INITIAL_LEAVES: "1", MAX_LISTENERS: "1" };
    const made = await app.request("http://canopy.test/api/rooms", { method: "POST", body: JSON.stringify({ title: "Small" }) }, small);
    const { room } = await made.json<Created>();
    const first = await upgrade(`/rooms/${room}/listen`);
    expect(first.status).toBe(101);
    const second = await upgrade(`/rooms/${room}/listen`);
    const closed = new Promise((done) => second.webSocket?.addEventListener("close", ({ code }) => done(code)));
    const said = new Promise((done) => second.webSocket?.addEventListener("message", ({ data }) => done(data)));
    second.webSocket?.accept();
    expect(await said).toContain('"type":"lane","lane":"cached"');
    expect(await closed).toBe(4405);
    first.webSocket?.accept();
    first.webSocket?.close();
  });
});
