import { createExecutionContext, listDurableObjectIds, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { app } from "../../../src/edge/app.ts";
import type { Env } from "../../../src/objects/env.ts";
import { call, connectEar, connectSpeaker, env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";

const { eventually } = workerdHouse;
const OPERATOR = { Authorization: "Bearer open sesame" };
const WEBHOOK = "https://hooks.example/canopy";

let made = 0;
async function aRoom(wish: object = {}): Promise<{ room: string; hostTicket: string }> {
  return (await call("POST", "/api/rooms", { title: "Watched", room: `watched-${Date.now().toString(36)}-${++made}`, ...wish })).json();
}

type Asked = { method?: string; path: string; body?: unknown; headers?: Record<string, string>; settings?: Partial<Env>; cf?: object };

/** A request to a deployment of these settings; what it does after its answer is awaited too. */
async function ask({ method = "GET", path, body, headers = {}, settings = {}, cf = {} }: Asked): Promise<Response> {
  const context = createExecutionContext();
  const init = { method, headers, cf, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(`http://canopy.test${path}`, init as RequestInit);
  const answer = await app.request(request, undefined, { ...env, ADMIN_KEY: "open sesame", ...settings }, context);
  await waitOnExecutionContext(context);
  return answer;
}

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
}

describe("the operator", () => {
  it("sees every room that is not over, page by page, and nobody else does", async () => {
    const [listed, hidden] = [await aRoom({ listed: true }), await aRoom()];
    const seen = async () => {
      const rooms: { room: string; listed: boolean; phase: string; listeners: number }[] = [];
      for (let next: string | undefined = ""; next !== undefined; ) {
        const answer: Response = await ask({ path: `/api/admin/rooms?after=${encodeURIComponent(next)}`, headers: OPERATOR });
        const page: { rooms: typeof rooms; next?: string } = await answer.json();
        rooms.push(...page.rooms);
        next = page.next;
      }
      return rooms;
    };
    await eventually("both are there", async () => {
      const names = (await seen()).map(({ room }) => room);
      return names.includes(listed.room) && names.includes(hidden.room);
    });
    const shown = (await seen()).find(({ room }) => room === hidden.room);
    expect(shown).toMatchObject({ title: "Watched", listed: false, phase: "quiet", listeners: 0, locked: false });
    expect(await codeOf(await ask({ path: "/api/admin/rooms" }))).toBe("401 admin-key-wrong");
    expect(await codeOf(await ask({ path: "/api/admin/rooms", headers: OPERATOR, settings: { ADMIN_KEY: "" } }))).toBe("404 not-found");
  });

  it("ends any room, and everybody in it reads why", async () => {
    const { room, hostTicket } = await aRoom();
    const host = await connectSpeaker(room, hostTicket);
    host.say({ type: "on-air" });
    host.speak();
    const ear = await connectEar(room);
    await eventually("he hears", () => ear.frames > 0);
    const end = (body: unknown, headers: Record<string, string> = OPERATOR, name = room) =>
      ask({ method: "POST", path: `/api/admin/rooms/${name}/end`, body, headers });
    expect(await codeOf(await end({ reason: "Rules" }, {}))).toBe("401 admin-key-wrong");
    expect(await codeOf(await end({ reason: "\u202eseluR" }))).toBe("400 body-invalid");
    expect(await codeOf(await end({ reason: "Rules" }, OPERATOR, "never-made"))).toBe("404 room-unknown");
    expect((await end({ reason: "It broke the rules" })).status).toBe(204);
    await eventually("both are closed", () => ear.closed === 4500 && host.closed === 4500);
    const over = { by: "operator", why: "It broke the rules" };
    expect(ear.texts.findLast(({ type }) => type === "room")).toMatchObject({ phase: "ended", over });
    expect(host.heard.findLast(({ type }) => type === "room")).toMatchObject({ phase: "ended", over });
    expect(await codeOf(await end({ reason: "Rules" }))).toBe("410 room-ended");
    await eventually(
      "it is not there any more",
      async () => !(await (await ask({ path: "/api/admin/rooms", headers: OPERATOR })).text()).includes(room),
    );
  });
});

describe("a report", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** A webhook that answers so, one status after the other. */
  function aWebhook(...answers: number[]): Request[] {
    const got: Request[] = [];
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      got.push(new Request(url, init));
      return new Response(null, { status: answers.shift() ?? 200 });
    });
    return got;
  }

  const report = (room: string, body: unknown, settings: Partial<Env> = { REPORT_WEBHOOK: WEBHOOK }) =>
    ask({ method: "POST", path: `/api/rooms/${room}/report`, body, settings, headers: { "cf-connecting-ip": "192.0.2.200" } });

  it("reaches the operator's webhook, signed, with nothing of who wrote it", async () => {
    const { room } = await aRoom();
    const got = aWebhook();
    const body = { reason: "abuse", text: "They shout\nat everybody" };
    expect((await report(room, body, { REPORT_WEBHOOK: WEBHOOK, REPORT_KEY: "shared with him" })).status).toBe(204);
    const [sent] = got;
    const text = (await sent?.text()) ?? "";
    const data = { room, title: "Watched", reason: "abuse", text: "They shout at everybody" };
    expect(JSON.parse(text)).toMatchObject({ type: "report", id: sent?.headers.get("webhook-id"), data });
    expect(JSON.stringify([...(sent?.headers ?? [])]) + text).not.toContain("192.0.2.200");
    const judge = new Webhook("shared with him", { format: "raw" });
    expect(judge.verify(text, Object.fromEntries(sent?.headers ?? []))).toMatchObject({ data });
    expect(() => judge.verify(`${text} `, Object.fromEntries(sent?.headers ?? []))).toThrow();
  });

  it("is tried again when the webhook does not take it", async () => {
    const { room } = await aRoom();
    const got = aWebhook(500, 200);
    expect((await report(room, { reason: "spam" })).status).toBe(202);
    expect(got).toHaveLength(2);
  });

  it("is refused with a reason where there is nothing to report, or nobody to report to", async () => {
    const { room } = await aRoom();
    const got = aWebhook();
    expect(await codeOf(await report(room, { reason: "spam" }, {}))).toBe("503 report-off");
    expect(await codeOf(await report("never-made", { reason: "spam" }))).toBe("404 room-unknown");
    for (const wrong of [{}, { reason: "boring" }, { reason: "spam", text: "x".repeat(1_001) }, { reason: "spam", text: "\u202e" }, []]) {
      expect(await codeOf(await report(room, wrong))).toBe("400 body-invalid");
    }
    expect(got).toEqual([]);
  });
});

