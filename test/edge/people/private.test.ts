import { describe, expect, it } from "vitest";
import { ENDING } from "../../../src/core/wire/ending.ts";
import { parseLaneHead } from "../../../src/core/wire/lane-head.ts";
import type { Speaker } from "../../contract/house.ts";
import { call, connectSpeaker, upgrade, workerdHouse } from "../../contract/workerd-house.ts";

const { eventually, pass } = workerdHouse;

type House = {
  name: string;
  host: Speaker;
  hostTicket: string;
  successor: string;
  guest: (name?: string) => Promise<string>;
  lock: (is: boolean) => Promise<void>;
};

let made = 0;
/** A live room whose host may lock it. */
async function aRoom(wish: object = {}): Promise<House> {
  const name = `private-${Date.now().toString(36)}-${++made}`;
  const { hostTicket, successorTickets } = await (await call("POST", "/api/rooms", { title: "Among us", room: name, ...wish })).json<{
    hostTicket: string;
    successorTickets: string[];
  }>();
  const host = await connectSpeaker(name, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  const ask = (verb: string, body: object) => call("POST", `/api/rooms/${name}/${verb}`, body, { Authorization: `Bearer ${hostTicket}` });
  return {
    ...{ name, host, hostTicket, successor: successorTickets[0] ?? "" },
    guest: async (named = "Ana") => (await (await ask("invite-listener", { name: named })).json<{ ticket: string }>()).ticket,
    async lock(locked) {
      expect((await ask("lock-room", { locked })).status).toBe(204);
      await eventually("the public knows", async () => (await summaryOf(name)).locked === locked);
    },
  };
}

async function summaryOf(name: string): Promise<{ locked: boolean; speakers?: unknown[] }> {
  return (await call("GET", `/api/rooms/${name}`)).json();
}

type Ear = { texts: string[]; bytes: number; closed: number | undefined; leave: () => void };

/** Somebody who listens with these subprotocols. */
async function listen(name: string, ...protocols: string[]): Promise<Ear> {
  const offered = protocols.length === 0 ? {} : { "Sec-WebSocket-Protocol": ["canopy.v1", ...protocols].join(", ") };
  const answer = await upgrade(`/rooms/${name}/listen`, offered);
  expect([answer.status, answer.headers.get("sec-websocket-protocol")]).toEqual([101, protocols.length === 0 ? null : "canopy.v1"]);
  const socket = answer.webSocket;
  const ear: Ear = { texts: [], bytes: 0, closed: undefined, leave: () => socket?.close() };
  socket?.addEventListener("message", ({ data }) => {
    if (typeof data === "string") ear.texts.push(data);
    else ear.bytes += 1;
  });
  socket?.addEventListener("close", ({ code }) => {
    ear.closed = code;
    socket.close();
  });
  socket?.accept();
  return ear;
}

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
}

function bearer(ticket: string): Record<string, string> {
  return { Authorization: `Bearer ${ticket}` };
}

describe("a room that becomes private", () => {
  it("keeps who is in, takes in who is invited, and tells everybody else by a close that a browser can read", async () => {
    const { name, host, hostTicket, guest, lock } = await aRoom();
    const before = await listen(name);
    await eventually("he hears", () => before.bytes > 2);
    await lock(true);
    const [stranger, forger, ana, self] = [
      await listen(name, "me.AbCdEfGhIjKlMnOpQrSt_-"),
      await listen(name, "ticket.eyJ.a.b"),
      await listen(name, `ticket.${await guest()}`),
      await listen(name, `ticket.${hostTicket}`),
    ];
    await eventually("strangers are closed", () => stranger.closed !== undefined && forger.closed !== undefined);
    expect([stranger.closed, forger.closed, stranger.texts]).toEqual([ENDING.private.code, ENDING.private.code, []]);
    await eventually("the invited hear", () => ana.bytes > 2 && self.bytes > 2);
    const heard = before.bytes;
    await eventually("who was in hears on", () => before.bytes > heard + 2);
    expect([before.closed, ana.closed]).toEqual([undefined, undefined]);
    await lock(false);
    const again = await listen(name, "me.AbCdEfGhIjKlMnOpQrSt_-");
    await eventually("anybody hears again", () => again.bytes > 2);
    for (const ear of [before, ana, self, again]) ear.leave();
    host.leave();
  });

  it("says over HTTP why one may not listen", async () => {
    const { name, host, guest, lock } = await aRoom();
    const other = await aRoom();
    const ask = (ticket?: string) =>
      call("GET", `/api/rooms/${name}/ticket?for=listen`, undefined, ticket === undefined ? {} : bearer(ticket));
    expect((await ask()).status).toBe(204);
    await lock(true);
    expect(await codeOf(await ask())).toBe("401 listen-ticket-missing");
    expect(await codeOf(await ask("nonsense"))).toBe("401 ticket-invalid");
    expect(await codeOf(await ask(await other.guest()))).toBe("403 ticket-for-another-room");
    expect((await ask(await guest())).status).toBe(204);
    expect(await codeOf(await call("GET", `/api/rooms/${name}/ticket`, undefined, bearer(await guest())))).toBe("403 ticket-role-wrong");
    host.leave();
    other.host.leave();
  });

  it("shows that it is private, and not who speaks; the lobby shows it no more until it is open again", async () => {
    const { name, host, lock } = await aRoom({ listed: true });
    const lobby = async () => (await call("GET", "/api/lobby")).text();
    await eventually("the lobby shows it", async () => (await lobby()).includes(name));
    await eventually("who speaks is shown", async () => ((await summaryOf(name)).speakers?.length ?? 0) > 0);
    await lock(true);
    expect((await summaryOf(name)).speakers).toBeUndefined();
    const page = await (await call("GET", `/rooms/${name}`)).text();
    expect(page).toContain("Among us");
    expect(page).toMatch(/data-part="locked"(?! hidden)/);
    await eventually("the lobby does not", async () => !(await lobby()).includes(name));
    await lock(false);
    await eventually("the lobby shows it again", async () => (await lobby()).includes(name));
    host.leave();
  });
});

