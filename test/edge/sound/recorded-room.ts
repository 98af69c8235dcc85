import { expect } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import { segmentsOf } from "../../../src/core/audio/recording.ts";
import { parseRecording, type RecordingNews } from "../../../src/core/wire/recording.ts";
import type { Ear, Speaker } from "../../contract/house.ts";
import { call, connectEar, connectSpeaker, upgrade, workerdHouse } from "../../contract/workerd-house.ts";

const { eventually } = workerdHouse;

let rooms = 0;

/** A room in which somebody speaks, somebody listens, and its host has his tickets. */
export type Evening = {
  readonly room: string;
  readonly bearer: Record<string, string>;
  readonly successor: string;
  readonly host: Speaker;
  readonly ear: Ear;
};

/** A live room with one who listens, and its host's ticket. */
export async function anEvening(): Promise<Evening> {
  const room = `recorded-${Date.now().toString(36)}-${++rooms}`;
  const created = await call("POST", "/api/rooms", { title: "Recorded", room });
  const { hostTicket, successorTickets } = await created.json<{ hostTicket: string; successorTickets: string[] }>();
  const ear = await connectEar(room);
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  await eventually("he hears", () => ear.chunks.length > 0);
  return { room, bearer: { Authorization: `Bearer ${hostTicket}` }, successor: successorTickets[0] ?? "", host, ear };
}

export async function record({ room, bearer }: Evening, on: boolean, keepDays?: number): Promise<void> {
  const answer = await call("POST", `/api/rooms/${room}/record`, { on, ...(keepDays === undefined ? {} : { keepDays }) }, bearer);
  expect(answer.status).toBe(204);
}

export async function newsOf(room: string): Promise<RecordingNews | undefined> {
  const answer = await call("GET", `/api/rooms/${room}/recording`);
  const text = await answer.text();
  return answer.status === 200 ? parseRecording(text) : undefined;
}

/** The recording, once it is as wanted. */
export async function recordingOf(room: string, isWanted: (news: RecordingNews) => boolean): Promise<RecordingNews> {
  let news: RecordingNews | undefined;
  await eventually("the recording is as wanted", async () => {
    news = await newsOf(room);
    return news !== undefined && isWanted(news);
  });
  if (news === undefined) throw new Error("no recording");
  return news;
}

/** `epoch.sequence` of every chunk of a message, with the hash of its bytes. */
export async function hashesIn(bytes: Uint8Array): Promise<string[]> {
  return Promise.all(
    [...chunksIn(bytes)].map(async ({ at, end }) => {
      const header = readHeader(bytes, at);
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice(at, end)));
      return `${header?.epoch}.${header?.sequence} ${hash.join("-")}`;
    }),
  );
}

/** Somebody who listens, and keeps the hash of every chunk. */
export async function aWitness(room: string): Promise<() => Promise<string[]>> {
  const socket = (await upgrade(`/rooms/${room}/listen`)).webSocket;
  if (socket === null) throw new Error("no socket");
  const heard: Promise<string[]>[] = [];
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) heard.push(hashesIn(new Uint8Array(data)));
  });
  socket.addEventListener("close", () => socket.close());
  socket.accept();
  return async () => (await Promise.all(heard)).flat();
}

/** Every chunk that a replay plays, in order, with its hash. */
export async function chunksOf(news: RecordingNews): Promise<string[]> {
  const found: string[] = [];
  for (const { epoch, index } of segmentsOf(news)) {
    const answer = await call("GET", `${news.segments}/${epoch}/${index}`);
    expect(`${epoch}/${index} ${answer.status}`).toBe(`${epoch}/${index} 200`);
    found.push(...(await hashesIn(new Uint8Array(await answer.arrayBuffer()))));
  }
  return found;
}
