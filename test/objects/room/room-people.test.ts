import { runInDurableObject } from "cloudflare:test";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import type { SessionId } from "../../../src/core/ids.ts";
import type { OnStage, StageHears, You } from "../../../src/core/wire/messages.ts";
import { parseListenerHears } from "../../../src/core/wire/parse.ts";
import type { Speaker } from "../../contract/house.ts";
import { call, connectEar, connectSpeaker, env, upgrade, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const { eventually } = workerdHouse;

let made = 0;

/** A room whose host is on air. */
async function anEvening(wish: object = {}) {
  const room = `people-${Date.now().toString(36)}-${++made}`;
  const answer = await call("POST", "/api/rooms", { title: "People", room, ...wish });
  const { hostTicket } = await answer.json<{ hostTicket: string }>();
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  await eventually("the host is on air", () => stageOf(host).some(({ state }) => state === "on-air"));
  const ask = (verb: string, body: object, ticket = hostTicket) =>
    call("POST", `/api/rooms/${room}/${verb}`, body, { Authorization: `Bearer ${ticket}` });
  const stub = env.ROOM.get(env.ROOM.idFromName(roomId(room)));
  return {
    room,
    host,
    hostTicket,
    ask,
    listener: (me: string, address?: string) => connectEar(room, undefined, me.padEnd(22, "_"), address),
    whyNot: async (ticket: string) =>
      codeOf(await call("GET", `/api/rooms/${room}/ticket`, undefined, { Authorization: `Bearer ${ticket}` })),
    /** The object dies, and it is as if the host had been silent for so much longer. */
    async dieFor(ms: number) {
      await runInDurableObject(stub as DurableObjectStub, async (_, { storage }) => {
        const kept = storage.kv.get<string>("people") ?? "";
        storage.kv.put(
          "people",
          kept.replace(/"heardAt":(\d+)/, (_all, at) => `"heardAt":${Number(at) - ms}`),
        );
        await storage.sync();
      });
      await this.die();
    },
    die: () => runInDurableObject(stub as DurableObjectStub, (_, state) => state.abort("killed by a test")).catch(() => undefined),
  };
}
type Evening = Awaited<ReturnType<typeof anEvening>>;
type Listener = Awaited<ReturnType<Evening["listener"]>>;

/** A listener who raised a hand, was granted, and has come up; and how he stands in the audience. */
async function comesUp(evening: Evening, name: string) {
  const ear = await evening.listener(name);
  ear.say({ type: "hand", raised: true, name });
  const session = await sessionOf(evening.host, name);
  evening.host.say({ type: "invite", session });
  await eventually(`${name} is asked up`, () => youOf(ear)?.ticket !== undefined);
  const ticket = youOf(ear)?.ticket ?? "";
  const speaker = await connectSpeaker(evening.room, ticket);
  await eventually(`${name} is welcome`, () => speaker.heard.some(({ type }) => type === "stage-welcome"));
  return { ear, session, ticket, speaker };
}

async function sessionOf(host: Speaker, name: string): Promise<SessionId> {
  const find = () => newest(host, "hands")?.hands.find((hand) => hand.name === name)?.session;
  await eventually(`the hand of ${name} is seen`, () => find() !== undefined);
  const session = find();
  if (session === undefined) throw new Error("no hand");
  return session;
}

function youOf(ear: Listener): You | undefined {
  return ear.texts.findLast((text) => text.type === "you");
}

type Kind = StageHears["type"];
function newest<Type extends Kind>(speaker: Speaker, type: Type): Extract<StageHears, { type: Type }> | undefined {
  return speaker.heard.findLast((text): text is Extract<StageHears, { type: Type }> => text.type === type);
}

function stageOf(speaker: Speaker): readonly OnStage[] {
  const welcomed = newest(speaker, "stage-welcome")?.states.find((state) => state.type === "stage");
  return (newest(speaker, "stage") ?? welcomed)?.speakers ?? [];
}

async function codeOf(answer: Response): Promise<string> {
  return answer.status === 204 ? "204" : `${answer.status} ${(await answer.json<{ code: string }>()).code}`;
}

describe("a listener who raises a hand", () => {
  it("is granted by the host, comes up with the ticket that his leaf brings, and is heard", async () => {
    const evening = await anEvening();
    const { ear, session, speaker } = await comesUp(evening, "Ana");
    expect(newest(speaker, "stage-welcome")).toMatchObject({ session, role: "speaker", name: "Ana", onAir: false });
    speaker.say({ type: "on-air" });
    speaker.speak();
    const before = ear.frames;
    await eventually("everybody is told of her", () =>
      ear.texts.some((text) => text.type === "stage" && text.speakers.some(({ name, state }) => name === "Ana" && state === "on-air")),
    );
    evening.host.hush();
    await eventually("she is heard", () => ear.frames > before + 20);
    // What hosts alone are told, she is not.
    expect(speaker.heard.some(({ type }) => type === "hands" || type === "people" || type === "questions")).toBe(false);
  });

  it("is declined, and told so", async () => {
    const evening = await anEvening();
    const ear = await evening.listener("bo");
    ear.say({ type: "hand", raised: true, name: "Bo" });
    await eventually("he is told that it is up", () => youOf(ear)?.hand === "raised");
    evening.host.say({ type: "decline", session: await sessionOf(evening.host, "Bo") });
    await eventually("he is told", () => youOf(ear)?.code === "declined");
    expect(youOf(ear)).toMatchObject({ hand: "none", says: expect.stringMatching(/./) });
  });

  it("asks a question, which the host shows to all", async () => {
    const evening = await anEvening();
    const ear = await evening.listener("cy");
    ear.say({ type: "question", id: "question-1", name: "Cy", text: "Why a tree?" });
    await eventually("the host sees it", () => newest(evening.host, "questions")?.questions.length === 1);
    evening.host.say({ type: "pin", question: "question-1" });
    await eventually("all see it", () => ear.texts.some((text) => text.type === "pinned" && text.question?.text === "Why a tree?"));
  });
});

describe("a speaker", () => {
  it("who is sent back keeps no door open by his ticket", async () => {
    const evening = await anEvening();
    const { session, speaker, ticket } = await comesUp(evening, "Dee");
    evening.host.say({ type: "demote", session });
    await eventually("she is off the stage", () => speaker.closed !== undefined);
    expect(speaker.closed).toBe(4505);
    const again = await connectSpeaker(evening.room, ticket);
    await eventually("she is told", () => again.closed !== undefined);
    expect(again.closed).toBe(4505);
    expect(newest(again, "refused")?.code).toBe("off-stage");
    expect(await evening.whyNot(ticket)).toBe("403 ticket-role-wrong");
    expect(stageOf(evening.host)).toHaveLength(1);
  });

  it("who is removed is out on stage and in the audience, and comes back by neither door", async () => {
    const evening = await anEvening();
    const { ear, session, speaker, ticket } = await comesUp(evening, "Eve");
    evening.host.say({ type: "remove", session });
    await eventually("she is out", () => speaker.closed !== undefined && ear.closed !== undefined);
    expect([speaker.closed, ear.closed]).toEqual([4503, 4503]);
    const again = await connectSpeaker(evening.room, ticket);
    await eventually("she is told", () => again.closed !== undefined);
    expect(again.closed).toBe(4503);
    expect(await evening.whyNot(ticket)).toBe("403 removed");
    await eventually("no leaf lets her in", async () => {
      const back = await evening.listener("Eve");
      await workerdHouse.pass(50);
      return back.closed === 4503;
    });
  });

  it("who is muted and locked is not heard until a host opens him", async () => {
    const evening = await anEvening();
    const { session, speaker } = await comesUp(evening, "Flo");
    speaker.say({ type: "on-air" });
    evening.host.say({ type: "mute", session, muted: true, lock: true });
    const state = () => stageOf(evening.host).find((one) => one.session === session);
    await eventually("she is muted", () => state()?.state === "muted");
    speaker.say({ type: "mute", muted: false });
    await eventually("she is refused", () => newest(speaker, "refused")?.code === "mute-locked");
    expect(state()).toMatchObject({ state: "muted", muteLocked: true });
    evening.host.say({ type: "mute", session, muted: false });
    await eventually("she is open again", () => state()?.state === "on-air");
  });
});

describe("somebody who is banned by his address", () => {
  it("is out under any name, from there", async () => {
    const evening = await anEvening();
    const ear = await evening.listener("gil", "192.0.2.7");
    ear.say({ type: "hand", raised: true, name: "Gil" });
    evening.host.say({ type: "ban", session: await sessionOf(evening.host, "Gil"), address: true });
    await eventually("he is out", () => ear.closed === 4503);
    await eventually("the host sees the ban", () => newest(evening.host, "people")?.bans[0]?.address === true);
    await eventually("he is kept out under another name", async () => {
      const other = await evening.listener("another", "192.0.2.7");
      await workerdHouse.pass(50);
      return other.closed === 4503;
    });
    const neighbour = await evening.listener("neighbour", "192.0.2.8");
    await eventually("his neighbour hears", () => neighbour.frames > 10);
  });
});

describe("who runs the room", () => {
  it("changes hands: the host makes a co-host, hands the room on, and is his first co-host", async () => {
    const evening = await anEvening();
    const { session, speaker } = await comesUp(evening, "Hal");
    evening.host.say({ type: "appoint", session, rank: 1 });
    await eventually("he has a co-host's ticket", () => newest(speaker, "ticket")?.role === "co-host");
    await eventually("he is told what hosts are told", () => newest(speaker, "people")?.successors.length === 1);
    evening.host.say({ type: "transfer", session });
    await eventually("he has the host's ticket", () => newest(speaker, "ticket")?.role === "host");
    await eventually("the old host has a co-host's", () => newest(evening.host, "ticket")?.role === "co-host");
    const roles = stageOf(speaker).map(({ role, name }) => `${name} ${role}`);
    expect(roles.sort()).toEqual(["Hal host", "Host co-host"]);
    evening.host.say({ type: "demote", session });
    await eventually("the old host is refused", () => newest(evening.host, "refused")?.code === "outranked");
  });

  it("is a co-host, once the host was silent for half a minute; nobody is dropped", async () => {
    const evening = await anEvening();
    const { ear, session, speaker, ticket } = await comesUp(evening, "Ida");
    evening.host.say({ type: "appoint", session, rank: 1 });
    evening.host.leave();
    const presence = () => ear.texts.findLast((text) => text.type === "room")?.host;
    await eventually("everybody reads it", () => presence() === "silent");
    speaker.say({ type: "take-over" });
    await eventually("it is too early", () => newest(speaker, "refused")?.code === "host-is-here");
    // The rest of the half minute has passed while the object was dead.
    await evening.dieFor(30_000);
    const back = await connectSpeaker(evening.room, ticket);
    await eventually("she may take over", () => newest(back, "people")?.mayTakeOver.includes(session) === true);
    back.say({ type: "take-over" });
    await eventually("she is the host", () => newest(back, "ticket")?.role === "host");
    await eventually("all read that the host is here", () => presence() === "here");
    expect(ear.closed).toBeUndefined();
    const old = await connectSpeaker(evening.room, evening.hostTicket);
    await eventually("the old host is a co-host", () => newest(old, "stage-welcome")?.role === "co-host");
  });
});

describe("a room whose object dies", () => {
  it("knows its people, its hands and whom it keeps out, and nobody is on air by himself", async () => {
    const evening = await anEvening();
    const { session, ticket } = await comesUp(evening, "Jo");
    const gone = await comesUp(evening, "Kim");
    evening.host.say({ type: "remove", session: gone.session });
    evening.host.say({ type: "mute", session, muted: true, lock: true });
    evening.host.say({ type: "rename", title: "Another title" });
    const ear = await evening.listener("lou");
    ear.say({ type: "hand", raised: true, name: "Lou" });
    await sessionOf(evening.host, "Lou");
    await evening.die();
    await eventually("the host's line breaks", () => evening.host.closed !== undefined);
    const host = await connectSpeaker(evening.room, evening.hostTicket);
    await eventually("the host is welcome", () => newest(host, "stage-welcome") !== undefined);
    const states = newest(host, "stage-welcome")?.states ?? [];
    expect(states).toContainEqual(expect.objectContaining({ type: "room", title: "Another title", phase: "quiet" }));
    expect(states).toContainEqual(expect.objectContaining({ type: "hands", hands: [expect.objectContaining({ name: "Lou" })] }));
    expect(stageOf(host)).toMatchObject([
      { role: "host", state: "off" },
      { name: "Jo", state: "away", muteLocked: true },
    ]);
    const back = await connectSpeaker(evening.room, ticket);
    await eventually("Jo is on stage again", () => newest(back, "stage-welcome")?.session === session);
    const out = await connectSpeaker(evening.room, gone.ticket);
    await eventually("Kim is not", () => out.closed === 4503);
  });
});

describe("a verb by HTTP", () => {
  it("does what it does on the stage, for who may", async () => {
    const evening = await anEvening({ maxSpeakers: 2 });
    const { ask } = evening;
    const { session, ticket } = await comesUp(evening, "May");
    expect(await codeOf(await ask("rename", { title: "By HTTP" }))).toBe("204");
    await eventually("the public is told", async () => {
      return (await (await call("GET", `/api/rooms/${evening.room}`)).json<{ title: string }>()).title === "By HTTP";
    });
    expect(await codeOf(await ask("rename", { title: "Mine" }, ticket))).toBe("403 hosts-only");
    expect(await codeOf(await ask("invite", { session: "another-listener" }))).toBe("409 stage-full");
    expect(await codeOf(await ask("mute", { session, muted: true, lock: true }))).toBe("204");
    expect(await codeOf(await ask("mute", { muted: false }, ticket))).toBe("403 mute-locked");
    expect(await codeOf(await ask("expect", { listeners: 10 }, ticket))).toBe("403 hosts-only");
    expect(await codeOf(await ask("no-such-verb", {}))).toBe("400 body-invalid");
    expect(await codeOf(await ask("rename", { title: "a\u202eb" }))).toBe("400 body-invalid");
    expect(await codeOf(await ask("rename", { title: "x" }, "no.such.ticket"))).toBe("401 ticket-invalid");
    expect(await codeOf(await ask("step-down", {}, ticket))).toBe("204");
    expect(await codeOf(await ask("call-me", { name: "Nobody" }, ticket))).toBe("409 not-on-stage");
    expect(await codeOf(await ask("end", {}))).toBe("204");
    expect(await codeOf(await ask("rename", { title: "Too late" }))).toMatch(/^410 room-ended$/);
  });

  it("gives out a ticket to listen with, which opens a room that is locked", async () => {
    const { ask, room } = await anEvening();
    expect(await codeOf(await ask("lock-room", { locked: true }))).toBe("204");
    const invited = await ask("invite-listener", { name: "Nan" });
    const { ticket } = await invited.json<{ ticket: string }>();
    const why = (bearer: Record<string, string>) => call("GET", `/api/rooms/${room}/ticket?for=listen`, undefined, bearer);
    await eventually("a stranger is refused", async () => (await codeOf(await why({}))) === "401 listen-ticket-missing");
    expect(await codeOf(await why({ Authorization: `Bearer ${ticket}` }))).toBe("204");
    expect(await codeOf(await call("GET", `/api/rooms/${room}/ticket`, undefined, { Authorization: `Bearer ${ticket}` }))).toBe(
      "403 ticket-role-wrong",
    );
  });

  it("is never asked with an invitation, whoever its bearer has become: that may have been handed on, and lets one listen", async () => {
    const { ask, room, host } = await anEvening();
    const { ticket } = await (await ask("invite-listener", { name: "Nan" })).json<{ ticket: string }>();
    const session = decodeJwt(ticket).sub;
    const { webSocket } = await upgrade(`/rooms/${room}/listen`, { "Sec-WebSocket-Protocol": `canopy.v1, ticket.${ticket}` });
    let up: string | undefined;
    webSocket?.addEventListener("message", ({ data }) => {
      const said = typeof data === "string" ? parseListenerHears(data) : undefined;
      if (said?.type === "you") up = said.ticket ?? up;
    });
    webSocket?.accept();
    await eventually("Nan is asked up", async () => {
      host.say({ type: "invite", session });
      return up !== undefined;
    });
    const nan = await connectSpeaker(room, up ?? "");
    await eventually("Nan is there", () => newest(nan, "stage-welcome") !== undefined);
    host.say({ type: "appoint", session, rank: 1 });
    await eventually("Nan is a co-host", () => stageOf(host).some(({ role }) => role === "co-host"));
    expect(await codeOf(await ask("end", {}, ticket))).toBe("403 ticket-role-wrong");
    expect(await codeOf(await ask("expect", { listeners: 10 }, ticket))).toBe("403 ticket-role-wrong");
    expect(await codeOf(await ask("rename", { title: "By Nan" }, up))).toBe("204");
    nan.leave();
    webSocket?.close();
  });
});
