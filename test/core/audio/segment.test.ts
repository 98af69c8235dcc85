import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksIn, encodeChunk, joinChunks, readHeader } from "../../../src/core/audio/chunk.ts";
import { missingIn, runsOf } from "../../../src/core/audio/lane-head.ts";
import { comparePositions, continues, type Position } from "../../../src/core/audio/position.ts";
import { MAX_SEGMENT_BYTES, SEGMENT_MS, type Segment, Segmenter } from "../../../src/core/audio/segment.ts";
import { aBlock, aChunk, chunks } from "../../support/build.ts";

/** Sequences in a segment. */
function sequences({ bytes }: Segment): number[] {
  return [...chunksIn(bytes)].map(({ at }) => readHeader(bytes, at)?.sequence ?? -1);
}

/** A chunk at an instant of the room's timeline. */
function chunkAt(roomTimeMs: number, sequence: number, epoch = 1): Uint8Array {
  return encodeChunk({ flags: 0, epoch, sequence, roomTimeMs, dueMs: 0, durationMs: 100, blocks: [aBlock()] });
}

describe("chunks of 100 ms", () => {
  it("fill a segment with twenty, which is closed by the first chunk of the next", () => {
    const segmenter = new Segmenter();
    expect(segmenter.add(chunks(1, 20))).toEqual([]);
    expect(segmenter.open).toEqual({ epoch: 1, index: 0 });
    const [closed, ...more] = segmenter.add(aChunk(21));
    expect(more).toEqual([]);
    expect(closed).toMatchObject({ epoch: 1, index: 0, first: { epoch: 1, sequence: 1 }, last: { epoch: 1, sequence: 20 }, missing: [] });
    expect(closed?.bytes).toEqual(chunks(1, 20));
  });

  it("that are missing are listed", () => {
    const segmenter = new Segmenter();
    segmenter.add(joinChunks([aChunk(1), aChunk(5)]));
    expect(segmenter.close()[0]?.missing).toEqual([{ from: { epoch: 1, sequence: 1 }, to: { epoch: 1, sequence: 5 } }]);
  });

  it("that came before are not taken again", () => {
    const segmenter = new Segmenter();
    segmenter.add(chunks(1, 5));
    segmenter.add(chunks(3, 6));
    expect(segmenter.close().map(sequences)).toEqual([[1, 2, 3, 4, 5, 6]]);
  });
});

describe("a closed segment", () => {
  it("does not change when the room's clock goes on within its two seconds: the next one takes what comes", () => {
    const segmenter = new Segmenter();
    segmenter.add(chunks(1, 3));
    expect(segmenter.close().map(({ index }) => index)).toEqual([0]);
    segmenter.add(chunkAt(900, 4));
    expect(segmenter.open).toEqual({ epoch: 1, index: 1 });
    // And the arithmetic is right again from the next border on.
    segmenter.add(chunkAt(2_000, 5));
    expect(segmenter.add(chunkAt(4_000, 6)).map(sequences)).toEqual([[4, 5]]);
  });

  it("stays closed for a later life of the archive", () => {
    const segmenter = new Segmenter({ epoch: 1, index: 7, last: { epoch: 1, sequence: 160 } });
    segmenter.add(joinChunks([chunkAt(15_900, 160), chunkAt(15_950, 161)]));
    const [closed] = segmenter.close();
    expect(closed).toMatchObject({ index: 8, first: { epoch: 1, sequence: 161 } });
  });
});

describe("a new epoch", () => {
  it("closes the old one's segment, and begins at its own", () => {
    const segmenter = new Segmenter();
    segmenter.add(joinChunks([chunkAt(10_000, 100), chunkAt(10_100, 101)]));
    const closed = segmenter.add(chunkAt(0, 1, 2));
    expect(closed).toMatchObject([{ epoch: 1, index: 5 }]);
    expect(segmenter.open).toEqual({ epoch: 2, index: 0 });
  });
});

describe("a pause of the room", () => {
  it("leaves the indices out in which nobody was on air", () => {
    const segmenter = new Segmenter();
    const closed = [...segmenter.add(chunkAt(100, 1)), ...segmenter.add(chunkAt(61_000, 2)), ...segmenter.close()];
    expect(closed.map(({ index }) => index)).toEqual([0, 30]);
    expect(runsOf(closed)).toEqual([
      { epoch: 1, first: 0, last: 0 },
      { epoch: 1, first: 30, last: 30 },
    ]);
    expect(missingIn(closed)).toEqual([]);
  });
});

