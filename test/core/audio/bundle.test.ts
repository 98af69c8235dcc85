import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bundle, type Closed, type PlacedFrame } from "../../../src/core/audio/bundle.ts";
import { type Chunk, decodeChunk } from "../../../src/core/audio/chunk.ts";
import { aFrame } from "../../support/build.ts";

const BEGAN = 1_700_000_000_000;

function frameAt(ms: number, of: Partial<PlacedFrame> = {}): PlacedFrame {
  return { position: ms * 48, level: 30, starts: false, ends: false, bytes: aFrame(), ...of };
}

function decoded(closed: Closed | undefined): Chunk {
  const chunk = decodeChunk(closed?.bytes ?? new Uint8Array(), 0);
  if ("malformed" in chunk) throw new Error(chunk.malformed);
  return chunk;
}

describe("the room's clock", () => {
  it("closes one chunk per tick, when it is due and not before", () => {
    const bundle = new Bundle(3, 100, BEGAN);
    expect(bundle.dueMs).toBe(BEGAN + 100);
    expect(bundle.close(BEGAN + 99)).toBeUndefined();
    expect(decoded(bundle.close(BEGAN + 100))).toMatchObject({ epoch: 3, sequence: 1, roomTimeMs: 0, dueMs: BEGAN + 100, durationMs: 100 });
    expect(decoded(bundle.close(BEGAN + 203))).toMatchObject({ sequence: 2, roomTimeMs: 100, dueMs: BEGAN + 200 });
  });

  it("merges what it slept through into one chunk, which tells when its first sound was due", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    bundle.close(BEGAN + 100);
    const merged = decoded(bundle.close(BEGAN + 450));
    expect(merged).toMatchObject({ sequence: 2, roomTimeMs: 100, durationMs: 300, dueMs: BEGAN + 200, flags: 3 });
    expect(decoded(bundle.close(BEGAN + 500))).toMatchObject({ sequence: 3, roomTimeMs: 400, durationMs: 100 });
  });

  it("after a long sleep goes on at now: one chunk, never a row of them", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    expect(decoded(bundle.close(BEGAN + 60_000))).toMatchObject({ sequence: 1, durationMs: 1_200 });
    expect(bundle.close(BEGAN + 60_000)).toBeUndefined();
    expect(decoded(bundle.close(BEGAN + 60_100))).toMatchObject({ sequence: 2, roomTimeMs: 60_000 });
  });

  it("after a long sleep leaves out what was said in it, and never says two things at one time", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    for (let frame = 0; frame < 250; frame++) bundle.add(1, frameAt(frame * 20));
    const [merged, next] = [decoded(bundle.close(BEGAN + 3_300)), decoded(bundle.close(BEGAN + 3_400))];
    expect(merged).toMatchObject({ roomTimeMs: 0, durationMs: 1_200 });
    expect(next).toMatchObject({ roomTimeMs: 3_300, durationMs: 100 });
    expect(next.blocks.map((block) => [block.offsetSamples, block.frames.length])).toEqual([[0, 5]]);
  });

  it("never skips a sequence, whatever the timer does", () => {
    fc.assert(
      fc.property(fc.constantFrom(40, 100, 200), fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 60 }), (chunkMs, waits) => {
        const bundle = new Bundle(1, chunkMs, BEGAN);
        let now = BEGAN;
        let [sequence, ended] = [0, 0];
        for (const wait of waits) {
          now += wait;
          const closed = bundle.close(now);
          if (closed === undefined) continue;
          const chunk = decoded(closed);
          expect(chunk.sequence).toBe(++sequence);
          expect(chunk.roomTimeMs).toBe(ended);
          ended = chunk.roomTimeMs + chunk.durationMs;
          expect(BEGAN + ended).toBeLessThanOrEqual(now);
          expect(bundle.dueMs).toBeGreaterThan(now);
        }
      }),
    );
  });
});

describe("what speakers said", () => {
  it("lies in the chunk of its time, frames of one voice back to back in one block", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    bundle.add(1, frameAt(10, { starts: true, level: 40 }));
    bundle.add(1, frameAt(30, { level: 20 }));
    bundle.add(1, frameAt(110));
    const first = decoded(bundle.close(BEGAN + 100));
    expect(first.blocks).toMatchObject([{ voice: 1, level: 20, flags: 1, offsetSamples: 480 }]);
    expect(first.blocks[0]?.frames).toHaveLength(2);
    expect(decoded(bundle.close(BEGAN + 200)).blocks).toMatchObject([{ offsetSamples: 480 }]);
  });

  it("with a hole in it makes a second block", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    bundle.add(1, frameAt(0));
    bundle.add(1, frameAt(60));
    expect(decoded(bundle.close(BEGAN + 100)).blocks.map((block) => block.offsetSamples)).toEqual([0, 2_880]);
  });

  it("is not heard once its voice was silenced", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    bundle.add(1, frameAt(10));
    bundle.add(2, frameAt(10));
    bundle.silence(1);
    expect(decoded(bundle.close(BEGAN + 100)).blocks.map((block) => block.voice)).toEqual([2]);
  });

  it("at hostile bit rates never breaks the chunk of the others", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    for (let frame = 0; frame < 60; frame++) bundle.add(1, frameAt(frame * 20, { bytes: aFrame(1_275) }));
    for (let frame = 0; frame < 60; frame++) bundle.add(2, frameAt(frame * 20, { bytes: aFrame(40) }));
    const chunk = decoded(bundle.close(BEGAN + 1_200));
    expect(chunk.blocks.map((block) => block.voice)).toContain(2);
  });

  it("and the silence after it is told by a flag", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    bundle.add(1, frameAt(10));
    expect(decoded(bundle.close(BEGAN + 100)).flags).toBe(0);
    expect(decoded(bundle.close(BEGAN + 200)).flags).toBe(1);
  });
});
