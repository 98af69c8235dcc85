import { describe, expect, it } from "vitest";
import { Mixer } from "../../../src/core/audio/mixer.ts";
import { bestSplice } from "../../../src/core/audio/splice.ts";

const RATE = 48_000;
const CHUNK = 4_800;

describe("two voices at once", () => {
  it("are both heard", () => {
    const mixer = new Mixer();
    mixer.add({ voice: 1, start: 0, pcm: new Float32Array(CHUNK).fill(0.25), ends: false });
    mixer.add({ voice: 2, start: 0, pcm: new Float32Array(CHUNK).fill(0.5), ends: false });
    expect(mixed(mixer, 2_400, 1)[0]).toBeCloseTo(0.75);
  });

  it("have levels of their own", () => {
    const mixer = new Mixer();
    mixer.add({ voice: 1, start: 0, pcm: new Float32Array(CHUNK).fill(0.25), ends: false });
    mixer.add({ voice: 2, start: 0, pcm: new Float32Array(CHUNK).fill(0.5), ends: false });
    const levels = new Map(mixer.levels(2_400, 128).map(({ voice, rms }) => [voice, rms]));
    expect(levels.get(1)).toBeCloseTo(0.25);
    expect(levels.get(2)).toBeCloseTo(0.5);
  });
});

describe("a voice", () => {
  it("fades in and out beside silence, over 5 ms", () => {
    const mixer = new Mixer();
    mixer.add({ voice: 1, start: 0, pcm: new Float32Array(CHUNK).fill(0.5), ends: true });
    const sound = mixed(mixer, 0, CHUNK);
    expect([sound[0], sound[120], sound[240], sound[CHUNK - 121], sound[CHUNK - 1]].map((one) => Math.round(100 * (one ?? 0)))).toEqual([
      0, 25, 50, 25, 0,
    ]);
  });

  it("that is told only later to have ended fades out where it ended, and is not bridged", () => {
    const mixer = new Mixer();
    mixer.add({ voice: 1, start: 0, pcm: new Float32Array(CHUNK).fill(0.5), ends: false });
    mixer.add({ voice: 1, start: CHUNK, pcm: new Float32Array(0), ends: true });
    mixer.add({ voice: 1, start: CHUNK + 500, pcm: new Float32Array(CHUNK).fill(0.5), ends: false });
    const sound = mixed(mixer, 0, CHUNK + 600);
    expect(
      [sound[CHUNK - 241], sound[CHUNK - 121], sound[CHUNK - 1], sound[CHUNK + 499]].map((one) => Math.round(100 * (one ?? 0))),
    ).toEqual([50, 25, 0, 0]);
  });

  it("goes on seamlessly from chunk to chunk", () => {
    const mixer = new Mixer();
    for (const start of [0, CHUNK]) mixer.add({ voice: 1, start, pcm: tone(start, CHUNK), ends: false });
    expect(mixed(mixer, CHUNK - 300, 600)).toEqual(tone(CHUNK - 300, 600));
  });

  it("is bridged over a hole of some ms, as loud as it was", () => {
    const mixer = new Mixer();
    const hole = 500;
    mixer.add({ voice: 1, start: 0, pcm: tone(0, CHUNK), ends: false });
    mixer.add({ voice: 1, start: CHUNK + hole, pcm: tone(CHUNK + hole, CHUNK), ends: false });
    const sound = mixed(mixer, CHUNK - 480, 480 + hole + 480);
    for (let at = 0; at + 240 <= sound.length; at += 60) expect(rms(sound.subarray(at, at + 240))).toBeGreaterThan(0.2);
    for (let i = 1; i < sound.length; i++) expect(Math.abs((sound[i] ?? 0) - (sound[i - 1] ?? 0))).toBeLessThan(0.06);
  });

  it("is bridged ever more softly over a hole of 50 ms", () => {
    const mixer = new Mixer();
    const hole = 2_400;
    mixer.add({ voice: 1, start: 0, pcm: tone(0, CHUNK), ends: false });
    mixer.add({ voice: 1, start: CHUNK + hole, pcm: tone(CHUNK + hole, CHUNK), ends: false });
    const [early, late] = [mixed(mixer, CHUNK, 480), mixed(mixer, CHUNK + hole - 480, 480)];
    expect(rms(early)).toBeGreaterThan(0.25);
    expect(rms(late)).toBeLessThan(rms(early) / 2);
    expect(rms(late)).toBeGreaterThan(0.02);
  });

  it("is not bridged over a pause", () => {
    const mixer = new Mixer();
    mixer.add({ voice: 1, start: 0, pcm: tone(0, CHUNK), ends: false });
    mixer.add({ voice: 1, start: CHUNK + 3_000, pcm: tone(0, CHUNK), ends: false });
    expect(rms(mixed(mixer, CHUNK, 3_000))).toBe(0);
    const ended = new Mixer();
    ended.add({ voice: 1, start: 0, pcm: tone(0, CHUNK), ends: true });
    ended.add({ voice: 1, start: CHUNK + 500, pcm: tone(0, CHUNK), ends: false });
    expect(rms(mixed(ended, CHUNK, 500))).toBe(0);
  });
});

it("knows how long a pause lasts", () => {
  const mixer = new Mixer();
  mixer.add({ voice: 1, start: 9_600, pcm: tone(0, CHUNK), ends: false });
  expect(mixer.quietFor(0, 48_000)).toBeGreaterThanOrEqual(9_600 - 64);
  expect(mixer.quietFor(0, 48_000)).toBeLessThan(9_600 + 240);
  expect(mixer.quietFor(0, 4_800)).toBe(4_800);
});

it("keeps what was just played and forgets what is older", () => {
  const mixer = new Mixer();
  mixer.add({ voice: 1, start: 0, pcm: tone(0, CHUNK), ends: false });
  mixer.forget(CHUNK + 1_000);
  expect(rms(mixed(mixer, 2_400, 240))).toBeGreaterThan(0.2);
  mixer.forget(CHUNK + 3_000);
  expect(rms(mixed(mixer, 2_400, 240))).toBe(0);
});

it("a splice joins a tone to itself one period on", () => {
  const period = RATE / 200;
  const found = bestSplice(tone(0, 384), tone(100, 1_200));
  expect(found.alike).toBeGreaterThan(0.99);
  expect((100 + found.at) % period).toBeLessThan(5);
});

function tone(from: number, length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => 0.4 * Math.sin((2 * Math.PI * 200 * (from + i)) / RATE));
}

function mixed(mixer: Mixer, start: number, length: number): Float32Array {
  const out = new Float32Array(length);
  mixer.mix(out, start);
  return out;
}

function rms(pcm: Float32Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / pcm.length);
}
