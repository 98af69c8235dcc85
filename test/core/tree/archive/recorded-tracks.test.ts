import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeChunk } from "../../../../src/core/audio/chunk.ts";
import { SILENT_PACKET } from "../../../../src/core/audio/opus.ts";
import { type Recording, replayMs, replayTimeOf, stretchesOf } from "../../../../src/core/audio/recording.ts";
import { ReplayLine } from "../../../../src/core/audio/replay-line.ts";
import { type Segment, Segmenter } from "../../../../src/core/audio/segment.ts";
import { frameIndexOf } from "../../../../src/core/audio/track.ts";
import { layOut } from "../../../../src/core/audio/track-layout.ts";
import { TrackStream } from "../../../../src/core/audio/track-stream.ts";
import { localTime } from "../../../../src/core/ids.ts";
import { Heard } from "../../../../src/core/tree/archive/heard-people.ts";
import { Recorded } from "../../../../src/core/tree/archive/recorded.ts";
import { cuesOf } from "../../../../src/core/wire/cues.ts";
import { parseRecording } from "../../../../src/core/wire/recording.ts";
import { aBlock } from "../../../support/build.ts";
import { readOgg } from "../../../support/strict-ogg.ts";

const CHUNK_MS = 100;
/** So many chunks, kept or not; `stops`: the room's clock stops before them, for no time at all. */
type Stretch = { readonly chunks: number; readonly on: boolean; readonly stops?: boolean };

/** A room in which one voice speaks all the time, as its archive cuts and keeps it. */
function recorded(happened: readonly Stretch[]): {
  readonly recording: Recording;
  readonly segments: readonly Segment[];
  readonly said: readonly number[];
} {
  const takes: (number | undefined)[] = [];
  const segmenter = new Segmenter(undefined, ({ sequence }) => takes[sequence - 1]);
  const closed: Segment[] = [];
  for (const [take, { chunks, on, stops }] of happened.entries()) {
    if (stops === true) closed.push(...segmenter.close());
    for (let one = 0; one < chunks; one++) {
      takes.push(on ? take : undefined);
      closed.push(...segmenter.add(chunkAt(takes.length - 1)));
    }
  }
  closed.push(...segmenter.close());
  const kept = new Recorded();
  const segments = closed.filter(({ take }) => take !== undefined);
  for (const { take = 0, ...segment } of segments) kept.add({ ...segment, take, closedAt: localTime(0), voices: [1] });
  return { recording: kept.recording(new Heard(), false), segments, said: takes.flatMap((take, at) => (take === undefined ? [] : [at])) };
}

function chunkAt(at: number): Uint8Array {
  const frames = Array.from({ length: CHUNK_MS / 20 }, (_, frame) => packetOf(at, frame));
  const block = aBlock({ voice: 1, frames });
  return encodeChunk({
    flags: 0,
    epoch: 1,
    sequence: at + 1,
    roomTimeMs: at * CHUNK_MS,
    dueMs: 0,
    durationMs: CHUNK_MS,
    blocks: [{ ...block, offsetSamples: 0 }],
  });
}

/** 20 ms, and no other like it. */
function packetOf(chunk: number, frame: number): Uint8Array {
  return Uint8Array.of(0xf8, chunk >> 8, chunk & 0xff, frame, 1);
}

