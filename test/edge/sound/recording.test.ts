import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { segmentsOf } from "../../../src/core/audio/recording.ts";
import { audienceOf, type SessionId } from "../../../src/core/ids.ts";
import { parseRecording, type RecordingNews } from "../../../src/core/wire/recording.ts";
import { app } from "../../../src/edge/app.ts";
import { archiveStub, audienceStub, roomStub } from "../../../src/objects/locate.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { choresOf, untilDue } from "../../objects/chores.ts";
import { roomId } from "../../support/build.ts";
import { anEvening, aWitness, chunksOf, newsOf, record, recordingOf } from "./recorded-room.ts";

const { eventually, pass } = workerdHouse;

describe("a room that is recorded", () => {
  it.concurrent("can be heard after its end, every chunk that was said while it was on, byte for byte, and is told of by its manifest", async () => {
    const evening = await anEvening();
    const { room, host, ear } = evening;
    const witness = await aWitness(room);
    await record(evening, true, 7);
    await eventually("it is told", () => ear.texts.some((text) => text.type === "room" && text.recorded));
    await pass(3_000);
    await record(evening, false);
    await eventually("it is told", () => ear.texts.findLast((text) => text.type === "room")?.recorded === false);
    await pass(300);
    host.say({ type: "end" });
    await eventually("the host is closed", () => host.closed !== undefined);
    const news = await recordingOf(room, ({ ended }) => ended);
    expect(news).toMatchObject({
      room,
      title: "Recorded",
      gaps: [],
      people: [{ track: 1, name: "Host", voices: [{ epoch: 1, voice: 1 }] }],
    });
    expect(Date.parse(news.keptUntil ?? "") - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect(news.durationMs).toBeGreaterThanOrEqual(2_000);
    // Whatever the room believes of how long that is, the archive has the last word.
    const stub = roomStub(env, roomId(room)) as DurableObjectStub;
    const goneBy = Date.parse(news.keptUntil ?? "") + 60_000;
    await eventually("the room asks when it is gone", async () => (await choresOf(stub)).recording === goneBy);
    expect(await untilDue(stub, "recording")).toBe(true);
    expect((await choresOf(stub)).recording).toBe(goneBy);
    expect((await (await call("GET", `/api/rooms/${room}`)).json<{ recorded: boolean }>()).recorded).toBe(true);
    const chunks = await chunksOf(news);
    expect(chunks.length).toBeGreaterThan(25);
    const heard = await witness();
    const from = heard.indexOf(chunks[0] ?? "");
    expect(from).toBeGreaterThan(0);
    expect(chunks).toEqual(heard.slice(from, from + chunks.length));
    expect(from + chunks.length).toBeLessThan(heard.length);
  });
});

describe("a room that is made to be recorded", () => {
  it.concurrent("keeps its first word, for as long as was said, and says of nothing before that it is kept", async () => {
    const room = `to-be-recorded-${Date.now().toString(36)}`;
    const created = await call("POST", "/api/rooms", { title: "To be recorded", room, record: { keepDays: 7 } });
    const { hostTicket } = await created.json<{ hostTicket: string }>();
    const ear = await connectEar(room);
    const host = await connectSpeaker(room, hostTicket);
    const states = () => ear.texts.flatMap((text): readonly { type: string }[] => (text.type === "welcome" ? text.states : [text]));
    const says = () => states().findLast(({ type }) => type === "room") ?? { type: "nothing" };
    await eventually("it is told that it will be", () => says().type === "room");
    expect(says()).toMatchObject({ recorded: true, keepDays: 7 });
    expect(says()).not.toHaveProperty("kept");
    host.say({ type: "on-air" });
    host.speak();
    await eventually("it is told that something is kept", () => says().type === "room" && ear.chunks.length > 3 && "kept" in says());
    host.say({ type: "end" });
    const news = await recordingOf(room, ({ ended }) => ended);
    expect((await chunksOf(news))[0]).toMatch(/^1\.1 /);
    expect(Date.parse(news.keptUntil ?? "") - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
  });

  it.concurrent("may be one that continues another: of what was said before it nothing is kept", async () => {
    const before = await anEvening();
    const headers = { Authorization: `Bearer ${before.successor}` };
    const continued = await call("POST", `/api/rooms/${before.room}/continue`, { record: { keepDays: 7 } }, headers);
    const next = await continued.json<{ room: string; hostTicket: string }>();
    const host = await connectSpeaker(next.room, next.hostTicket);
    host.say({ type: "on-air" });
    host.speak();
    await eventually("he is heard", () => before.ear.chunks.at(-1)?.epoch === 2 && before.ear.chunks.length > 10);
    host.say({ type: "end" });
    const news = await recordingOf(before.room, ({ ended }) => ended);
    expect((await chunksOf(news))[0]).toMatch(/^2\.1 /);
    expect(Date.parse(news.keptUntil ?? "") - Date.now()).toBeGreaterThan(6.9 * 86_400_000);
    expect(Date.parse(news.keptUntil ?? "") - Date.now()).toBeLessThan(7.1 * 86_400_000);
  });

  it.concurrent("may be one that continues another: what was kept before stays as long as that one's host said", async () => {
    const before = await anEvening();
    await record(before, true, 365);
    const heard = before.ear.chunks.length;
    const isKept = async () => (await (await call("GET", `/api/rooms/${before.room}`)).json<{ recorded: boolean }>()).recorded;
    await eventually("something is kept", async () => before.ear.chunks.length > heard + 5 && (await isKept()));
    const headers = { Authorization: `Bearer ${before.successor}` };
    const continued = await call("POST", `/api/rooms/${before.room}/continue`, { record: {} }, headers);
    const next = await continued.json<{ room: string; hostTicket: string }>();
    const host = await connectSpeaker(next.room, next.hostTicket);
    host.say({ type: "on-air" });
    host.speak();
    await eventually("he is heard", () => before.ear.chunks.at(-1)?.epoch === 2);
    host.say({ type: "end" });
    const news = await recordingOf(before.room, ({ ended }) => ended);
    expect(Date.parse(news.keptUntil ?? "") - Date.now()).toBeGreaterThan(364 * 86_400_000);
  });

  it.concurrent("is not made where nothing can be kept, nor for longer than may be", async () => {
    const { room, successor } = await anEvening();
    const headers = { Authorization: `Bearer ${successor}` };
    for (const path of ["", `/${room}/continue`]) {
      const ask = (record: object, over: object) => {
        const asked = { method: "POST", body: JSON.stringify({ title: "No", record }), headers };
        return app.request(`http://canopy.test/api/rooms${path}`, asked, { ...env, ...over });
      };
      const live = await ask({}, { RECORDINGS: undefined });
      expect(`${live.status} ${(await live.json<{ code: string }>()).code}`).toBe("409 recording-unavailable");
      expect((await ask({ keepDays: 3_651 }, {})).status).toBe(400);
      expect((await ask({ forever: true }, {})).status).toBe(400);
    }
  });
});

describe("a recording whose storage is away when its room ends", () => {
  it.concurrent("is asked for again and again, is told to be ready once it is all there, and once only", async () => {
    const evening = await anEvening();
    const { room, host, ear } = evening;
    const stub = roomStub(env, roomId(room)) as DurableObjectStub;
    // Nobody answers there: what would be told is kept, and can be counted.
    await runInDurableObject(stub, (object) => Reflect.set(object, "env", { ...env, WEBHOOK_URL: "http://127.0.0.1:1/" }));
    const told = () =>
      runInDurableObject(stub, (_, { storage }) =>
        [...storage.kv.list<{ body: string }>({ prefix: "letter-" })].map(([, { body }]) => JSON.parse(body)).filter(isReady),
      );
    const isReady = ({ type }: { type: string }) => type === "recording-ready";
    await record(evening, true);
    const archive = archiveStub(env, audienceOf(roomId(room))) as unknown as DurableObjectStub;
    const inArchive = (sql: string) => runInDurableObject(archive, (_, { storage }) => void storage.sql.exec(sql));
    const before = ear.chunks.length;
    await eventually("something was said", () => ear.chunks.length > before + 5);
    await inArchive("CREATE TRIGGER away BEFORE INSERT ON segments BEGIN SELECT RAISE(FAIL, 'the storage is away'); END");
    host.say({ type: "end" });
    await eventually("it is to be looked", async () => (await choresOf(stub))["recording-ready"] !== undefined);
    for (const _ of [1, 2, 3]) {
      expect(await untilDue(stub, "recording-ready")).toBe(true);
      expect((await choresOf(stub))["recording-ready"]).toBeGreaterThan(Date.now());
      expect(await told()).toEqual([]);
    }
    await inArchive("DROP TRIGGER away");
    await eventually("it is told", async () => (await untilDue(stub, "recording-ready")) && (await told()).length > 0);
    const news = await newsOf(room);
    expect(news?.ended).toBe(true);
    expect(await told()).toEqual([expect.objectContaining({ data: expect.objectContaining({ room, durationMs: news?.durationMs }) })]);
    // It is not to be looked any more.
    expect(await untilDue(stub, "recording-ready")).toBe(false);
    expect(await told()).toHaveLength(1);
  });
});

describe("a recording that is deleted", () => {
  it.concurrent("is found by nobody any more, whatever this edge has in memory, and the archive holds nothing of it", async () => {
    const evening = await anEvening();
    const { room, host, bearer } = evening;
    await record(evening, true);
    await pass(4_500);
    host.say({ type: "end" });
    const news = await recordingOf(room, ({ ended }) => ended);
    // Warm: the memory of this isolate, and the data centre's cache, hold it now.
    expect((await chunksOf(news)).length).toBeGreaterThan(20);
    const [name] = [...segmentsOf(news)];
    const path = `${news.segments}/${name?.epoch}/${name?.index}`;
    const maxAge = Number(/max-age=(\d+)/.exec((await call("GET", path)).headers.get("cache-control") ?? "")?.[1]);
    expect(maxAge).toBeLessThanOrEqual(30);
    expect((await (await call("GET", `/api/rooms/${room}`)).json<{ recorded: boolean }>()).recorded).toBe(true);
    expect((await call("DELETE", `/api/rooms/${room}/recording`)).status).toBe(401);
    expect((await call("DELETE", `/api/rooms/${room}/recording`, undefined, bearer)).status).toBe(204);
    await eventually("nobody finds it", async () => (await call("GET", path)).status === 410 && (await newsOf(room)) === undefined);
    expect((await call("DELETE", `/api/rooms/${room}/recording`, undefined, bearer)).status).toBe(404);
    expect((await (await call("GET", `/api/rooms/${room}`)).json<{ recorded: boolean }>()).recorded).toBe(false);
    const archive = archiveStub(env, audienceOf(roomId(room)));
    await eventually("nothing is stored", () =>
      runInDurableObject(archive as DurableObjectStub, async (_, { storage }) => {
        return (
          [...storage.kv.list()].length === 0 &&
          [...storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'segments'")].length === 0
        );
      }),
    );
  });
});

describe("a recording that is deleted before anything of it is stored", () => {
  it.concurrent("was there all the same", async () => {
    const evening = await anEvening();
    const { room, host, ear, bearer } = evening;
    await record(evening, true);
    await eventually("it is told", () => ear.texts.some((text) => text.type === "room" && text.recorded));
    const from = ear.chunks.length;
    await eventually("something is said", () => ear.chunks.length > from + 2);
    expect((await call("DELETE", `/api/rooms/${room}/recording`, undefined, bearer)).status).toBe(204);
    host.say({ type: "end" });
  });
});

describe("a recording that waits for its storage", () => {
  it.concurrent("is owed until the room is over and all of it is stored", async () => {
    const evening = await anEvening();
    const { room, host, ear } = evening;
    const archive = archiveStub(env, audienceOf(roomId(room)));
    const segments = (await audienceStub(env, audienceOf(roomId(room))).look())?.plan.segments ?? "";
    await record(evening, true);
    await eventually("it is told", () => ear.texts.some((text) => text.type === "room" && text.recorded));
    const from = ear.chunks.length;
    await eventually("something is said", () => ear.chunks.length > from + 2);
    expect(await archive.owes(segments)).toBe(true);
    host.say({ type: "end" });
    await eventually("it is whole", async () => {
      const says = await archive.recording(segments);
      return says?.ended === true && !(await archive.owes(segments));
    });
    expect(await archive.owes("another secret")).toBe(false);
  });
});

describe("a private room's recording", () => {
  it.concurrent("is told and given to who brings a ticket, and kept by no cache", async () => {
    const evening = await anEvening();
    const { room, host, bearer } = evening;
    await call("POST", `/api/rooms/${room}/lock-room`, { locked: true }, bearer);
    await record(evening, true);
    await pass(4_500);
    host.say({ type: "end" });
    await eventually("a ticket is asked for", async () => (await call("GET", `/api/rooms/${room}/recording`)).status === 401);
    let news: RecordingNews | undefined;
    await eventually("it is told", async () => {
      const answer = await call("GET", `/api/rooms/${room}/recording`, undefined, bearer);
      expect(answer.headers.get("cache-control")).toContain("no-store");
      news = answer.status === 200 ? parseRecording(await answer.text()) : undefined;
      return news?.ended === true;
    });
    const [name] = news === undefined ? [] : [...segmentsOf(news)];
    const path = `${news?.segments}/${name?.epoch}/${name?.index}`;
    expect((await call("GET", path)).status).toBe(401);
    const given = await call("GET", path, undefined, bearer);
    expect([given.status, given.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
    // As if he had been removed while the archive was asleep: the audience knows.
    const audience = audienceStub(env, audienceOf(roomId(room)));
    const ticket = bearer["Authorization"]?.split(".")[1] ?? "";
    const { sub } = JSON.parse(atob(ticket.replaceAll("-", "+").replaceAll("_", "/"))) as { sub: SessionId };
    await audience.keepOut(roomId(room), [{ session: sub, name: "Mallory" }]);
    for (const at of [path, `/api/rooms/${room}/recording`, `/rooms/${room}/recording/1.ogg`, `/rooms/${room}/recording/captions.vtt`]) {
      await eventually("he is kept out", async () => (await call("GET", at, undefined, bearer)).status === 403);
    }
  });
});

describe("a room that another one continues", () => {
  it.concurrent("leaves what is kept of it to both names; what is said in the new room is not kept until its own host says so", async () => {
    const evening = await anEvening();
    const { room, host, bearer } = evening;
    await record(evening, true);
    await pass(2_500);
    const tickets = await call("POST", `/api/rooms/${room}/continue`, {}, { Authorization: `Bearer ${evening.successor}` });
    const next = await tickets.json<{ room: string; hostTicket: string }>();
    await eventually("the old host is cut off", () => host.closed !== undefined);
    const after = await connectSpeaker(next.room, next.hostTicket);
    after.say({ type: "on-air" });
    after.speak();
    await pass(2_500);
    const before = await recordingOf(room, () => true);
    expect(before.runs.every(({ epoch }) => epoch === 1)).toBe(true);
    expect((await newsOf(next.room))?.runs).toEqual(before.runs);
    expect((await call("DELETE", `/api/rooms/${room}/recording`, undefined, bearer)).status).toBe(409);
    const own = { Authorization: `Bearer ${next.hostTicket}` };
    expect((await (await call("GET", `/api/rooms/${next.room}`)).json<{ recorded: boolean }>()).recorded).toBe(true);
    // The operator may as well, whoever has a ticket.
    const operator = { method: "DELETE", headers: { Authorization: "Bearer open sesame" } };
    const byOperator = await app.request(`http://canopy.test/api/admin/rooms/${next.room}/recording`, operator, {
      ...env,
      ADMIN_KEY: "open sesame",
    });
    expect(byOperator.status).toBe(204);
    expect((await call("DELETE", `/api/rooms/${next.room}/recording`, undefined, own)).status).toBe(404);
    after.leave();
  });
});

it.each(["/api/rooms/any/recording", "/rooms/any/recording/1.ogg", "/rooms/any/recording/captions.vtt"])(
  "what costs the archive work is not asked for without end by one address: %s",
  async (path) => {
    const counted: string[] = [];
    const ASKS = {
      limit: async ({ key }: { key: string }) => {
        counted.push(key);
        return { success: counted.length <= 1 };
      },
    };
    const ask = async () =>
      (await app.request(`http://canopy.test${path}`, { headers: { "CF-Connecting-IP": "203.0.113.7" } }, { ...env, ASKS })).status;
    expect([await ask(), await ask()]).toEqual([404, 429]);
  },
);
