import { describe, expect, it } from "vitest";
import type { Plan } from "../../../src/core/tree/shape/plan.ts";
import { app } from "../../../src/edge/app.ts";
import { addressMarkOf } from "../../../src/edge/request/identity.ts";
import type { Env } from "../../../src/objects/env.ts";
import { HEADER } from "../../../src/objects/header.ts";
import { call, env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";

const ME = "AbCdEfGhIjKlMnOpQrSt_-";
const SOMEONE = "192.0.2.77";

type Told = { session: string | null; address: string | null; all: string };

/** What a leaf is told of who knocks, by a worker whose leaves only write it down. */
async function toldOf(room: string, headers: Record<string, string>, settings: Partial<Env> = {}, cf: object = {}): Promise<Told> {
  let told: Told | undefined;
  const leaf = {
    fetch: async (url: string, init: { headers: Record<string, string> }) => {
      const said = new Headers(init.headers);
      told = { session: said.get(HEADER.session), address: said.get(HEADER.address), all: `${url} ${JSON.stringify([...said])}` };
      return new Response(null, { status: 503, headers: { [HEADER.refusal]: "leaf-busy" } });
    },
  };
  const LEAF = { idFromName: () => "leaf", get: () => leaf } as unknown as Env["LEAF"];
  const request = new Request(`http://canopy.test/rooms/${room}/listen`, {
    headers: { Upgrade: "websocket", ...headers },
    cf,
  } as RequestInit);
  const answer = await app.request(request, undefined, { ...env, ...settings, LEAF });
  answer.webSocket?.accept();
  if (told === undefined) throw new Error(`no leaf was asked, but ${answer.status}`);
  return told;
}

async function aRoom(): Promise<{ name: string; plan: Plan }> {
  const plan = await (await workerdHouse.open()).plan();
  return { name: plan.root, plan };
}

function protocols(...more: string[]): Record<string, string> {
  return { "Sec-WebSocket-Protocol": ["canopy.v1", ...more].join(", ") };
}

describe("who comes to listen", () => {
  it("is known to the leaf by a hash of the browser's id, another in each room; without an id he is nobody", async () => {
    const { name } = await aRoom();
    const { session, all } = await toldOf(name, protocols(`me.${ME}`));
    expect(session).toMatch(/^l-[A-Za-z0-9_-]{22}$/);
    expect(all).not.toContain(ME);
    expect((await toldOf(name, protocols(`me.${ME}`))).session).toBe(session);
    expect((await toldOf((await aRoom()).name, protocols(`me.${ME}`))).session).not.toBe(session);
    expect((await toldOf(name, protocols())).session).toBeNull();
    expect((await toldOf(name, { [HEADER.session]: "host-0", [HEADER.address]: "x" })).session).toBeNull();
  });

  it("is known by where he comes from, under the room's own key and never by the address", async () => {
    const { name, plan } = await aRoom();
    const { address, all } = await toldOf(name, { "cf-connecting-ip": SOMEONE });
    expect(address).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(address).toBe(await addressMarkOf(plan.addressKey, SOMEONE));
    expect(all).not.toContain(SOMEONE);
    expect((await toldOf(name, { "cf-connecting-ip": `::ffff:${SOMEONE}` })).address).toBe(address);
    expect((await toldOf(name, { "cf-connecting-ip": "192.0.2.78" })).address).not.toBe(address);
    expect((await toldOf((await aRoom()).name, { "cf-connecting-ip": SOMEONE })).address).not.toBe(address);
    expect((await toldOf(name, {})).address).toBeNull();
  });

  it("is not believed what he says of his address himself, where this worker is told it", async () => {
    const { name, plan } = await aRoom();
    const mark = await addressMarkOf(plan.addressKey, SOMEONE);
    // Bare workerd tells what it saw.
    const seen = { clientIp: `[::ffff:${SOMEONE}]:4711` };
    expect((await toldOf(name, { "cf-connecting-ip": "203.0.113.9" }, {}, seen)).address).toBe(mark);
    // And an operator's proxy what it saw: behind it, all come from the proxy.
    const forwarded = { "x-forwarded-for": `203.0.113.9, ${SOMEONE}`, "cf-connecting-ip": "203.0.113.9" };
    expect((await toldOf(name, forwarded, { ADDRESS_HEADER: "x-forwarded-for" }, { clientIp: "127.0.0.1:1" })).address).toBe(mark);
  });
});

describe("a socket whose client offers our subprotocol", () => {
  it("has it echoed, and neither the id nor a ticket; whoever offers nothing hears of none", async () => {
    const { name } = await aRoom();
    const answer = await upgrade(`/rooms/${name}/listen`, protocols(`me.${ME}`, "ticket.a.b.c"));
    expect(answer.headers.get("sec-websocket-protocol")).toBe("canopy.v1");
    expect(JSON.stringify([...answer.headers])).not.toContain(ME);
    const bare = await upgrade(`/rooms/${name}/listen`);
    expect([answer.status, bare.status, bare.headers.get("sec-websocket-protocol")]).toEqual([101, 101, null]);
    for (const { webSocket } of [answer, bare]) {
      webSocket?.accept();
      webSocket?.close();
    }
  });

  it("has it echoed also when the room is full, since a browser would not hear of the cached lane otherwise", async () => {
    const small = { ...env, LISTENERS_PER_LEAF: "1", INITIAL_LEAVES: "1", MAX_LISTENERS: "1" };
    const made = await app.request("http://canopy.test/api/rooms", { method: "POST", body: JSON.stringify({ title: "Small" }) }, small);
    const { room } = await made.json<{ room: string }>();
    const answers = [await upgrade(`/rooms/${room}/listen`, protocols(`me.${ME}`)), await upgrade(`/rooms/${room}/listen`, protocols())];
    expect(answers.map((answer) => answer.headers.get("sec-websocket-protocol"))).toEqual(["canopy.v1", "canopy.v1"]);
    for (const { webSocket } of answers) {
      webSocket?.accept();
      webSocket?.close();
    }
  });
});

describe("a plan", () => {
  it("never reaches the public, nor does the key that is in it", async () => {
    const { name, plan } = await aRoom();
    expect(plan.addressKey).toMatch(/^[A-Za-z0-9_-]{22}$/);
    for (const path of [`/api/rooms/${name}`, `/rooms/${name}`, "/api/lobby"]) {
      expect(await (await call("GET", path)).text()).not.toContain(plan.addressKey);
    }
  });
});