describe("a private room that another one continues", () => {
  it("stays private, and who was invited to the first is still let in", async () => {
    const { name, host, successor, guest, lock } = await aRoom();
    await lock(true);
    const invited = await guest();
    const made = await call("POST", `/api/rooms/${name}/continue`, { title: "After" }, bearer(successor));
    expect(made.status).toBe(201);
    const { room } = await made.json<{ room: string }>();
    for (const at of [name, room]) {
      const ana = await listen(at, `ticket.${invited}`);
      await eventually("the invited is welcome", () => ana.texts.length > 0);
      const stranger = await listen(at);
      await eventually("a stranger is closed", () => stranger.closed === ENDING.private.code);
      expect(ana.closed).toBeUndefined();
      ana.leave();
    }
    host.leave();
  });
});

describe("the cached lane of a private room", () => {
  it("asks for the ticket before every memory and cache, and no cache keeps what it gives", async () => {
    const { name, host, guest, lock } = await aRoom();
    const ear = await listen(name);
    await eventually("he is welcome", () => ear.texts.length > 0);
    const path = (JSON.parse(ear.texts[0] ?? "{}") as { segments: string }).segments;
    const isThere = async () => (parseLaneHead(await (await call("GET", `${path}/head`)).text())?.head.runs.at(-1)?.last ?? -1) >= 0;
    await eventually("there is a segment", isThere);
    const open = await call("GET", `${path}/1/0`);
    expect(open.headers.get("cache-control")).toMatch(/^public/);
    await open.arrayBuffer();
    await lock(true);
    await eventually("the lane has heard of it", async () => (await call("GET", `${path}/head`)).status === 401);
    for (const at of ["head", "1/0"]) {
      expect(await codeOf(await call("GET", `${path}/${at}`))).toBe("401 listen-ticket-missing");
      expect(await codeOf(await call("GET", `${path}/${at}`, undefined, bearer("nonsense")))).toBe("401 ticket-invalid");
    }
    const invited = bearer(await guest());
    for (let twice = 0; twice < 2; twice++) {
      const found = await call("GET", `${path}/1/0`, undefined, invited);
      expect([found.status, found.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
      await found.arrayBuffer();
    }
    ear.leave();
    host.leave();
  });

  it("is silent for who was removed, though his ticket is good", async () => {
    const { name, host, hostTicket, guest, lock } = await aRoom();
    await lock(true);
    const ticket = await guest();
    const ear = await listen(name, `ticket.${ticket}`);
    await eventually("he is welcome", () => ear.texts.length > 0);
    const path = (JSON.parse(ear.texts[0] ?? "{}") as { segments: string }).segments;
    const head = () => call("GET", `${path}/head`, undefined, bearer(ticket));
    await eventually("he may hear the lane", async () => (await head()).status === 200);
    const session = String(
      (JSON.parse(atob((ticket.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"))) as { sub: string }).sub,
    );
    expect((await call("POST", `/api/rooms/${name}/remove`, { session }, bearer(hostTicket))).status).toBe(204);
    await eventually("he is cut off", () => ear.closed === ENDING.removed.code);
    await eventually("the lane too", async () => (await codeOf(await head())) === "403 removed");
    const back = await listen(name, `ticket.${ticket}`);
    await eventually("he does not come back", () => back.closed === ENDING.removed.code);
    await pass(100);
    expect(back.bytes).toBe(0);
    host.leave();
  });
});
