import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Stretch } from "../../../src/core/audio/stretch.ts";
import { strengthOf } from "../../support/tones.ts";

const RATE = 48_000;
const BLOCK = 128;

/** Plays a sound for `seconds` at `speed`, from its start. */
function played(sound: (at: number) => number, seconds: number, speed: number): { out: Float32Array; stretch: Stretch } {
  const stretch = new Stretch((out, at) => {
    for (let i = 0; i < out.length; i++) out[i] = sound(at + i);
  });
  const out = new Float32Array(Math.round((seconds * RATE) / BLOCK) * BLOCK);
  for (let at = 0; at < out.length; at += BLOCK) stretch.render(out.subarray(at, at + BLOCK), speed);
  return { out, stretch };
}

const tone = (hz: number) => (at: number) => 0.5 * Math.sin((2 * Math.PI * hz * at) / RATE);

/** The largest step between two samples. */
function steepestOf(sound: ArrayLike<number>): number {
  let most = 0;
  for (let i = 1; i < sound.length; i++) most = Math.max(most, Math.abs((sound[i] ?? 0) - (sound[i - 1] ?? 0)));
  return most;
}

describe("sound that is played faster", () => {
  it.each([1, 1.25, 1.5, 1.75, 2])("at %d× is over in the right time, to a hundredth", (speed) => {
    const { stretch } = played(tone(180), 20, speed);
    expect(stretch.position / RATE / 20 / speed).toBeGreaterThan(0.99);
    expect(stretch.position / RATE / 20 / speed).toBeLessThan(1.01);
  });

  it.each([1.25, 1.5, 2])("at %d× keeps its pitch, and its loudness", (speed) => {
    for (const hz of [90, 180, 440, 1_000]) {
      const { out } = played(tone(hz), 4, speed);
      expect(strengthOf(out, hz), `${hz} Hz`).toBeGreaterThan(0.42);
      expect(strengthOf(out, hz * speed), `${hz} Hz raised`).toBeLessThan(0.03);
    }
  });

  it("does not click", () => {
    const { out } = played(tone(220), 4, 1.75);
    const steepest = 0.5 * ((2 * Math.PI * 220) / RATE);
    expect(steepestOf(out)).toBeLessThan(2 * steepest);
  });

  it("never leaves out more than two splices' worth at once, so that no syllable is lost", () => {
    // A ramp tells of every sample of the output where it comes from.
    const { out } = played((at) => at / 1e6, 4, 2);
    expect(1e6 * steepestOf(out)).toBeLessThan(0.064 * RATE);
  });
});

describe("sound at the speed at which it was spoken", () => {
  it("is untouched, in blocks of any size", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20, size: "max" }), (blocks) => {
        const stretch = new Stretch((out, at) => {
          for (let i = 0; i < out.length; i++) out[i] = Math.fround(at + i);
        });
        let at = 0;
        for (const size of blocks) {
          const out = new Float32Array(size);
          stretch.render(out, 1);
          expect(out.every((sample) => sample === at++)).toBe(true);
        }
      }),
    );
  });

  it("goes on without a jump after it was faster", () => {
    const sound = tone(200);
    const stretch = new Stretch((out, at) => {
      for (let i = 0; i < out.length; i++) out[i] = sound(at + i);
    });
    const heard: number[] = [];
    for (const speed of [2, 1, 1.5, 1, 1.25])
      for (let block = 0; block < 101; block++) {
        const out = new Float32Array(BLOCK);
        stretch.render(out, speed);
        heard.push(...out);
      }
    expect(steepestOf(heard)).toBeLessThan(0.03);
  });
});
