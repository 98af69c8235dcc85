import { runInDurableObject } from "cloudflare:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { encodeSpeech } from "../../../src/core/audio/speech.ts";
import { roomStub } from "../../../src/objects/locate.ts";
import { type RoomRecord, RoomStore } from "../../../src/objects/room/room-store.ts";
import { makeSession, signTicket } from "../../../src/objects/room/tickets.ts";
import { call, env, upgrade } from "../../contract/workerd-house.ts";
import { aFrame, roomId } from "../../support/build.ts";

type Created = { room: string; hostTicket: string; successorTickets: string[] };

let made = 0;
async function aRoom(): Promise<Created> {
  return (await call("POST", "/api/rooms", { title: "Stage", room: `stage-${Date.now().toString(36)}-${++made}` })).json();
}

const stage = (room: string, ticket: string) =>
  upgrade(`/rooms/${room}/stage`, { "Sec-WebSocket-Protocol": `canopy.v1, ticket.${ticket}` });

async function codeOf(answer: Response): Promise<string> {
  return `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
}

/** What the room's own object keeps: its key pair signs what a test needs. */
async function recordOf(room: string): Promise<RoomRecord> {
  const record = await runInDurableObject(roomStub(env, roomId(room)) as DurableObjectStub, (_, state) =>
    new RoomStore(state.storage).load(),
  );
  if (record === undefined) throw new Error("no such room");
  return record;
}

describe("a speaker's upgrade", () => {
  it("with the host's ticket is taken; only the protocol's name is echoed", async () => {
    const { room, hostTicket } = await aRoom();
    const answer = await stage(room, hostTicket);
    expect(answer.status).toBe(101);
    expect(answer.headers.get("sec-websocket-protocol")).toBe("canopy.v1");
    answer.webSocket?.accept();
    answer.webSocket?.close();
  });

  it("without a ticket is refused", async () => {
    const { room } = await aRoom();
    expect(await codeOf(await upgrade(`/rooms/${room}/stage`))).toBe("401 ticket-missing");
  });

  it("with a ticket for another room is refused, and told so", async () => {
    const [one, other] = [await aRoom(), await aRoom()];
    expect(await codeOf(await stage(one.room, other.hostTicket))).toBe("403 ticket-for-another-room");
  });

  it("with an expired ticket is refused, and told so", async () => {
    const { room } = await aRoom();
    const { keys } = await recordOf(room);
    const key = await crypto.subtle.importKey("jwk", keys.signing as JsonWebKey, { name: "Ed25519" }, false, ["sign"]);
    const expired = await new SignJWT({ role: "host", name: "Host", rank: 0 })
      .setProtectedHeader({ alg: "EdDSA" })
      .setAudience(room)
      .setSubject("host-expired")
      .setExpirationTime(1_000)
      .sign(key);
    expect(await codeOf(await stage(room, expired))).toBe("401 ticket-expired");
  });

  it("with a ticket that somebody else signed is refused", async () => {
    const { room } = await aRoom();
    const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const keys = { signing: await exportJWK(pair.privateKey), verifying: { kty: "OKP", crv: "Ed25519", x: "" } };
    expect(
      await codeOf(await stage(room, await signTicket(keys, roomId(room), { session: makeSession("host"), role: "host", name: "Host" }))),
    ).toBe("401 ticket-invalid");
  });

  it.each(["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiaG9zdCJ9.", "y".repeat(10_000)])(
    "with the ticket %.30j is refused",
    async (ticket) => {
      const { room } = await aRoom();
      expect(await codeOf(await stage(room, ticket))).toMatch(/^401 ticket-invalid$/);
    },
  );

  it("with a successor's ticket does not open the stage", async () => {
    const { room, successorTickets } = await aRoom();
    expect(await codeOf(await stage(room, successorTickets[0] ?? ""))).toBe("403 ticket-role-wrong");
  });
});

describe("a ticket that a page asks about", () => {
  const ask = (room: string, ticket: string) => call("GET", `/api/rooms/${room}/ticket`, undefined, { Authorization: `Bearer ${ticket}` });

  it("opens the stage, or the answer says why not", async () => {
    const [one, other] = [await aRoom(), await aRoom()];
    expect((await ask(one.room, one.hostTicket)).status).toBe(204);
    expect(await codeOf(await ask(one.room, other.hostTicket))).toBe("403 ticket-for-another-room");
    expect(await codeOf(await ask(one.room, one.hostTicket.slice(0, -9)))).toBe("401 ticket-invalid");
    expect(await codeOf(await ask(one.room, one.successorTickets[0] ?? ""))).toBe("403 ticket-role-wrong");
    expect(await codeOf(await ask("never-made", one.hostTicket))).toBe("404 room-unknown");
  });
});

describe("bad input on stage", () => {
  async function onAir() {
    const { room, hostTicket } = await aRoom();
    const socket = (await stage(room, hostTicket)).webSocket;
    if (socket === null) throw new Error("no socket");
    const heard: { type: string; code?: string }[] = [];
    let closed: number | undefined;
    socket.addEventListener("message", ({ data }) => heard.push(JSON.parse(String(data))));
    socket.addEventListener("close", ({ code }) => {
      closed = code;
    });
    socket.accept();
    socket.send('{"type":"on-air"}');
    await until(() => heard.some((said) => said.type === "stage"));
    const refusals = () => heard.filter((said) => said.type === "refused").map((said) => said.code);
    return { socket, heard, refusals, closed: () => closed };
  }

  it("is told why it was not taken, and the connection goes on", async () => {
    const { socket, refusals, heard, closed } = await onAir();
    const speech = (sample: number) => encodeSpeech({ sample, level: 30, starts: false, ends: false, frames: [aFrame()] });
    socket.send("garbage");
    socket.send(Uint8Array.of(9, 9, 9));
    socket.send(speech(960));
    socket.send(speech(960));
    socket.send(speech(0));
    socket.send(encodeSpeech({ sample: 1_920, level: 30, starts: false, ends: false, frames: [Uint8Array.of(0x58, 1)] }));
    await until(() => refusals().length >= 4);
    expect(refusals()).toEqual(["text-unreadable", "speech-too-short", "speech-out-of-order", "speech-not-20-ms-opus"]);
    socket.send('{"type":"ping","id":7}');
    await until(() => heard.some((said) => said.type === "pong"));
    expect(closed()).toBeUndefined();
    socket.close();
  });

  it("of a megabyte ends the connection, and nobody else's", async () => {
    const big = await onAir();
    const other = await onAir();
    big.socket.send(new Uint8Array(1_000_000));
    await until(() => big.closed() !== undefined);
    expect(big.closed()).toBe(4511);
    expect(other.closed()).toBeUndefined();
    other.socket.close();
  });

  it("that never ends, ends the connection", async () => {
    const { socket, closed } = await onAir();
    for (let message = 0; message < 60; message++) socket.send(Uint8Array.of(message));
    await until(() => closed() !== undefined);
    expect(closed()).toBe(4512);
  });
});

describe("a listener who talks", () => {
  async function listener() {
    const { room } = await aRoom();
    const socket = (await upgrade(`/rooms/${room}/listen`)).webSocket;
    if (socket === null) throw new Error("no socket");
    const heard: string[] = [];
    let closed: number | undefined;
    socket.addEventListener("message", ({ data }) => heard.push(String(data)));
    socket.addEventListener("close", ({ code }) => {
      closed = code;
    });
    socket.accept();
    return { socket, heard, closed: () => closed };
  }

  it("in text that we do not know is ignored, and a ping is answered", async () => {
    const { socket, heard, closed } = await listener();
    socket.send('{"type":"react","reaction":"heart"}');
    socket.send("garbage");
    socket.send("ping");
    await until(() => heard.includes("pong"));
    expect(closed()).toBeUndefined();
    socket.close();
  });

  it.each([
    ["in binary", Uint8Array.of(1, 2, 3), 4510],
    ["in a text of 5,000 characters", "x".repeat(5_000), 4511],
    ["in a megabyte", new Uint8Array(1_000_000), 4510],
  ])("%s is closed with the reason", async (_, message, code) => {
    const { socket, closed } = await listener();
    socket.send(message);
    await until(() => closed() !== undefined);
    expect(closed()).toBe(code);
  });

  it("without a pause is closed with the reason", async () => {
    const { socket, closed } = await listener();
    for (let text = 0; text < 40; text++) socket.send("hello");
    await until(() => closed() !== undefined);
    expect(closed()).toBe(4513);
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error("never came true");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
