import { describe, expect, it } from "vitest";
import { audienceOf } from "../../../src/core/ids.ts";
import { parseObject } from "../../../src/core/json.ts";
import { radioOf } from "../../../src/core/tree/shape/plan.ts";
import { app } from "../../../src/edge/app.ts";
import { countedSoFar } from "../../../src/objects/counted.ts";
import { radioStub } from "../../../src/objects/locate.ts";
import type { Speaker } from "../../contract/house.ts";
import { call, connectSpeaker, env, workerdHouse } from "../../contract/workerd-house.ts";
import { roomId } from "../../support/build.ts";
import { pagesIn, type ReadPage } from "../../support/ogg-pages.ts";

const { eventually } = workerdHouse;

/** Bytes of Ogg so far, as whole pages; a page that is still on its way is left out. */
class Player {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #pieces: Uint8Array[] = [];
  ended = false;

  constructor(answer: Response) {
    if (answer.body === null) throw new Error("no stream");
    this.#reader = answer.body.getReader();
  }

  /** Reads on until `isEnough`. */
  async until(isEnough: (pages: readonly ReadPage[]) => boolean): Promise<readonly ReadPage[]> {
    while (!this.ended && !isEnough(this.pages)) {
      const { done, value } = await this.#reader.read();
      if (value !== undefined) this.#pieces.push(value);
      this.ended = done;
    }
    return this.pages;
  }

