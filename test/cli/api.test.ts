import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { AxiosResponse } from "axios";
import { OpenAPIClientAxios } from "openapi-client-axios";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { hookForTest } from "../support/hook.ts";
import { endServers, serverForTest } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";

const ADMIN = "the operator himself";
const KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

type Operation = { operationId: string; responses: Record<string, { content?: Record<string, { schema?: object }> }> };
type Description = { openapi: string; paths: Record<string, Record<string, Operation>> };
type Call = (parameters?: object | null, body?: unknown, config?: object) => Promise<AxiosResponse>;

let server: RunningServer;
let hook: Awaited<ReturnType<typeof hookForTest>>;
let description: Description;

beforeAll(async () => {
  // The first time that it is told of an end it has a bad moment.
  let ends = 0;
  hook = await hookForTest(({ body }) => (body.includes('"ended"') && ++ends === 1 ? 500 : 204));
  server = await serverForTest({ vars: { ADMIN_KEY: ADMIN, WEBHOOK_URL: hook.url, WEBHOOK_KEY: KEY } });
  description = (await (await fetch(`${server.url}/openapi.json`)).json()) as Description;
});

afterAll(async () => {
  await killCommands();
  await endServers();
  hook.close();
});

describe("/openapi.json", () => {
  it("is a valid description of version 3.1", async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(description) as never);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(description.openapi).toMatch(/^3\.1\./);
  });

  it("a client that is made from it runs an evening from create to end, and every answer is what it says", async () => {
    const { call, as } = clientOf(description, server.url);
    const { data: made } = await call("createRoom", 201, null, { title: "Friday talk", room: "friday", listed: true });
    const host = as(made.hostTicket);
    const room = { room: "friday" };

    expect((await call("expectCrowd", 200, room, { listeners: 200, regions: ["weur"] }, host)).data).toMatchObject({ expected: 200 });
    expect((await call("readExpected", 200, room, undefined, host)).data.leaves).toBeGreaterThan(0);
    expect((await call("onAir", 409, room, {}, host)).data.code).toBe("no-line");
    const stage = new WebSocket(made.urls.stage, ["canopy.v1", `ticket.${made.hostTicket}`]);
    await new Promise((welcomed) => stage.once("message", welcomed));
    const living = setInterval(() => stage.send('{"type":"ping","id":1}'), 1_000);

    await call("onAir", 204, room, {}, host);
    await call("rename", 204, room, { title: "Friday night" }, host);
    await call("record", 204, room, { on: true, keepDays: 1 }, host);
    await vi.waitFor(async () => {
      expect((await call("readRoom", 200, room)).data).toMatchObject({ title: "Friday night", phase: "live" });
    }, 8_000);
    const { data: seen } = await call("readBackstage", 200, room, undefined, host);
    expect(seen).toMatchObject({ title: "Friday night", phase: "live", speakers: [{ role: "host", state: "on-air" }] });
    await call("caption", 204, room, { id: "l-1", text: "Good evening", final: true }, host);
    await call("mute", 204, room, { muted: true, session: seen.speakers[0].session }, host);
    await call("callMe", 204, room, { name: "Ada" }, host);
    const { data: invited } = await call("inviteListener", 200, room, { name: "Bo" }, host);
    await call("lockRoom", 204, room, { locked: true }, host);
    await call("readTicket", 204, { ...room, for: "listen" }, undefined, as(invited.ticket));
    expect((await call("rename", 400, room, { title: "" }, host)).data.detail).toContain("title");
    expect((await call("rename", 403, room, { title: "Mine" }, as(invited.ticket))).data.code).toBe("ticket-role-wrong");
    expect((await call("rename", 401, room, { title: "Mine" })).data.code).toBe("ticket-missing");
    expect((await call("invite", 403, room, { session: seen.speakers[0].session }, host)).data.code).toBe("not-yourself");
    expect((await call("answer", 404, room, { question: "none" }, host)).data.code).toBe("question-unknown");
    expect((await call("readRoom", 404, { room: "never-made" })).data.code).toBe("room-unknown");
    await call("lockRoom", 204, room, { locked: false }, host);
    expect((await call("readLobby", 200)).data.rooms).toMatchObject([{ room: "friday" }]);
    expect((await call("listRooms", 200, null, undefined, as(ADMIN))).data.rooms).toMatchObject([{ room: "friday" }]);
    await call("readMetrics", 200, null, undefined, as(ADMIN));
    await call("readHealth", 200);

    expect((await call("readContinue", 200, room, undefined, as(made.successorTickets[0]))).data).toMatchObject({ taken: false });
    const { data: next } = await call("continueRoom", 201, room, { room: "friday-two" }, as(made.successorTickets[0]));
    expect(next.continues).toBe("friday");
    expect((await call("readContinue", 409, room, undefined, as(made.successorTickets[1]))).data.room).toBe("friday-two");
    await call("end", 204, { room: "friday-two" }, {}, as(next.hostTicket));
    await call("readRoom", 200, { room: "friday-two" });
    expect((await call("end", 410, { room: "friday-two" }, {}, as(next.hostTicket))).data.code).toBe("room-ended");
    clearInterval(living);
    stage.close();
  });

  it("and its operator's webhook was told of it in order, signed, and again where it had a bad moment", async () => {
    const judge = new Webhook(KEY);
    const events = () => hook.told.map(({ headers, body }) => judge.verify(body, headers as Record<string, string>) as Event);
    type Event = { type: string; id: string; data: { room: string; to?: string } };
    await vi.waitFor(() => expect(events().filter(({ type }) => type === "ended")).toHaveLength(2), 15_000);
    // What the first room kept comes later, after the end of the one that took its audience over.
    const evening = events().filter(({ type }) => type !== "recording-ready");
    expect(evening.map(({ type, data }) => `${type} ${data.room}`)).toEqual([
      "opened friday",
      "live friday",
      "moved friday",
      "ended friday-two",
      "ended friday-two",
    ]);
    const [first, again] = events().filter(({ type }) => type === "ended");
    expect(first?.id).toBe(again?.id);
  });

  it("and of a room that was recorded it hears, after its end, when all of that can be fetched", async () => {
    const { call, as } = clientOf(description, server.url);
    const { data: made } = await call("createRoom", 201, null, { title: "Kept", room: "kept" });
    const host = as(made.hostTicket);
    const room = { room: "kept" };
    const speaking = command("broadcast", "--url", server.url, "--room", "kept", "--ticket", made.hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
    await call("record", 204, room, { on: true }, host);
    await vi.waitFor(async () => expect((await fetch(`${server.url}/api/rooms/kept/recording`)).status).toBe(200), 15_000);
    await call("end", 204, room, {}, host);
    const told = () => hook.told.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.room === "kept");
    await vi.waitFor(() => expect(told().map(({ type }) => type)).toEqual(["opened", "live", "ended", "recording-ready"]), 15_000);
    const { data: kept } = await call("readRecording", 200, room);
    expect(kept).toMatchObject({ ended: true, durationMs: told().at(-1).data.durationMs });
  });
});