/** The packets of his track that are no silence, by their 20 ms; and how long it plays. */
async function trackOf({ recording, segments }: Pick<ReturnType<typeof recorded>, "recording" | "segments">) {
  const bytesOf = (index: number) => segments.find((one) => one.index === index)?.bytes;
  const names = [...stretchesOf(recording)];
  const layout = layOut(
    names,
    (name) => frameIndexOf(bytesOf(name.index) ?? new Uint8Array(), name),
    () => true,
  );
  const stream = new TrackStream({ serial: 1, comments: [] }, names, layout, () => true);
  const pieces: Uint8Array[] = [];
  const read = async (asked: readonly { epoch: number; index: number }[]) =>
    asked.slice(0, 2).map(({ epoch, index }) => ({ epoch, index, bytes: bytesOf(index) ?? new Uint8Array() }));
  for await (const piece of stream.read({ from: 0, to: stream.length }, read)) pieces.push(piece);
  const { packets, samples } = readOgg(new Uint8Array(Buffer.concat(pieces)));
  const sounds = new Map(packets.flatMap((packet, slot) => (hex(packet) === hex(SILENT_PACKET) ? [] : [[slot, hex(packet)] as const])));
  return { sounds, ms: samples / 48 };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Every frame that was kept is in the track, once, where the recording says that its instant is; and the track is as long as the recording. */
async function expectAllOfIt(happened: readonly Stretch[]): Promise<void> {
  const { recording, segments, said } = recorded(happened);
  const { sounds, ms } = await trackOf({ recording, segments });
  const wanted = said.flatMap((chunk) =>
    Array.from({ length: CHUNK_MS / 20 }, (_, frame) => {
      const at = replayTimeOf(recording, 1, chunk * CHUNK_MS + frame * 20);
      return [(at ?? -1) / 20, hex(packetOf(chunk, frame))] as const;
    }),
  );
  expect([...sounds]).toEqual(wanted.toSorted(([one], [other]) => one - other));
  expect(ms).toBe(replayMs(recording));
}

describe("the track of a recording that was switched again and again", () => {
  it.each([
    [
      "once",
      [
        { chunks: 110, on: false },
        { chunks: 190, on: true },
      ],
    ],
    [
      "on, off and on within a second",
      [
        { chunks: 110, on: false },
        { chunks: 5, on: true },
        { chunks: 3, on: false },
        { chunks: 182, on: true },
      ],
    ],
    ["three times within a second", [110, 1, 1, 1, 1, 1, 1, 184].map((chunks, at) => ({ chunks, on: at % 2 === 1 }))],
    [
      "off and on again with no sound between",
      [
        { chunks: 110, on: false },
        { chunks: 5, on: true },
        { chunks: 180, on: true },
      ],
    ],
  ])("has all that was said while it was on: %s", async (_, happened) => {
    await expectAllOfIt(happened);
  });

  it("has every frame that was kept, where it was said, and is as long as the recording, however it was switched", async () => {
    const stretch = fc.record({
      chunks: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 })),
      on: fc.boolean(),
      stops: fc.boolean(),
    });
    await fc.assert(fc.asyncProperty(fc.array(stretch, { maxLength: 12, size: "max" }), expectAllOfIt), { numRuns: 100 });
  });

  it("is heard in a replay as it is in the track: all of it, in order, at the time of its captions", () => {
    const { recording, segments, said } = recorded([110, 1, 1, 1, 1, 1, 1, 84].map((chunks, at) => ({ chunks, on: at % 2 === 1 })));
    const line = new ReplayLine(0);
    const heard = segments.flatMap(({ epoch, index, bytes }) => line.add(recording, { epoch, index }, bytes));
    expect(heard.map(({ chunk }) => chunk.sequence - 1)).toEqual(said);
    for (const { chunk, lineMs } of heard) expect(line.replayMsAt(lineMs)).toBe(replayTimeOf(recording, 1, chunk.roomTimeMs));
  });

  it("is told with each run's lead, and a run that would begin before its room is none", () => {
    const { runs, ...more } = recorded([5, 5, 3, 85].map((chunks, at) => ({ chunks, on: at % 2 === 1 }))).recording;
    const news = { ...more, room: "demo", title: "Demo", startedAt: "2026-01-01T00:00:00Z", durationMs: 1, segments: "/s/demo/1" };
    expect(runs).toEqual([
      { epoch: 1, first: 1, last: 1, lead: 1_500 },
      { epoch: 1, first: 3, last: 4, lead: 4_700 },
    ]);
    expect(parseRecording(JSON.stringify({ ...news, runs }))?.runs).toEqual(runs);
    for (const lead of [0, -1, 2_001, true, "1"])
      expect(parseRecording(JSON.stringify({ ...news, runs: [{ epoch: 1, first: 1, last: 1, lead }] }))).toBeUndefined();
  });

  it("has a caption no longer than it was said, though its end falls into the time of the next run", () => {
    const { recording } = recorded([110, 5, 3, 82].map((chunks, at) => ({ chunks, on: at % 2 === 1 })));
    const line = { epoch: 1, track: undefined, text: "hello" };
    const cues = cuesOf(recording, [
      { ...line, fromMs: 11_100, toMs: 12_500 },
      { ...line, fromMs: 11_900, toMs: 13_900 },
    ]);
    expect(cues).toMatchObject([
      { fromMs: 1_100, toMs: 2_500 },
      { fromMs: 5_900, toMs: 7_900 },
    ]);
  });

  it("of a room whose time stepped far back does not begin with hours of silence", () => {
    const kept = new Recorded();
    const at = { epoch: 1, sequence: 1 };
    kept.add({ epoch: 1, index: 5_000, first: at, last: at, missing: [], closedAt: localTime(0), take: 1, early: 9_000_000 });
    expect(replayMs(kept.recording(new Heard(), false))).toBe(34_000);
  });
});
