import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import type { Position } from "../../../src/core/audio/position.ts";
import { audienceOf } from "../../../src/core/ids.ts";
import { type LaneNews, parseLaneHead } from "../../../src/core/wire/lane-head.ts";
import { app } from "../../../src/edge/app.ts";
import type { Archive } from "../../../src/objects/archive/archive-object.ts";
import { archiveStub } from "../../../src/objects/locate.ts";
import type { Ear, OpenRoom, Speaker } from "../../contract/house.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";

const { eventually, pass } = workerdHouse;

/** A live room, one who listens to it, and the path of its segments. */
async function aLiveRoom(): Promise<{ room: OpenRoom; host: Speaker; ear: Ear; path: string }> {
  const room = await workerdHouse.open();
  const ear = await room.listener();
  const host = await room.host();
  host.say({ type: "on-air" });
  host.speak();
  await eventually("he is welcome", () => ear.texts.some(({ type }) => type === "welcome"));
  const welcome = ear.texts.find((text) => text.type === "welcome");
  return { room, host, ear, path: welcome?.segments ?? "" };
}

async function headOf(path: string): Promise<LaneNews> {
  const answer = await call("GET", `${path}/head`);
  const news = parseLaneHead(await answer.text());
  if (news === undefined) throw new Error(`no head, but ${answer.status}`);
  return news;
}

/** The head, once it is as wanted. */
async function until(path: string, isWanted: (news: LaneNews) => boolean): Promise<LaneNews> {
  for (let tries = 0; tries < 200; tries++) {
    const news = await headOf(path);
    if (isWanted(news)) return news;
    await pass(100);
  }
  throw new Error(`never as wanted: ${JSON.stringify((await headOf(path)).head)}`);
}

/** Waits until the newest segment is `index` at least. */
function segmentsUpTo(path: string, index: number): Promise<LaneNews> {
  return until(path, ({ head }) => (head.runs.at(-1)?.last ?? -1) >= index);
}

async function positionsIn(answer: Response): Promise<Position[]> {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [...chunksIn(bytes)].map(({ at }) => {
    const { epoch = 0, sequence = 0 } = readHeader(bytes, at) ?? {};
    return { epoch, sequence };
  });
}

function archiveOf(path: string) {
  return archiveStub(env, audienceOf(roomId(path.split("/")[2] ?? "")));
}

function requestsOf(path: string) {
  return runInDurableObject<Archive, Archive["requests"]>(archiveOf(path) as DurableObjectStub, ({ requests }) => ({ ...requests }));
}