/** Every operation by its name; each answer is held against its schema in the description. */
function clientOf(definition: Description, baseURL: string) {
  const client = new OpenAPIClientAxios({
    definition: structuredClone(definition) as never,
    axiosConfigDefaults: { baseURL, validateStatus: () => true },
  }).initSync() as unknown as Record<string, Call>;
  const judge = new Ajv2020({ strict: false, formats: { "date-time": true, uri: true } });
  judge.addSchema({ ...definition, $id: "canopy" });
  return {
    as: (ticket: string) => ({ headers: { Authorization: `Bearer ${ticket}` } }),
    call: async (name: string, status: number, parameters?: object | null, body?: unknown, config?: object) => {
      const answer = await client[name]?.(parameters, body, config);
      expect([name, answer?.status, answer?.data]).toEqual([name, status, answer?.data]);
      const where = whereIs(definition, name, status, String(answer?.headers["content-type"] ?? "").split(";")[0] ?? "");
      if (where !== undefined) expect(judge.validate({ $ref: `canopy#${where}` }, answer?.data), JSON.stringify(judge.errors)).toBe(true);
      return answer as AxiosResponse;
    },
  };
}

/** Where the schema of an answer stands; undefined where it has no body. @throws if the description does not know such an answer */
function whereIs({ paths }: Description, name: string, status: number, type: string): string | undefined {
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { operationId, responses }] of Object.entries(operations)) {
      if (operationId !== name) continue;
      const said = responses[status];
      if (said === undefined) throw new Error(`${name} is not said to answer ${status}`);
      if (said.content === undefined) return undefined;
      if (said.content[type] === undefined) throw new Error(`${name} is not said to answer ${status} with ${type}`);
      if (said.content[type].schema === undefined) return undefined;
      const parts = ["paths", path, method, "responses", String(status), "content", type, "schema"];
      return `/${parts.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`;
    }
  }
  throw new Error(`there is no ${name}`);
}
