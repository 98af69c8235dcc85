import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeChunk, joinChunks } from "../../../src/core/audio/chunk.ts";
import { runsOf } from "../../../src/core/audio/lane-head.ts";
import { LayoutMemory } from "../../../src/core/audio/layout-memory.ts";
import { SILENT_PACKET } from "../../../src/core/audio/opus.ts";
import type { Stretch } from "../../../src/core/audio/recording.ts";
import type { SegmentName } from "../../../src/core/audio/segment.ts";
import { frameIndexOf, voicesOf } from "../../../src/core/audio/track.ts";
import { layOut, Parts, rangeOf } from "../../../src/core/audio/track-layout.ts";
import { TrackStream } from "../../../src/core/audio/track-stream.ts";
import { readOgg } from "../../support/strict-ogg.ts";

type Stored = SegmentName & { readonly bytes: Uint8Array };
/** A frame of voice 1 to 3 in epoch 1 or 2, in the 20 ms number `slot` of the epoch, in the segment that `late` moves it to. */
type Said = {
  readonly epoch: number;
  readonly voice: number;
  readonly slot: number;
  readonly late: number;
  readonly stereo: boolean;
  readonly bytes: number;
};

/** So many segments of each epoch are recorded, but for one. */
const SEGMENTS = 4;
const ANA = {
  track: 1,
  voices: [
    { epoch: 1, voice: 1 },
    { epoch: 2, voice: 3 },
  ],
};
const his = voicesOf(ANA);

const said: fc.Arbitrary<Said[]> = fc.uniqueArray(
  fc.record({
    epoch: fc.integer({ min: 1, max: 2 }),
    voice: fc.integer({ min: 1, max: 3 }),
    slot: fc.integer({ min: 0, max: SEGMENTS * 100 - 1 }),
    late: fc.constantFrom(0, 0, 0, 1, -1),
    stereo: fc.boolean(),
    bytes: fc.integer({ min: 2, max: 1_275 }),
  }),
  { selector: ({ epoch, voice, slot }) => `${epoch} ${voice} ${slot}`, maxLength: 300, size: "max" },
);

function packetOf({ epoch, voice, slot, stereo, bytes }: Said): Uint8Array {
  const packet = new Uint8Array(bytes).fill((epoch * 31 + voice * 7 + slot) % 256);
  packet[0] = stereo ? 0xfc : 0xf8;
  return packet;
}

function segmentOf({ slot, late }: Said): number {
  return Math.min(SEGMENTS - 1, Math.max(0, Math.floor(slot / 100) + late));
}

/** Segments 0 to 3 of both epochs; what is late stands in a chunk of a neighbour. */
function stored(all: readonly Said[]): Stored[] {
  return [1, 2].flatMap((epoch) =>
    Array.from({ length: SEGMENTS }, (_, index) => {
      const chunks = all
        .filter((one) => one.epoch === epoch && segmentOf(one) === index)
        .toSorted((a, b) => a.slot - b.slot)
        .map((one, at) => {
          const block = { voice: one.voice, level: 20, flags: 0, offsetSamples: 400, frames: [packetOf(one)] };
          return encodeChunk({ flags: 0, epoch, sequence: at + 1, roomTimeMs: one.slot * 20, dueMs: 0, durationMs: 20, blocks: [block] });
        });
      return { epoch, index, bytes: joinChunks(chunks) };
    }),
  );
}

/** Stretches of segments that begin no earlier than their names say. */
function own(segments: readonly SegmentName[]): Stretch[] {
  return segments.map(({ epoch, index }) => ({ epoch, index, ahead: 0 }));
}

function streamOf(segments: readonly Stored[], lead?: SegmentName): TrackStream {
  const index = (name: SegmentName) =>
    frameIndexOf(segments.find((one) => one.epoch === name.epoch && one.index === name.index)?.bytes ?? new Uint8Array(), name);
  const names = lead === undefined ? own(segments) : [{ ...lead, ahead: 1 }, ...own(segments)];
  return new TrackStream({ serial: 1, comments: [["ARTIST", "Ana"]] }, names, layOut(names, index, his), his);
}

