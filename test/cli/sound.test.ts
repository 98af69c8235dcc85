import { describe, expect, it } from "vitest";
import { TALK } from "../support/server-commands.ts";
import { decodeOpusFile, likeness } from "../support/sound.ts";

describe("the likeness of two sounds", async () => {
  const talk = await decodeOpusFile(TALK);

  it("finds a part of the talk where it stands, to the sample", () => {
    const found = likeness(talk.subarray(123_457, 523_457), talk);
    expect(found.lag).toBe(123_457);
    expect(found.overall).toBeCloseTo(1, 5);
    expect(found.windows.length).toBeGreaterThan(10);
  });

  it("finds what starts before the talk does", () => {
    const late = new Float32Array(talk.length + 4_801);
    late.set(talk, 4_801);
    expect(likeness(late, talk).lag).toBe(-4_801);
  });

  it("shows a hole of a fifth of a second", () => {
    const holed = talk.slice();
    const loud = loudest(talk);
    holed.fill(0, loud - 4_800, loud + 4_800);
    expect(Math.min(...likeness(holed, talk).windows)).toBeLessThan(0.95);
  });

  it("shows a hole that was closed up instead of kept as silence", () => {
    const cut = new Float32Array(talk.length - 960);
    cut.set(talk.subarray(0, 480_000));
    cut.set(talk.subarray(480_960), 480_000);
    expect(Math.min(...likeness(cut, talk).windows)).toBeLessThan(0.95);
  });

  it("does not take one sentence for another", () => {
    expect(likeness(talk.subarray(0, 400_000), talk.subarray(500_000)).overall).toBeLessThan(0.5);
  });
});

/** Where the talk is at its loudest, in samples. */
function loudest(sound: Float32Array): number {
  return sound.reduce((best, sample, at) => (Math.abs(sample) > Math.abs(sound[best] ?? 0) ? at : best), 0);
}
