import { describe, expect, it } from "vitest";
import { chunksIn, decodeChunk } from "../../../src/core/audio/chunk.ts";
import { segmentsOf } from "../../../src/core/audio/recording.ts";
import { parseRecording } from "../../../src/core/wire/recording.ts";
import { dispositionOf } from "../../../src/edge/sound/track.ts";
import { call, connectEar, connectSpeaker, workerdHouse } from "../../contract/workerd-house.ts";
import { readOgg } from "../../support/strict-ogg.ts";

const { eventually, pass } = workerdHouse;

/** A room of which three seconds are recorded, and which goes on. */
async function aRecordedRoom() {
  const room = `tracks-${Date.now().toString(36)}`;
  const created = await call("POST", "/api/rooms", { title: "Soirée d’été", room });
  const { hostTicket } = await created.json<{ hostTicket: string }>();
  const bearer = { Authorization: `Bearer ${hostTicket}` };
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  const ear = await connectEar(room);
  await eventually("something was said before", () => ear.chunks.length > 3);
  ear.leave();
  await call("POST", `/api/rooms/${room}/record`, { on: true }, bearer);
  let durationMs = 0;
  await eventually("two segments are kept", async () => {
    const answer = await call("GET", `/api/rooms/${room}/recording`);
    durationMs = answer.status === 200 ? (parseRecording(await answer.text())?.durationMs ?? 0) : 0;
    return durationMs >= 4_000;
  });
  await call("POST", `/api/rooms/${room}/record`, { on: false }, bearer);
  await pass(2_500);
  const track = (headers: Record<string, string> = {}, method = "GET", query = "") =>
    call(method, `/rooms/${room}/recording/1.ogg${query}`, undefined, headers);
  return { room, bearer, hostTicket, host, track };
}

async function bytesOf(answer: Response): Promise<Uint8Array> {
  return new Uint8Array(await answer.arrayBuffer());
}

/** So many frames stand in the segments that a replay of the room plays. */
async function framesOf(room: string): Promise<number> {
  const news = parseRecording(await (await call("GET", `/api/rooms/${room}/recording`)).text());
  let frames = 0;
  for (const { epoch, index } of news === undefined ? [] : segmentsOf(news)) {
    const bytes = await bytesOf(await call("GET", `${news?.segments}/${epoch}/${index}`));
    for (const { at } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      if (!("malformed" in chunk)) frames += chunk.blocks.reduce((sum, block) => sum + block.frames.length, 0);
    }
  }
  return frames;
}

describe("a download of what one person said", () => {
  it("is a file that a strict reader takes, in whole or in ranges, for who may hear it, and gone once it is deleted", async () => {
    const { room, bearer, hostTicket, host, track } = await aRecordedRoom();
    const whole = await track();
    expect(whole.status).toBe(200);
    expect(whole.headers.get("content-type")).toBe("audio/ogg; codecs=opus");
    expect(whole.headers.get("content-disposition")).toContain("filename*=UTF-8''Soir%C3%A9e%20d%E2%80%99%C3%A9t%C3%A9%20-%20Host.ogg");
    const bytes = await bytesOf(whole);
    expect(whole.headers.get("content-length")).toBe(String(bytes.byteLength));
    const { durationMs = 0 } = parseRecording(await (await call("GET", `/api/rooms/${room}/recording`)).text()) ?? {};
    const file = readOgg(bytes);
    expect(file.samples).toBe(durationMs * 48);
    expect(file.comments).toEqual(expect.arrayContaining(["TITLE=Soirée d’été", "ARTIST=Host", "TRACKNUMBER=1"]));
    // All that was said is in it, also from before the first whole two seconds.
    const spoken = await framesOf(room);
    expect(spoken).toBeGreaterThan(50);
    expect(file.packets.filter((packet) => packet.byteLength > 3)).toHaveLength(spoken);

    const head = await track({}, "HEAD");
    expect([head.status, head.headers.get("content-length"), head.headers.get("accept-ranges")]).toEqual([
      200,
      String(bytes.byteLength),
      "bytes",
    ]);
    const etag = head.headers.get("etag") ?? "";
    const part = await track({ Range: "bytes=100-1099", "If-Range": etag });
    expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-1099/${bytes.byteLength}`]);
    expect(await bytesOf(part)).toEqual(bytes.slice(100, 1_100));
    const tail = await track({ Range: "bytes=-7" });
    expect(await bytesOf(tail)).toEqual(bytes.slice(-7));
    expect((await track({ Range: "bytes=100-1099", "If-Range": '"another"' })).status).toBe(200);
    expect((await track({ "If-None-Match": etag })).status).toBe(304);
    const beyond = await track({ Range: `bytes=${bytes.byteLength}-` });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${bytes.byteLength}`]);
    expect((await call("GET", `/rooms/${room}/recording/2.ogg`)).status).toBe(404);

    await call("POST", `/api/rooms/${room}/lock-room`, { locked: true }, bearer);
    await eventually("it is private", async () => (await track({}, "HEAD")).status === 401);
    expect((await track({}, "HEAD", `?ticket=${hostTicket}`)).headers.get("cache-control")).toBe("private, no-store");
    expect((await call("DELETE", `/api/rooms/${room}/recording`, undefined, bearer)).status).toBe(204);
    expect((await track(bearer)).status).toBe(404);
    host.leave();
  });

  it("has a name that every browser can write down", () => {
    expect(dispositionOf('A/B: "c" – Œuf (é).ogg')).toBe(
      `attachment; filename="A_B_ _c_ _ _uf (e).ogg"; filename*=UTF-8''A_B_%20_c_%20%E2%80%93%20%C5%92uf%20%28%C3%A9%29.ogg`,
    );
  });
});