describe("one address", () => {
  it("may do much, and not everything: it is told to wait, and others are not", async () => {
    const { room } = await aRoom();
    const from = (address: string) => ask({ path: `/api/rooms/${room}/ticket?for=listen`, headers: { "cf-connecting-ip": address } });
    const answers: number[] = [];
    for (let times = 0; times < 640; times++) answers.push((await from("2001:db8:7::1")).status);
    expect(answers.slice(0, 300).every((status) => status === 204)).toBe(true);
    const late = await from("2001:db8:7::2");
    expect([late.status, late.headers.get("retry-after")]).toEqual([429, "60"]);
    expect((await from("2001:db8:8::1")).status).toBe(204);
    // And who comes from nobody knows where, or from this machine, is not counted.
    for (const address of ["", "127.0.0.1"]) expect((await from(address)).status).toBe(204);
  });
});

describe("an address", () => {
  it("is written down nowhere: in no object's storage, on no socket, in no log", async () => {
    const planted = ["198.51.100.213", "2001:db8:aaaa:bbbb:1:2:3:4"];
    const logged: string[] = [];
    const spies = (["log", "warn", "error"] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...said) => void logged.push(said.join(" "))),
    );
    const { room, hostTicket } = await aRoom();
    const bearer = { Authorization: `Bearer ${hostTicket}` };
    const sockets: WebSocket[] = [];
    for (const [index, address] of planted.entries()) {
      const me = `me.AbCdEfGhIjKlMnOpQrSt_${index}`;
      const headers = { "cf-connecting-ip": address, "Sec-WebSocket-Protocol": `canopy.v1, ${me}` };
      const { webSocket } = await upgrade(`/rooms/${room}/listen`, headers, { clientIp: `[${address}]:4711` } as never);
      if (webSocket !== null) sockets.push(webSocket);
      webSocket?.accept();
      webSocket?.send(JSON.stringify({ type: "hand", raised: true, name: "Ana" }));
    }
    const host = await connectSpeaker(room, hostTicket);
    const waiting = () => host.heard.findLast((text) => text.type === "hands")?.hands ?? [];
    await eventually("both hands are up", () => waiting().length === 2);
    for (const { session } of waiting()) await call("POST", `/api/rooms/${room}/ban`, { session, address: true }, bearer);
    await call("GET", `/api/rooms/${room}`, undefined, { "cf-connecting-ip": planted[0] ?? "" });
    const classes = [
      env.ROOM,
      env.AUDIENCE,
      env.RELAY,
      env.LEAF,
      env.ARCHIVE,
      env.LOBBY,
      env.REGISTER,
    ] as unknown as DurableObjectNamespace[];
    const stored = async () => (await Promise.all(classes.map(dumpOf))).join("\n");
    // What is banned is there under the room's key: so what is searched is where it would stand.
    await eventually("the bans are kept", async () => /"addresses\\*":\[\\*"[\w-]{22}/.test(await stored()));
    const everything = `${await stored()}\n${logged.join("\n")}`;
    for (const trace of ["198.51.100", "2001:db8:aaaa", "c633:64d5", "[2001"]) expect(everything).not.toContain(trace);
    for (const spy of spies) spy.mockRestore();
    for (const socket of sockets) socket.close();
    host.leave();
  });
});

