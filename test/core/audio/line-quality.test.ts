import { describe, expect, it } from "vitest";
import { LineQuality } from "../../../src/core/audio/line-quality.ts";
import { aFrame } from "../../support/build.ts";

/** Frame `from` and those after it, as one message. */
const speech = (from: number, count = 1, of: { starts?: boolean; ends?: boolean } = {}) => ({
  sample: (from * 960) >>> 0,
  level: 30,
  starts: of.starts === true,
  ends: of.ends === true,
  frames: Array.from({ length: count }, () => aFrame()),
});

describe("a speaker's line", () => {
  it("that brings every frame loses nothing, over pauses too", () => {
    const line = new LineQuality();
    for (let frame = 0; frame < 100; frame++) line.heard(speech(frame, 1, { starts: frame === 0, ends: frame === 99 }), frame * 20);
    line.heard(speech(500, 1, { starts: true }), 10_000);
    expect(line.lossPercent(10_000)).toBe(0);
  });

  it("that left out a tenth is told so, and of ten seconds only", () => {
    const line = new LineQuality();
    for (let frame = 0; frame < 100; frame++) if (frame % 10 !== 5) line.heard(speech(frame), frame * 20);
    expect(line.lossPercent(2_000)).toBe(10);
    for (let frame = 100; frame < 1_000; frame++) line.heard(speech(frame), frame * 20);
    expect(line.lossPercent(20_000)).toBe(0);
  });

  it("on which frames came too late counts them as lost", () => {
    const line = new LineQuality();
    for (let frame = 0; frame < 50; frame++) line.heard(speech(frame), frame * 20);
    line.late(10, 1_000);
    expect(line.lossPercent(1_000)).toBe(20);
  });

  it("whose page ended a talkspurt without a frame, or began its clock anew, lost nothing by it", () => {
    const line = new LineQuality();
    line.heard(speech(0xffff_fff0 / 960), 0);
    line.heard(speech(0xffff_fff0 / 960 + 1, 0, { ends: true }), 20);
    line.heard(speech(10_000), 5_000);
    line.heard(speech(2), 5_020);
    line.heard(speech(90_000), 5_040);
    expect(line.lossPercent(5_040)).toBe(0);
  });
});
