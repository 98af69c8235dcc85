import { describe, expect, it } from "vitest";
import { levelOf, VoiceGate } from "../../../../src/browser/sound/voice-gate.ts";

/** Levels in −dBov: a quiet room, a voice in it, and digital silence. */
const [NOISE, VOICE, NOTHING] = [65, 25, 127];

describe("a voice gate", () => {
  it("lets nothing through while there is only noise", () => {
    expect(run([...times(200, NOISE)])).toEqual([]);
    expect(run([...times(200, NOTHING)])).toEqual([]);
  });

  it("opens with the 60 ms from before the voice was noticed", () => {
    const [first] = run([...times(50, NOISE), VOICE]);
    expect(first).toEqual({ frames: [47, 48, 49, 50], starts: true, ends: false });
  });

  it("stays open over pauses within a sentence", () => {
    const passed = run([VOICE, ...times(25, NOISE), VOICE]);
    expect(passed.filter(({ starts }) => starts)).toHaveLength(1);
    expect(passed.flatMap(({ frames }) => frames)).toEqual(Array.from({ length: 27 }, (_, i) => i));
  });

  it("ends a talkspurt 600 ms after the last voice, with its last frame", () => {
    const passed = run([VOICE, ...times(100, NOISE)]);
    expect(passed.at(-1)).toEqual({ frames: [30], starts: false, ends: true });
  });

  it("opens anew after it closed, repeating no frame", () => {
    const passed = run([VOICE, ...times(31, NOISE), VOICE]);
    const frames = passed.flatMap((one) => one.frames);
    expect(new Set(frames).size).toBe(frames.length);
    expect(passed.filter(({ starts }) => starts)).toHaveLength(2);
  });

  it("lets music through for as long as it lasts, soft passages too", () => {
    const music = Array.from({ length: 3_000 }, (_, i) => 22 + Math.round(10 * Math.sin(i / 40)));
    expect(run(music).flatMap(({ frames }) => frames)).toHaveLength(music.length);
  });

  it("does not take a loud fan for a voice once it has heard it for a while", () => {
    const fan = times(1_500, 52);
    expect(run(fan).flatMap(({ frames }) => frames).length).toBeLessThan(100);
  });

  it.each([41, 46, 50])("lets soft music at −%i dBov through for as long as it moves", (level) => {
    const music = Array.from({ length: 1_500 }, (_, i) => level + Math.round(4 * Math.sin(i / 60)));
    expect(run([...times(100, 66), ...music]).flatMap(({ frames }) => frames).length).toBeGreaterThan(1_490);
  });

  it("follows a long decay until it is no louder than the room", () => {
    const decay = Array.from({ length: 1_000 }, (_, i) => 30 + Math.round(i / 40));
    expect(run([...times(100, 70), ...decay]).flatMap(({ frames }) => frames).length).toBeGreaterThan(990);
  });

  it("takes a fan that was switched on meanwhile for noise after five seconds", () => {
    const fan = run([...times(100, 66), ...times(1_500, 53)]).flatMap(({ frames }) => frames);
    expect(fan.length).toBeGreaterThan(0);
    expect(fan.length).toBeLessThan(600);
  });

  it("lets a held soft chord through where everything is asked for, and silence not even then", () => {
    const gate = new VoiceGate<number>();
    gate.everything = true;
    const passed = [...times(1_500, 55), ...times(100, NOTHING)].map((level, index) => gate.pass(index, level));
    expect(passed.slice(0, 1_500)).not.toContain(undefined);
    expect(passed.at(-1)).toBeUndefined();
  });

  it("hears a voice above that fan", () => {
    expect(
      run([...times(1_500, 52), VOICE])
        .at(-1)
        ?.frames.at(-1),
    ).toBe(1_500);
  });

  it("forgets what it held when it is shut", () => {
    const gate = new VoiceGate<number>();
    gate.pass(0, NOISE);
    gate.pass(1, NOISE);
    gate.shut();
    expect(gate.pass(2, VOICE)).toEqual({ frames: [2], starts: true, ends: false });
  });
});

describe("the level of a frame", () => {
  it("is 0 for full scale, 127 for silence, and 20 for a tenth of full scale", () => {
    expect(levelOf(new Float32Array(960).fill(1))).toBe(0);
    expect(levelOf(new Float32Array(960))).toBe(127);
    expect(levelOf(new Float32Array(960).fill(0.1))).toBe(20);
  });
});

function run(levels: readonly number[]) {
  const gate = new VoiceGate<number>();
  return levels.map((level, index) => gate.pass(index, level)).filter((passed) => passed !== undefined);
}

function times(count: number, level: number): number[] {
  return Array.from({ length: count }, () => level);
}