/** All that the objects of one class keep, and what stands on their sockets. */
async function dumpOf(namespace: DurableObjectNamespace): Promise<string> {
  const dumps = (await listDurableObjectIds(namespace)).map((id) =>
    runInDurableObject(namespace.get(id), async (_, state) => {
      const { storage } = state;
      const tables = [...storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")].map(({ name }) => name);
      const rows = tables.filter((name) => !name.startsWith("_")).flatMap((name) => [...storage.sql.exec(`SELECT * FROM ${name}`)]);
      const sockets = state.getWebSockets().map((socket) => socket.deserializeAttachment() as unknown);
      return JSON.stringify([
        [...(await storage.list())],
        rows,
        sockets,
        state.getTags === undefined ? [] : state.getWebSockets().map((socket) => state.getTags(socket)),
      ]);
    }),
  );
  return (await Promise.all(dumps)).join("\n");
}

describe("GET /metrics", () => {
  /** Every sample by its name and labels, read as Prometheus reads it: each family's type and help before its samples, a number for each. */
  function samplesIn(text: string): ReadonlyMap<string, number> {
    const samples = new Map<string, number>();
    let family = "";
    let help = "";
    for (const line of text.trimEnd().split("\n")) {
      const told = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
      if (told !== null) {
        const [, what, name = "", says = ""] = told;
        if (what === "HELP") help = name;
        else expect([help, says === "counter" ? name.endsWith("_total") : says]).toEqual([name, says === "counter" ? true : "gauge"]);
        family = name;
        continue;
      }
      const [, name, labels = "", value] = /^([a-z_]+)(\{[a-z]+="[A-Za-z-]+"\})? (\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(line) ?? [];
      expect([line, name]).toEqual([line, family]);
      expect(samples.has(family + labels)).toBe(false);
      samples.set(family + labels, Number(value));
    }
    return samples;
  }

  it("tells Prometheus what goes on: rooms, stages, listeners, strides, segments, webhooks", async () => {
    const read = async () => samplesIn(await (await ask({ path: "/metrics", headers: OPERATOR })).text());
    const { room, hostTicket } = await aRoom();
    const host = await connectSpeaker(room, hostTicket);
    host.say({ type: "on-air" });
    host.speak();
    const ear = await connectEar(room);
    await eventually("he hears", () => ear.frames > 0);
    const now = await read();
    for (const name of ["canopy_rooms_live", "canopy_stage_sockets", 'canopy_listeners{lane="live"}', "canopy_stride_chunks_max"]) {
      expect([name, now.get(name)]).toEqual([name, expect.toSatisfy((value: number) => value >= 1)]);
    }
    expect(now.get("canopy_joins_parked")).toBe(0);
    for (const name of [
      'canopy_segments_total{outcome="stored"}',
      "canopy_webhooks_waiting",
      'canopy_webhooks_total{outcome="given-up"}',
    ]) {
      expect(now.get(name)).toBeGreaterThanOrEqual(0);
    }
    host.say({ type: "end" });
    await eventually("it is over", async () => ((await read()).get("canopy_rooms_live") ?? 0) < (now.get("canopy_rooms_live") ?? 0));
  });
});