  get pages(): ReadPage[] {
    return pagesIn(wholePages(Buffer.concat(this.#pieces)));
  }

  async stop(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** All but a page at the end that has not come whole: a network cuts where it likes. */
function wholePages(bytes: Uint8Array): Uint8Array {
  const last = Buffer.from(bytes).lastIndexOf("OggS");
  try {
    pagesIn(bytes);
    return bytes;
  } catch {
    return bytes.subarray(0, Math.max(0, last));
  }
}

/** Speech, as a speaker in these tests says it: padded on its way to a plain player, but for its first byte's code. */
const isSpeech = ({ packets }: ReadPage) => packets.some((packet) => ((packet[0] ?? 0) & 0xfc) !== 0xf8);

let made = 0;
async function aLiveRoom(): Promise<{ room: { name: string; ticket: string }; host: Speaker }> {
  const name = `radio-${Date.now().toString(36)}-${++made}`;
  const { hostTicket } = await (await call("POST", "/api/rooms", { title: "Contract", room: name })).json<{ hostTicket: string }>();
  const host = await connectSpeaker(name, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  return { room: { name, ticket: hostTicket }, host };
}

const listenersOf = async (name: string) => (await (await call("GET", `/api/rooms/${name}`)).json<{ listeners: number }>()).listeners;

describe("live.ogg", () => {
  it("plays what is said to several plain players, each a stream of his own, and counts them", async () => {
    const { room } = await aLiveRoom();
    const [one, other] = await Promise.all([call("GET", `/rooms/${room.name}/live.ogg`), call("GET", `/rooms/${room.name}/live.ogg`)]);
    expect(Object.fromEntries(one.headers)).toMatchObject({
      "content-type": "audio/ogg",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
      "icy-name": "Contract",
    });
    const players = [new Player(one), new Player(other)];
    for (const player of players) {
      const pages = await player.until((pages) => pages.filter(isSpeech).length > 5);
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, at) => at));
      expect(pages.slice(2).map(({ granule }) => granule)).toEqual(pages.slice(2).map((_, at) => (at + 1) * 9_600));
    }
    await eventually("both are counted", async () => (await listenersOf(room.name)) === 2);
    for (const player of players) await player.stop();
  });

  it("ends with the room, and is not there afterwards", async () => {
    const { room } = await aLiveRoom();
    const player = new Player(await call("GET", `/rooms/${room.name}/live.ogg`));
    await player.until((pages) => pages.some(isSpeech));
    await call("POST", `/api/rooms/${room.name}/end`, {}, { Authorization: `Bearer ${room.ticket}` });
    const pages = await player.until(() => false);
    expect(pages.at(-1)?.last).toBe(true);
    await eventually("the edge knows", async () => (await call("GET", `/rooms/${room.name}/live.ogg`)).status === 410);
    expect((await call("GET", `/rooms/${room.name}/live.m3u8`)).status).toBe(410);
  });

  it("answers what players ask beforehand, and files that open them, without seating anybody", async () => {
    const { room } = await aLiveRoom();
    const head = await call("HEAD", `/rooms/${room.name}/live.ogg`);
    expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, "audio/ogg", ""]);
    const m3u = await call("GET", `/rooms/${room.name}/live.m3u`);
    expect(m3u.headers.get("content-type")).toBe("audio/x-mpegurl; charset=utf-8");
    // VLC takes what has such a header for the stream itself.
    expect(m3u.headers.get("icy-name")).toBe(null);
    expect(await m3u.text()).toBe(`#EXTM3U\n#EXTINF:-1,Contract\nhttp://canopy.test/rooms/${room.name}/live.ogg\n`);
    const pls = await call("GET", `/rooms/${room.name}/live.pls`);
    expect(pls.headers.get("content-type")).toBe("audio/x-scpls; charset=utf-8");
    expect(await pls.text()).toContain(`File1=http://canopy.test/rooms/${room.name}/live.ogg\n`);
    expect((await call("GET", "/rooms/nobody-made-this/live.ogg")).status).toBe(404);
    expect(await listenersOf(room.name)).toBe(0);
  });

  it("asks for an invitation in a private room, which may stand in its address, and hands it on in playlists", async () => {
    const { room } = await aLiveRoom();
    const bearer = { Authorization: `Bearer ${room.ticket}` };
    await call("POST", `/api/rooms/${room.name}/lock-room`, { locked: true }, bearer);
    const { ticket } = await (await call("POST", `/api/rooms/${room.name}/invite-listener`, { name: "Ana" }, bearer)).json<{
      ticket: string;
    }>();
    await eventually("it is private", async () => (await call("GET", `/rooms/${room.name}/live.m3u`)).status === 401);
    expect((await call("GET", `/rooms/${room.name}/live.ogg`)).status).toBe(401);
    expect((await call("GET", `/rooms/${room.name}/live.ogg?ticket=wrong`)).status).toBe(401);
    expect(await (await call("GET", `/rooms/${room.name}/live.m3u?ticket=${ticket}`)).text()).toContain(`live.ogg?ticket=${ticket}\n`);
    const player = new Player(await call("GET", `/rooms/${room.name}/live.ogg?ticket=${ticket}`));
    await player.until((pages) => pages.some(isSpeech));
    await player.stop();
    const playlist = await (await call("GET", `/rooms/${room.name}/live.m3u8?ticket=${ticket}`)).text();
    const [piece = ""] = /live\/\d+\.m4s\S*/.exec(playlist) ?? [];
    expect(piece).toContain(`?ticket=${ticket}`);
    const fragment = await call("GET", `/rooms/${room.name}/${piece}`);
    expect([fragment.status, fragment.headers.get("cache-control")]).toEqual([200, "no-store"]);
    await fragment.arrayBuffer();
    expect((await call("GET", `/rooms/${room.name}/${piece.split("?")[0]}`)).status).toBe(401);
  });
});

/** What all radios have been asked so far. */
const asked = () => countedSoFar().objects.Radio.requests;

describe("live.m3u8", () => {
  it("is over for who was removed within some two seconds, though his invitation is still signed", async () => {
    const { room } = await aLiveRoom();
    const bearer = { Authorization: `Bearer ${room.ticket}` };
    const ask = (verb: string, body: object) => call("POST", `/api/rooms/${room.name}/${verb}`, body, bearer);
    await ask("lock-room", { locked: true });
    const { ticket } = await (await ask("invite-listener", { name: "Ana" })).json<{ ticket: string }>();
    await eventually("it is private", async () => (await call("GET", `/rooms/${room.name}/live.m3u`)).status === 401);
    const session = parseObject(atob((ticket.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")))?.["sub"];
    const path = (name: string) => `/rooms/${room.name}/${name}?ticket=${ticket}`;
    const newest = async () => /live\/\d+\.m4s/.exec(await (await call("GET", path("live.m3u8"))).text())?.[0] ?? "";
    const piece = await newest();
    expect((await call("GET", path(piece))).status).toBe(200);
    expect((await ask("remove", { session })).status).toBe(204);
    await eventually("the playlist is over", async () => (await call("GET", path("live.m3u8"))).status === 403);
    // The very fragment that he had, which every memory has: it is not his any more.
    expect((await call("GET", path(piece))).status).toBe(403);
    expect((await call("GET", path("live.ogg"))).status).toBe(403);
  });

  it("is closed to strangers as soon as its radio knows that the room is private, by every door", async () => {
    const { room } = await aLiveRoom();
    const player = new Player(await call("GET", `/rooms/${room.name}/live.ogg`));
    await player.until((pages) => pages.some(isSpeech));
    const piece = /live\/\d+\.m4s/.exec(await (await call("GET", `/rooms/${room.name}/live.m3u8`)).text())?.[0] ?? "";
    // An edge of its own would not hear of it for a quarter of an hour, but by the radio.
    const far = (path: string) => app.request(`http://canopy.test/rooms/${room.name}/${path}`, {}, { ...env, SUMMARY_SECONDS: "900" });
    await call("POST", `/api/rooms/${room.name}/lock-room`, { locked: true }, { Authorization: `Bearer ${room.ticket}` });
    const stub = radioStub(env, radioOf(audienceOf(roomId(room.name)), 0));
    await eventually("the radio knows", async () => (await stub.look())?.plan.listenTicket === true);
    const late = await far("live.ogg");
    await late.body?.cancel();
    expect(late.status).toBe(401);
    await eventually("the playlist is closed", async () => (await far("live.m3u8")).status === 401);
    expect((await far(piece)).status).toBe(401);
    const heard = player.pages.length;
    await player.until((pages) => pages.length > heard + 5);
    expect(player.ended).toBe(false);
    await player.stop();
  });

  it("costs its radio next to nothing to be asked for what is not there", async () => {
    const { room } = await aLiveRoom();
    const first = /live\/(\d+)\.m4s/.exec(await (await call("GET", `/rooms/${room.name}/live.m3u8`)).text())?.[1];
    const before = asked();
    const names = [...Array(50).keys()].flatMap((at) => ["7", String(Number(first) + 60 + at)]);
    for (const number of names) expect((await call("GET", `/rooms/${room.name}/live/${number}.m4s`)).status).toBe(404);
    expect(asked() - before).toBeLessThan(10);
  });

  it("lists fragments that are there, the first time that anybody asks", async () => {
    const { room } = await aLiveRoom();
    const answer = await call("GET", `/rooms/${room.name}/live.m3u8`);
    expect(answer.headers.get("content-type")).toBe("application/vnd.apple.mpegurl");
    const pieces = (await answer.text()).split("\n").filter((line) => line.startsWith("live/"));
    expect(pieces.length).toBeGreaterThanOrEqual(3);
    for (const piece of ["live/init.mp4", ...pieces]) {
      const fragment = await call("GET", `/rooms/${room.name}/${piece}`);
      expect([piece, fragment.status, fragment.headers.get("content-type")]).toEqual([piece, 200, "audio/mp4"]);
      expect((await fragment.arrayBuffer()).byteLength).toBeGreaterThan(500);
    }
    for (const piece of ["live/1.m4s", "live/x.m4s", "live/init.mp3"])
      expect((await call("GET", `/rooms/${room.name}/${piece}`)).status).toBe(404);
  });
});
