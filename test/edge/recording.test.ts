import { describe, expect, it } from "vitest";
import { chunksIn, readHeader } from "../../src/core/audio/chunk.ts";
import { segmentsOf } from "../../src/core/audio/recording.ts";
import { parseRecording, type RecordingNews } from "../../src/core/wire/recording.ts";
import type { Ear, Speaker } from "../contract/house.ts";
import { call, connectEar, connectSpeaker, workerdHouse } from "../contract/workerd-house.ts";

const { eventually, pass } = workerdHouse;

let rooms = 0;

type Evening = { readonly room: string; readonly bearer: Record<string, string>; readonly host: Speaker; readonly ear: Ear };

/** A live room with one who listens, and its host's ticket. */
async function anEvening(): Promise<Evening> {
  const room = `recorded-${Date.now().toString(36)}-${++rooms}`;
  const created = await call("POST", "/api/rooms", { title: "Recorded", room });
  const { hostTicket } = await created.json<{ hostTicket: string }>();
  const ear = await connectEar(room);
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  await eventually("he hears", () => ear.chunks.length > 0);
  return { room, bearer: { Authorization: `Bearer ${hostTicket}` }, host, ear };
}

async function record({ room, bearer }: Evening, on: boolean, keepDays?: number): Promise<void> {
  const answer = await call("POST", `/api/rooms/${room}/record`, { on, ...(keepDays === undefined ? {} : { keepDays }) }, bearer);
  expect(answer.status).toBe(204);
}

async function newsOf(room: string): Promise<RecordingNews | undefined> {
  const answer = await call("GET", `/api/rooms/${room}/recording`);
  const text = await answer.text();
  return answer.status === 200 ? parseRecording(text) : undefined;
}

/** The recording, once it is as wanted. */
async function recordingOf(room: string, isWanted: (news: RecordingNews) => boolean): Promise<RecordingNews> {
  let news: RecordingNews | undefined;
  await eventually("the recording is as wanted", async () => {
    news = await newsOf(room);
    return news !== undefined && isWanted(news);
  });
  if (news === undefined) throw new Error("no recording");
  return news;
}

async function chunksOf(news: RecordingNews): Promise<string[]> {
  const found: string[] = [];
  for (const { epoch, index } of segmentsOf(news)) {
    const answer = await call("GET", `${news.segments}/${epoch}/${index}`);
    expect(`${epoch}/${index} ${answer.status}`).toBe(`${epoch}/${index} 200`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    for (const { at } of chunksIn(bytes)) {
      const header = readHeader(bytes, at);
      found.push(`${header?.epoch}.${header?.sequence}`);
    }
  }
  return found;
}

describe("a room that is recorded", () => {
  it("can be heard after its end, every chunk that was said while it was on, and is told of by its manifest", async () => {
    const evening = await anEvening();
    const { room, host, ear } = evening;
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
    const chunks = await chunksOf(news);
    expect(chunks.length).toBeGreaterThan(25);
    const heard = ear.chunks.map(({ epoch, sequence }) => `${epoch}.${sequence}`);
    const from = heard.indexOf(chunks[0] ?? "");
    expect(from).toBeGreaterThan(0);
    expect(chunks).toEqual(heard.slice(from, from + chunks.length));
    expect(from + chunks.length).toBeLessThan(heard.length);
  });
});
