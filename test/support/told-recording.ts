import type { Page } from "playwright-core";
import { readOpusFile } from "../../src/cli/sound/ogg.ts";
import { encodeChunk, joinChunks } from "../../src/core/audio/chunk.ts";
import { TALK } from "./server-commands.ts";
import { session } from "./told-pages.ts";

/** Chunks of 100 ms in a segment, and frames of 20 ms in a chunk. */
const CHUNKS = 20;
const FRAMES = 5;

/** A recording that a test tells a page of: its manifest, and which segments a server would not give. */
export type ToldRecording = {
  readonly minutes: number;
  readonly over?: object;
  /** Answers in place of a segment: a status. */
  readonly instead?: (index: number) => number | undefined;
  readonly captions?: string;
  /** What the manifest's address answers, if not the manifest. */
  readonly status?: () => number;
};

/** Who talks in it, one after another, 40 s each: so every lane has its turn. */
const NAMES = ["Ada Aurelia", "Bo Birch", "Cy of the very long name that never seems to end", "森 の声"];
const TURN_MS = 40_000;

/** What `GET /api/rooms/:room/recording` would say. */
export function manifestOf({ minutes, over, captions }: ToldRecording): object {
  const lengthMs = minutes * 60_000;
  const spells = [];
  for (let fromMs = 0, turn = 0; fromMs < lengthMs; fromMs += TURN_MS, turn++)
    spells.push({ track: 1 + (turn % NAMES.length), fromMs, toMs: Math.min(lengthMs, fromMs + TURN_MS - 4_000) });
  return {
    room: "told",
    title: "Evening talk: how a forest listens",
    startedAt: "2026-11-20T19:00:00.000Z",
    ended: true,
    keptUntil: "2026-12-20T19:00:00.000Z",
    durationMs: lengthMs,
    segments: "/rooms/told/segments/secret",
    segmentMs: 2_000,
    runs: [{ epoch: 1, first: 0, last: lengthMs / 2_000 - 1 }],
    gaps: [],
    people: NAMES.map((name, index) => ({ track: index + 1, session: session(index + 1), name, voices: [{ epoch: 1, voice: index + 1 }] })),
    spells,
    captioned: captions !== undefined,
    ...over,
  };
}

/** The bytes of a segment of it: the talk that tests speak, over and over, in the voice whose turn it is. */
export async function segmentBytes(index: number): Promise<Uint8Array> {
  talk ??= readOpusFile(TALK).then(({ frames }) => frames);
  const frames = await talk;
  const chunks = Array.from({ length: CHUNKS }, (_, chunk) => {
    const sequence = index * CHUNKS + chunk + 1;
    const roomTimeMs = (sequence - 1) * 100;
    const voice = 1 + (Math.floor(roomTimeMs / TURN_MS) % NAMES.length);
    const said = Array.from(
      { length: FRAMES },
      (_, frame) => frames[((sequence - 1) * FRAMES + frame) % frames.length] ?? new Uint8Array(0),
    );
    const flags = sequence % (TURN_MS / 100) === 1 ? 1 : 0;
    const blocks = [{ voice, level: 30, flags, offsetSamples: 0, frames: said }];
    return encodeChunk({ flags: 0, epoch: 1, sequence, roomTimeMs, dueMs: 0, durationMs: 100, blocks });
  });
  return joinChunks(chunks);
}

let talk: Promise<readonly Uint8Array[]> | undefined;

/** Answers in a server's place; the segments that were asked for, in order. */
export async function tellRecording(page: Page, recording: ToldRecording): Promise<readonly number[]> {
  const asked: number[] = [];
  await page.route("**/api/rooms/told/recording", (route) => {
    const status = recording.status?.() ?? 200;
    return status === 200 ? route.fulfill({ json: manifestOf(recording) }) : route.fulfill({ status, json: { code: "not-recorded" } });
  });
  await page.route("**/recording/captions.vtt", (route) => route.fulfill({ body: recording.captions ?? "", contentType: "text/vtt" }));
  await page.route("**/segments/secret/1/*", async (route) => {
    const index = Number(route.request().url().split("/").at(-1));
    asked.push(index);
    const status = recording.instead?.(index);
    if (status === 0) return route.abort();
    if (status !== undefined) return route.fulfill({ status });
    return route.fulfill({ body: Buffer.from(await segmentBytes(index)), contentType: "application/octet-stream" });
  });
  return asked;
}

/** Captions as the server writes them. */
export const CAPTIONS = `WEBVTT

00:00:01.000 --> 00:00:04.000
<v Ada Aurelia>How far does a sound travel between two old trees?

00:00:04.500 --> 00:00:09.000
<v Ada Aurelia>Not very far, if the leaves are still on them.

00:00:40.000 --> 00:00:44.000
<v Bo Birch>And who would hear it first?

00:01:20.000 --> 00:01:26.000
<v Cy of the very long name that never seems to end>Whoever stands nearest, and listens; the others hear of it later.
`;
