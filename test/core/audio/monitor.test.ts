import { describe, expect, it } from "vitest";
import { type Chunk, decodeChunk } from "../../../src/core/audio/chunk.ts";
import { type Mix, Monitor } from "../../../src/core/audio/monitor.ts";
import { aFrame } from "../../support/build.ts";

const BEGAN = 1_700_000_000_000;

function heardBy(mix: Mix | undefined, voice: number | undefined): Chunk {
  const chunk = decodeChunk(mix?.without(voice) ?? new Uint8Array(), 0);
  if ("malformed" in chunk) throw new Error(chunk.malformed);
  return chunk;
}

const voicesIn = (chunk: Chunk) => chunk.blocks.map(({ voice }) => voice).toSorted();

/** A stage on which each of `voices` speaks for so long, a frame at a time, and every tick of it. */
function stage(voices: readonly number[], speakMs: number, untilMs: number): { at: number; mix: Mix }[] {
  const monitor = new Monitor(7, BEGAN);
  const ticks: { at: number; mix: Mix }[] = [];
  for (let ms = 0; ms <= untilMs; ms += 10) {
    const due = monitor.dueMs;
    if (due !== undefined && due <= BEGAN + ms) {
      const mix = monitor.tick(BEGAN + ms);
      if (mix !== undefined) ticks.push({ at: ms, mix });
    }
    if (ms % 20 !== 0 || ms >= speakMs) continue;
    for (const voice of voices) {
      const speech = { sample: ms * 48, level: 20 + voice, starts: ms === 0, ends: ms + 20 >= speakMs, frames: [aFrame(20, voice)] };
      monitor.hear(voice, speech, BEGAN + ms);
    }
  }
  return ticks;
}

describe("the stage's own sound", () => {
  it("brings to each what the others say, and never himself", () => {
    const ticks = stage([1, 2, 3], 2_000, 3_000);
    const frames = new Map<string, number>();
    for (const { mix } of ticks) {
      for (const ear of [1, 2, 3, undefined]) {
        for (const { voice, frames: said } of heardBy(mix, ear).blocks) {
          expect(voice).not.toBe(ear);
          frames.set(`${ear} hears ${voice}`, (frames.get(`${ear} hears ${voice}`) ?? 0) + said.length);
        }
      }
    }
    expect(frames.size).toBe(9);
    for (const count of frames.values()) expect(count).toBe(100);
  });

  it("is 40 ms at a time, on a clock of its own, without a hole", () => {
    const chunks = stage([1, 2], 1_000, 2_000).map(({ mix }) => heardBy(mix, undefined));
    expect(chunks.map(({ sequence }) => sequence)).toEqual(chunks.map((_, index) => index + 1));
    expect(chunks.every(({ epoch, durationMs }) => epoch === 7 && durationMs === 40)).toBe(true);
  });

  it("is encoded once for all who are silent", () => {
    const [first] = stage([1, 2], 200, 400).slice(2);
    const bytes = first?.mix.without(undefined);
    for (const silent of [3, 4, 13]) expect(first?.mix.without(silent)).toBe(bytes);
    expect(first?.mix.without(1)).not.toBe(bytes);
  });

  it("holds the four loudest, and who is one of them hears the three others", () => {
    const voices = Array.from({ length: 13 }, (_, index) => index + 1);
    const mix = stage(voices, 1_000, 1_000)[10]?.mix;
    expect(voicesIn(heardBy(mix, undefined))).toEqual([1, 2, 3, 4]);
    expect(voicesIn(heardBy(mix, 2))).toEqual([1, 3, 4]);
    expect(voicesIn(heardBy(mix, 13))).toEqual([1, 2, 3, 4]);
  });

  it("stands still while nobody speaks, once all have been told of the silence", () => {
    const ticks = stage([1], 200, 5_000);
    expect(ticks.at(-1)?.at).toBeLessThan(800);
    expect(heardBy(ticks.at(-1)?.mix, undefined).flags).toBe(1);
    // Who speaks alone is sent nothing but that.
    expect(heardBy(ticks[2]?.mix, 1)).toMatchObject({ flags: 1, blocks: [] });
  });

  it("loses a voice that is muted with the next chunk", () => {
    const monitor = new Monitor(7, BEGAN);
    for (let ms = 0; ms < 100; ms += 20) {
      monitor.hear(1, { sample: ms * 48, level: 30, starts: ms === 0, ends: false, frames: [aFrame()] }, BEGAN + ms);
    }
    expect(heardBy(monitor.tick(BEGAN + 80), undefined).blocks).not.toEqual([]);
    monitor.silence(1);
    expect(heardBy(monitor.tick(BEGAN + 120), undefined).blocks).toMatchObject([{ flags: 2, frames: [] }]);
    expect(heardBy(monitor.tick(BEGAN + 160), undefined).blocks).toEqual([]);
  });
});
