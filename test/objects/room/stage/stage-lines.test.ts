import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { FRAME_SAMPLES } from "../../../../src/core/audio/format.ts";
import { encodeSpeech } from "../../../../src/core/audio/speech.ts";
import type { SessionId } from "../../../../src/core/ids.ts";
import { ENDING } from "../../../../src/core/wire/ending.ts";
import { roomStub } from "../../../../src/objects/locate.ts";
import { RoomStore } from "../../../../src/objects/room/room-store.ts";
import { makeSession, signTicket } from "../../../../src/objects/room/tickets.ts";
import { call, connectEar, connectSpeaker, env, upgrade, workerdHouse } from "../../../contract/workerd-house.ts";
import { aFrame, roomId } from "../../../support/build.ts";

const { eventually, pass } = workerdHouse;

let made = 0;
const unread: Response[] = [];

/** A room of two places on stage, and the ticket of somebody who is invited to the second. */
async function aStage() {
  const room = `lines-${Date.now().toString(36)}-${++made}`;
  const created = await call("POST", "/api/rooms", { title: "Lines", room, maxSpeakers: 2 });
  const { hostTicket } = await created.json<{ hostTicket: string }>();
  const stub = roomStub(env, roomId(room)) as DurableObjectStub;
  const record = await runInDurableObject(stub, (_, { storage }) => new RoomStore(storage).load());
  if (record === undefined) throw new Error("no such room");
  const session: SessionId = makeSession("listener");
  const ask = (verb: string, body: object) => call("POST", `/api/rooms/${room}/${verb}`, body, { Authorization: `Bearer ${hostTicket}` });
  expect((await ask("invite", { session })).status).toBe(204);
  return {
    ...{ room, hostTicket, session, ask },
    guestTicket: await signTicket(record.keys, roomId(room), { session, role: "speaker", name: "Guest" }),
    /** A socket whose owner reads nothing, and so never answers a close. */
    async open(ticket: string): Promise<number> {
      const answer = await upgrade(`/rooms/${room}/stage`, { "Sec-WebSocket-Protocol": `canopy.v1, ticket.${ticket}` });
      unread.push(answer);
      return answer.status;
    },
  };
}

describe("sockets that were closed and do not answer", () => {
  it("keep nobody else off the stage: neither the host while they pile up, nor who takes the place after their owner was removed", async () => {
    const stage = await aStage();
    const opened: number[] = [];
    for (let nth = 0; nth < 12; nth++) opened.push(await stage.open(stage.guestTicket));
    expect(opened.slice(0, 9)).toEqual(Array(9).fill(101));
    // His own doing shuts him out, since each costs the server something.
    expect(opened.slice(9)).toEqual(Array(3).fill(503));
    const host = await connectSpeaker(stage.room, stage.hostTicket);
    await eventually("the host is welcome", () => host.heard.some(({ type }) => type === "stage-welcome"));
    expect((await stage.ask("remove", { session: stage.session })).status).toBe(204);
    host.leave();
    const again = await connectSpeaker(stage.room, stage.hostTicket);
    await eventually("and welcome again", () => again.heard.some(({ type }) => type === "stage-welcome"));
    again.leave();
  });
});

describe("a speaker whose sound comes much faster than it is spoken", () => {
  it("may send at once what a stalled line held back, and is closed when it never ends", async () => {
    const stage = await aStage();
    const { status, webSocket } = await upgrade(`/rooms/${stage.room}/stage`, {
      "Sec-WebSocket-Protocol": `canopy.v1, ticket.${stage.guestTicket}`,
    });
    expect(status).toBe(101);
    let closed: number | undefined;
    webSocket?.addEventListener("close", ({ code }) => {
      closed = code;
    });
    webSocket?.accept();
    let sample = 0;
    const sendFrames = (count: number) => {
      for (let nth = 0; nth < count; nth++, sample += FRAME_SAMPLES) {
        webSocket?.send(encodeSpeech({ sample, level: 30, starts: sample === 0, ends: false, frames: [aFrame()] }));
      }
    };
    sendFrames(500);
    await pass(500);
    expect(closed).toBeUndefined();
    sendFrames(1_600);
    await eventually("he is closed", () => closed !== undefined);
    expect(closed).toBe(ENDING["too-many-messages"].code);
  });
});

describe("a speaker who goes on air and off again all the time", () => {
  it("is told to everybody five times a second at most, and how he stands in the end", async () => {
    const stage = await aStage();
    const host = await connectSpeaker(stage.room, stage.hostTicket);
    const ear = await connectEar(stage.room);
    await eventually("both are welcome", () => host.heard.length > 0 && ear.texts.length > 0);
    await pass(500);
    const told = () => ear.texts.filter(({ type }) => type === "stage").length;
    const before = told();
    const began = Date.now();
    for (let times = 0; times < 12; times++) {
      host.say({ type: "on-air" });
      host.say({ type: "off-air" });
      await pass(20);
    }
    host.say({ type: "on-air" });
    await eventually("he is on air", () => {
      const last = ear.texts.findLast((text) => text.type === "stage");
      return last?.type === "stage" && last.speakers.some(({ state }) => state === "on-air");
    });
    expect(told() - before).toBeLessThanOrEqual(5 * (1 + Math.ceil((Date.now() - began) / 1_000)));
    host.leave();
    ear.leave();
  });
});
