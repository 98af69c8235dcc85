import { describe, expect, it } from "vitest";
import { Resampler } from "../../../../src/browser/sound/resampler.ts";

describe.each([44_100, 16_000, 96_000])("a resampler from %i Hz to 48 kHz", (fromHz) => {
  it("gives as many samples as the time takes, whatever the blocks", () => {
    const resampler = new Resampler(fromHz, 48_000);
    let samples = 0;
    for (let given = 0; given < fromHz; given += 128) samples += resampler.push(new Float32Array(128)).length;
    expect(Math.abs(samples - 48_000)).toBeLessThan(200);
  });

  it("keeps a tone as it is: its place in time, its level, and nothing beside it", () => {
    const heard = resampled(fromHz, tone(1_000, fromHz));
    const due = tone(1_000, 48_000);
    expect(dbBelow(heard, due)).toBeGreaterThan(50);
  });
});

it("lets nothing fold back that 48 kHz cannot hold", () => {
  const heard = resampled(96_000, tone(30_000, 96_000));
  const loudest = heard.slice(200, 40_000).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(20 * Math.log10(loudest)).toBeLessThan(-50);
});

/** A second of a tone at half of full scale. */
function tone(hz: number, rateHz: number): Float32Array {
  return Float32Array.from({ length: rateHz }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / rateHz));
}

function resampled(fromHz: number, input: Float32Array): Float32Array {
  const resampler = new Resampler(fromHz, 48_000);
  const parts: number[] = [];
  for (let at = 0; at < input.length; at += 128) parts.push(...resampler.push(input.subarray(at, at + 128)));
  return Float32Array.from(parts);
}

/** How far the difference lies below the tone itself, in dB, away from both ends. */
function dbBelow(heard: Float32Array, due: Float32Array): number {
  let [error, power] = [0, 0];
  for (let i = 1_000; i < 40_000; i++) {
    const expected = due[i] ?? 0;
    error += ((heard[i] ?? 0) - expected) ** 2;
    power += expected ** 2;
  }
  return 10 * Math.log10(power / error);
}