describe("the segments of a live room", () => {
  it("hold every chunk that a listener hears, once, in order, and the head says which there are", async () => {
    const { ear, host, path } = await aLiveRoom();
    const { head, states } = await segmentsUpTo(path, 1);
    expect(path).toMatch(/^\/rooms\/[a-z0-9-]+\/segments\/[A-Za-z0-9_-]{22}$/);
    expect(head).toMatchObject({ epoch: 1, segmentMs: 2_000, phase: "live", gaps: [], runs: [{ epoch: 1, first: 0 }] });
    expect(states).toContainEqual(expect.objectContaining({ type: "room", phase: "live" }));
    const answers = await Promise.all([0, 1].map((index) => call("GET", `${path}/1/${index}`)));
    const chunks = (await Promise.all(answers.map(positionsIn))).flat();
    expect(chunks.length).toBeGreaterThan(30);
    await eventually("he has heard as much", () => ear.chunks.length >= chunks.length);
    expect(chunks).toEqual(ear.chunks.slice(0, chunks.length));
    expect(answers[0]?.headers.get("cache-control")).toMatch(/^public, max-age=(60|5\d)\b/);
    expect(answers[0]?.headers.get("access-control-allow-origin")).toBe("*");
    host.leave();
  });

  it("never change under a name", async () => {
    const { host, path } = await aLiveRoom();
    await segmentsUpTo(path, 0);
    const first = await (await call("GET", `${path}/1/0`)).arrayBuffer();
    await segmentsUpTo(path, 1);
    host.say({ type: "off-air" });
    await pass(500);
    const again = await archiveOf(path).segment(path.split("/")[4] ?? "", 1, 0);
    expect(again?.bytes).toEqual(new Uint8Array(first));
    host.leave();
  });

  it("are asked of the archive once, however many listeners ask", async () => {
    const { host, path } = await aLiveRoom();
    await segmentsUpTo(path, 0);
    const before = await requestsOf(path);
    const answers = await Promise.all(Array.from({ length: 100 }, () => call("GET", `${path}/1/0`)));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    const { segment, head } = await requestsOf(path);
    expect(segment - before.segment).toBe(1);
    expect(head - before.head).toBeLessThanOrEqual(1);
    host.leave();
  });

  it("are nothing to whoever does not know where they are, and that no cache remembers", async () => {
    const { host, path } = await aLiveRoom();
    await segmentsUpTo(path, 0);
    const strange = `${path.slice(0, -22)}${"A".repeat(22)}`;
    const before = await requestsOf(path);
    const wrong = [`${strange}/1/0`, `${strange}/head`, `/rooms/never-made/segments/${"A".repeat(22)}/1/0`];
    // What is not there yet, cannot be, or is no name at all, is the same nothing to who knows.
    const missing = [`${path}/1/999`, `${path}/9/0`, `${path}/1/-1`, `${path}/1/1e3`, `${path}/x/0`];
    const answers = await Promise.all([...wrong, ...missing].map((at) => call("GET", at)));
    const bodies = await Promise.all(answers.map((answer) => answer.text()));
    for (const [at, answer] of answers.entries()) {
      expect(`${answer.status} ${answer.headers.get("cache-control")}`).toBe("404 no-store");
      expect(bodies[at]).toBe(bodies[0]);
    }
    // And nobody was asked for them.
    expect((await requestsOf(path)).segment).toBe(before.segment);
    host.leave();
  });

  it("are closed when the room falls quiet: the last word can be had", async () => {
    const { host, ear, path } = await aLiveRoom();
    await eventually("he hears", () => ear.chunks.length >= 5);
    host.say({ type: "off-air" });
    host.hush();
    const { head } = await segmentsUpTo(path, 0);
    const newest = head.runs.at(-1)?.last ?? 0;
    await eventually("the room is quiet", () => ear.texts.some((text) => text.type === "room" && text.phase === "quiet"));
    await pass(1_500);
    const { head: quiet } = await segmentsUpTo(path, newest);
    const last = await positionsIn(await call("GET", `${path}/1/${quiet.runs.at(-1)?.last}`));
    expect(quiet.phase).toBe("quiet");
    expect(last.at(-1)).toEqual(ear.chunks.at(-1));
    host.leave();
  });

  it("are gone when the room ends, by every path and from the archive's own storage", async () => {
    const { host, path } = await aLiveRoom();
    await segmentsUpTo(path, 0);
    expect((await call("GET", `${path}/1/0`)).status).toBe(200);
    host.say({ type: "end" });
    await eventually("the host is closed", () => host.closed !== undefined);
    await pass(1_500);
    expect((await call("GET", `${path}/1/0`)).status).toBe(410);
    expect((await call("GET", `${path}/head`)).status).toBe(410);
    const secret = path.split("/")[4] ?? "";
    expect(await archiveOf(path).segment(secret, 1, 0)).toBeUndefined();
    await runInDurableObject(archiveOf(path) as DurableObjectStub, async (_, { storage }) => {
      expect(await storage.getAlarm()).toBeNull();
      expect([...storage.kv.list()]).toEqual([]);
      expect([...storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'segments'")]).toEqual([]);
    });
  });
});

describe("an archive that cannot be reached", () => {
  it("is a fault that is written down, without what opens the door", async () => {
    const { host, path } = await aLiveRoom();
    const ARCHIVE = {
      idFromName: () => {
        throw new Error("away");
      },
    };
    const log = vi.spyOn(console, "log");
    // Nothing is remembered of this room's archive yet.
    const answer = await app.request(`http://canopy.test${path}/1/0`, {}, { ...env, ARCHIVE });
    const lines = log.mock.calls.flat().map(String);
    log.mockRestore();
    expect(answer.status).toBe(500);
    expect(lines.filter((line) => line.includes("away"))).toEqual([expect.stringContaining("/rooms/:room/segments/:secret/:epoch/:index")]);
    expect(lines.join()).not.toContain(path.split("/")[4]);
    host.leave();
  });
});

describe("an archive that dies", () => {
  it("comes back by itself, and what it had not stored its parent tells it again", async () => {
    const { host, ear, path } = await aLiveRoom();
    await segmentsUpTo(path, 1);
    await runInDurableObject(archiveOf(path) as DurableObjectStub, (_, state) => state.abort("killed by a test")).catch(() => undefined);
    const { head } = await segmentsUpTo(path, 3);
    expect(head.gaps).toEqual([]);
    const indices = [0, 1, 2, 3];
    const chunks = (await Promise.all(indices.map(async (index) => positionsIn(await call("GET", `${path}/1/${index}`))))).flat();
    await eventually("he has heard as much", () => ear.chunks.length >= chunks.length);
    expect(chunks).toEqual(ear.chunks.slice(0, chunks.length));
    host.leave();
  });
});

describe("a room that begins anew", () => {
  it("goes on in a new epoch's segments, and the gap is listed", async () => {
    const { room, host, path } = await aLiveRoom();
    await segmentsUpTo(path, 0);
    await room.killRoom();
    await eventually("the host's line is cut", () => host.closed !== undefined);
    const again = await room.host();
    again.say({ type: "on-air" });
    again.speak();
    const { head } = await until(path, (news) => news.head.runs.some(({ epoch }) => epoch === 2));
    expect(head).toMatchObject({
      epoch: 2,
      runs: [
        { epoch: 1, first: 0 },
        { epoch: 2, first: 0 },
      ],
    });
    expect(head.gaps).toEqual([{ from: { epoch: 1, sequence: expect.any(Number) }, to: { epoch: 2, sequence: 1 } }]);
    again.leave();
  });
});

describe("a room that another one continues", () => {
  it("is archived on under the same path, in the new epoch", async () => {
    const name = `archived-${Date.now().toString(36)}`;
    const created = await call("POST", "/api/rooms", { title: "Before", room: name });
    const made = await created.json<{ hostTicket: string; successorTickets: string[] }>();
    const host = await onAir(name, made.hostTicket);
    const path = await pathTold(name);
    await segmentsUpTo(path, 0);
    const headers = { Authorization: `Bearer ${made.successorTickets[0]}` };
    const continued = await call("POST", `/api/rooms/${name}/continue`, { title: "After" }, headers);
    const next = await continued.json<{ room: string; hostTicket: string }>();
    const after = await onAir(next.room, next.hostTicket);
    const { head } = await until(path, (news) => news.head.runs.some(({ epoch }) => epoch === 2));
    expect(head.runs[0]).toMatchObject({ epoch: 1, first: 0 });
    expect(await pathTold(next.room)).toBe(path);
    host.leave();
    after.leave();
  });
});

async function onAir(room: string, ticket: string): Promise<Speaker> {
  const host = await connectSpeaker(room, ticket);
  host.say({ type: "on-air" });
  host.speak();
  return host;
}

/** Where a listener of `room` is told that segments are. */
async function pathTold(room: string): Promise<string> {
  const ear = await connectEar(room);
  await eventually("he is welcome", () => ear.texts.some(({ type }) => type === "welcome"));
  ear.leave();
  return ear.texts.find((text) => text.type === "welcome")?.segments ?? "";
}