async function read(stream: TrackStream, segments: readonly Stored[], from = 0, to = stream.length, most = 3): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const batch = async (names: readonly SegmentName[]) =>
    names.slice(0, most).flatMap((name) => segments.filter((one) => one.epoch === name.epoch && one.index === name.index));
  for await (const piece of stream.read({ from, to }, batch)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

describe("a person's track", () => {
  it("holds every packet of his as he spoke it, in its 20 ms, and silence in all others", async () => {
    await fc.assert(
      fc.asyncProperty(said, fc.integer({ min: 1, max: 3 }), async (all, most) => {
        const segments = stored(all);
        const stream = streamOf(segments);
        const bytes = await read(stream, segments, 0, stream.length, most);
        expect(bytes.byteLength).toBe(stream.length);
        const file = readOgg(bytes);
        const spoken = all.filter(({ epoch, voice }) => his(epoch, voice));
        expect(file.samples).toBe(2 * SEGMENTS * 96_000);
        expect(file.channels).toBe(spoken.some(({ stereo }) => stereo) ? 2 : 1);
        const expected = Array.from({ length: 2 * SEGMENTS * 100 + 1 }, () => SILENT_PACKET);
        for (const one of spoken) expected[(one.epoch - 1) * SEGMENTS * 100 + one.slot] = packetOf(one);
        expect(file.packets.map(hex)).toEqual(expected.map(hex));
      }),
      { numRuns: 40 },
    );
  });

  it("can be read in any range, and the range is the slice of the whole", async () => {
    const luck = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(said, fc.array(fc.tuple(luck, luck), { minLength: 1, maxLength: 8 }), async (all, ranges) => {
        const segments = stored(all);
        const stream = streamOf(segments);
        const whole = await read(stream, segments);
        for (const [one, other] of ranges) {
          const [from = 0, to = 0] = [one, other].map((share) => Math.floor(share * whole.byteLength)).toSorted((a, b) => a - b);
          expect(hex(await read(stream, segments, from, to))).toBe(hex(whole.subarray(from, to)));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("begins where recording began in the midst of a segment: what was said in the rest of it stands in the one after", async () => {
    const [early, later]: [Said, Said] = [
      { epoch: 1, voice: 1, slot: 60, late: 1, stereo: false, bytes: 40 },
      { epoch: 1, voice: 1, slot: 130, late: 0, stereo: false, bytes: 50 },
    ];
    const segments = stored([early, later]).slice(1, SEGMENTS);
    const stream = streamOf(segments, { epoch: 1, index: 0 });
    const bytes = await read(stream, segments);
    expect(bytes.byteLength).toBe(stream.length);
    const { packets, samples } = readOgg(bytes);
    expect(samples).toBe(SEGMENTS * 96_000);
    expect(packets.flatMap((packet, slot) => (hex(packet) === hex(SILENT_PACKET) ? [] : [[slot, hex(packet)]]))).toEqual([
      [60, hex(packetOf(early))],
      [130, hex(packetOf(later))],
    ]);
    expect(hex(await read(stream, segments, 500, 900))).toBe(hex(bytes.subarray(500, 900)));
  });

  it("is as long for who never spoke", async () => {
    const segments = stored([]);
    const stream = streamOf(segments);
    expect(readOgg(await read(stream, segments)).samples).toBe(2 * SEGMENTS * 96_000);
  });

  it("breaks off rather than be another file than it said it was, if a segment is gone", async () => {
    const segments = stored([{ epoch: 1, voice: 1, slot: 250, late: 0, stereo: false, bytes: 40 }]);
    const stream = streamOf(segments);
    await expect(read(stream, segments.toSpliced(2, 1))).rejects.toThrow("segment 1.2 is not there any more");
  });
});

describe("a layout that is remembered", () => {
  const indexIn = (segments: readonly Stored[]) => (name: SegmentName) =>
    frameIndexOf(segments.find((one) => one.epoch === name.epoch && one.index === name.index)?.bytes ?? new Uint8Array(), name);

  it("is that of the whole however the recording grew, and looks at each segment once", () => {
    const kept = fc.subarray(Array.from({ length: 2 * SEGMENTS }, (_, at) => at));
    fc.assert(
      fc.property(said, kept, fc.array(fc.nat(2 * SEGMENTS), { maxLength: 6 }), (all, which, stops) => {
        const segments = stored(all).filter((_, at) => which.includes(at));
        const memory = new LayoutMemory();
        let looked = 0;
        const index = (name: SegmentName) => {
          looked++;
          return indexIn(segments)(name);
        };
        for (const stop of [...stops.toSorted((a, b) => a - b), segments.length, segments.length]) {
          const some = segments.slice(0, stop);
          expect(memory.layOut(ANA, runsOf(some), index)).toEqual(layOut(own(some), indexIn(segments), his));
        }
        expect(looked).toBe(segments.length);
      }),
      { numRuns: 60 },
    );
  });

  it("is made anew for another recording, and for who has got another voice", () => {
    const segments = stored([{ epoch: 1, voice: 1, slot: 50, late: 0, stereo: true, bytes: 400 }]);
    const memory = new LayoutMemory();
    memory.layOut(ANA, runsOf(segments), indexIn(segments));
    for (const some of [segments.slice(1), segments.toSpliced(2, 1), segments.slice(0, 3)]) {
      expect(memory.layOut(ANA, runsOf(some), indexIn(segments))).toEqual(layOut(own(some), indexIn(segments), his));
    }
    const other = { track: 1, voices: [{ epoch: 1, voice: 2 }] };
    expect(memory.layOut(other, runsOf(segments), indexIn(segments))).toEqual(layOut(own(segments), indexIn(segments), voicesOf(other)));
  });
});

describe("a range", () => {
  it.each([
    [undefined, "whole"],
    ["bytes=0-", { from: 0, to: 1_000 }],
    ["bytes=10-19", { from: 10, to: 20 }],
    ["bytes=990-2000", { from: 990, to: 1_000 }],
    ["bytes=-5", { from: 995, to: 1_000 }],
    ["bytes=-5000", { from: 0, to: 1_000 }],
    ["bytes=1000-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=20-10", "whole"],
    ["bytes=0-1,5-6", "whole"],
    ["bytes=-", "whole"],
    ["lines=1-2", "whole"],
  ] as const)("%s of 1,000 bytes", (header, expected) => {
    expect(rangeOf(header, 1_000)).toEqual(expected);
  });
});

it("finds the part that a byte lies in", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 40 }), fc.nat(), (lengths, luck) => {
      const parts = new Parts(lengths);
      const at = luck % parts.length;
      const part = parts.partAt(at);
      expect(parts.startOf(part)).toBeLessThanOrEqual(at);
      expect(parts.startOf(part + 1)).toBeGreaterThan(at);
    }),
  );
});

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