/** Any stream: jumps of the timeline in both directions, holes, repeats, stale and new epochs, the clock stopping, big chunks. */
const streams = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ skip: fc.integer({ min: 1, max: 3 }), jumpMs: fc.integer({ min: -3_000, max: 5_000 }) }) },
    { weight: 1, arbitrary: fc.constant("epoch" as const) },
    { weight: 1, arbitrary: fc.constant("repeat" as const) },
    { weight: 1, arbitrary: fc.constant("close" as const) },
    { weight: 1, arbitrary: fc.constant("restart" as const) },
    { weight: 1, arbitrary: fc.constant("huge" as const) },
  ),
  { maxLength: 80 },
);

it("of any stream, the segments one after another are the chunks that came: each once, in order, under names that rise", () => {
  fc.assert(
    fc.property(streams, (stream) => {
      let segmenter = new Segmenter();
      const came: Uint8Array[] = [];
      const closed: Segment[] = [];
      let [epoch, sequence, roomTimeMs] = [1, 0, 0];
      const big = aBlock({ frames: Array.from({ length: 48 }, () => new Uint8Array(1_275)) });
      for (const step of stream) {
        if (step === "epoch") [epoch, sequence, roomTimeMs] = [epoch + 1, 0, 0];
        else if (step === "repeat") closed.push(...segmenter.add(joinChunks(came.slice(-3))));
        else if (step === "close") closed.push(...segmenter.close());
        else if (step === "restart") {
          // All is closed and stored before an object sleeps; a crash has the rest replayed by its parent.
          closed.push(...segmenter.close());
          const last = closed.at(-1);
          segmenter = new Segmenter(last);
        } else if (step === "huge") {
          const header = { flags: 0, epoch, dueMs: 0, durationMs: 100, blocks: [big] };
          const many = Array.from({ length: 20 }, () => encodeChunk({ ...header, sequence: ++sequence, roomTimeMs }));
          came.push(...many);
          closed.push(...segmenter.add(joinChunks(many)));
        } else {
          sequence += step.skip;
          roomTimeMs = Math.max(0, roomTimeMs + step.jumpMs);
          came.push(chunkAt(roomTimeMs, sequence, epoch));
          closed.push(...segmenter.add(came.at(-1) ?? new Uint8Array()));
        }
      }
      closed.push(...segmenter.close());
      expect(areSame(joinChunks(closed.map(({ bytes }) => bytes)), joinChunks(came))).toBe(true);
      expect(closed.every(({ bytes }) => bytes.byteLength <= MAX_SEGMENT_BYTES)).toBe(true);
      expectNamesRise(closed);
      expect(missingIn(closed)).toEqual(holesIn(came));
    }),
    { numRuns: 300 },
  );
});

it("names follow from the room's time by arithmetic while its clock runs", () => {
  fc.assert(
    fc.property(fc.constantFrom(40, 100, 200), fc.integer({ min: 1, max: 400 }), (chunkMs, count) => {
      const segmenter = new Segmenter();
      const closed: Segment[] = [];
      for (let index = 0; index < count; index++) closed.push(...segmenter.add(chunkAt(index * chunkMs, index + 1)));
      for (const { bytes, index } of [...closed, ...segmenter.close()]) {
        for (const { at } of chunksIn(bytes)) expect(Math.floor((readHeader(bytes, at)?.roomTimeMs ?? -1) / SEGMENT_MS)).toBe(index);
      }
    }),
    { numRuns: 30 },
  );
});

/** `toEqual` takes seconds for a megabyte. */
function areSame(some: Uint8Array, other: Uint8Array): boolean {
  return some.byteLength === other.byteLength && some.every((byte, at) => byte === other[at]);
}

function expectNamesRise(closed: readonly Segment[]): void {
  for (const [at, segment] of closed.entries()) {
    const before = closed[at - 1];
    if (before !== undefined) expect(segment.epoch > before.epoch || segment.index > before.index).toBe(true);
  }
}

function holesIn(came: readonly Uint8Array[]): { from: Position; to: Position }[] {
  const positions = came.map((chunk) => {
    const { epoch = 0, sequence = 0 } = readHeader(chunk, 0) ?? {};
    return { epoch, sequence };
  });
  return positions.flatMap((to, index) => {
    const from = positions[index - 1];
    return from === undefined || continues(from, to) || comparePositions(to, from) <= 0 ? [] : [{ from, to }];
  });
}
