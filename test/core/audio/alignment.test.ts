import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alignment } from "../../../src/core/audio/alignment.ts";

const MS = 48;
const FRAME = 960;

/** Places `frames` single frames that arrive `transitMs(n)` after they were spoken; the open chunk is the 100 ms around now. */
function speak(alignment: Alignment, frames: number, transitMs: (frame: number) => number, from = 0): number[] {
  const positions: number[] = [];
  let arrived = 0;
  for (let frame = from; frame < from + frames; frame++) {
    arrived = Math.max(arrived, frame * 20 * MS + Math.round(transitMs(frame) * MS));
    const placed = alignment.place(frame * FRAME, 1, frame === from, arrived, Math.floor(arrived / (100 * MS)) * 100 * MS);
    if (typeof placed === "string") throw new Error(placed);
    positions.push(placed.position);
  }
  return positions;
}

function gaps(positions: readonly number[]): number[] {
  return positions.slice(1).map((position, index) => position - (positions[index] ?? 0) - FRAME);
}

describe("a speaker's frames on the room's timeline", () => {
  it("are seamless on a steady line", () => {
    expect(gaps(speak(new Alignment(), 500, () => 30)).every((gap) => gap === 0)).toBe(true);
  });

  it("are seamless while no message is more than a frame later than the first", () => {
    expect(gaps(speak(new Alignment(), 500, (frame) => 30 + ((frame * 7) % 20))).every((gap) => gap === 0)).toBe(true);
  });

  it("held back before a talkspurt delay it by no more than they must, and the next one not at all", () => {
    const alignment = new Alignment();
    // Four frames at once, 30 ms after the last of them was spoken, in the middle of a chunk that began 50 ms ago.
    const now = 10_000 * MS;
    const sample = now - 30 * MS - 4 * FRAME;
    const placed = alignment.place(sample, 4, true, now, now - 50 * MS);
    expect(placed).toEqual({ position: now - 40 * MS, skipFrames: 0 });
    expect(alignment.place(sample + 4 * FRAME, 1, false, now + 20 * MS, now - 50 * MS)).toEqual({ position: now + 40 * MS, skipFrames: 0 });
  });

  it("slip once when the line becomes slower than ever, by no more than they must", () => {
    const slips = gaps(speak(new Alignment(), 500, (frame) => (frame < 250 ? 30 : 150))).filter((gap) => gap !== 0);
    expect(slips).toHaveLength(1);
    expect(slips[0]).toBeGreaterThan(0);
    expect(slips[0]).toBe(120 * MS);
  });

  it("never overlap, never go back, never fall into a chunk that has left, whatever the line does", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 50, maxLength: 200 }), (jitter) => {
        const alignment = new Alignment();
        let arrived = 0;
        let last = Number.NEGATIVE_INFINITY;
        for (const [frame, ms] of jitter.entries()) {
          arrived = Math.max(arrived, (frame * 20 + ms) * MS);
          const open = Math.floor(arrived / (100 * MS)) * 100 * MS;
          const placed = alignment.place(frame * FRAME, 1, frame % 40 === 0, arrived, open);
          if (typeof placed === "string" || placed.skipFrames > 0) continue;
          expect(placed.position).toBeGreaterThanOrEqual(Math.max(open, last + FRAME));
          last = placed.position;
        }
      }),
      { numRuns: 300 },
    );
  });

  it("come back to now at the next talkspurt after the line recovered", () => {
    const alignment = new Alignment();
    speak(alignment, 100, (frame) => (frame === 50 ? 600 : 30));
    // Half a minute on, the stall is forgotten.
    const position = speak(alignment, 10, () => 30, 1_600)[0] ?? 0;
    expect(position - 1_600 * FRAME).toBe((30 + 20) * MS);
  });

  it("of somebody who never pauses come back to now by a cut", () => {
    const alignment = new Alignment();
    const positions = speak(alignment, 2_500, (frame) => (frame === 50 ? 900 : 30));
    const lead = (positions.at(-1) ?? 0) - 2_499 * FRAME - 30 * MS;
    expect(lead).toBeLessThanOrEqual((400 + 20) * MS);
  });

  it("go on where the speaker's clock wraps", () => {
    const alignment = new Alignment();
    const first = alignment.place(0xffff_ffff - FRAME + 1, 1, true, 1_000, 0);
    const second = alignment.place(0, 1, false, 1_000 + FRAME, 0);
    expect([first, second]).toEqual([
      { position: 1_000 + FRAME, skipFrames: 0 },
      { position: 1_000 + 2 * FRAME, skipFrames: 0 },
    ]);
  });

  it("that are repeated or out of order are refused, and those after them are heard", () => {
    const alignment = new Alignment();
    alignment.place(0, 1, true, 0, 0);
    alignment.place(FRAME, 1, false, FRAME, 0);
    expect(alignment.place(FRAME, 1, false, FRAME, 0)).toBe("speech-out-of-order");
    expect(alignment.place(0, 1, false, FRAME, 0)).toBe("speech-out-of-order");
    expect(alignment.place(2 * FRAME, 1, false, 2 * FRAME, 0)).toMatchObject({ position: 3 * FRAME });
  });

  it("that come faster than anybody speaks are refused", () => {
    const alignment = new Alignment();
    const placed = Array.from({ length: 200 }, (_, frame) => alignment.place(frame * FRAME, 1, frame === 0, 0, 0));
    expect(placed.slice(0, 99).every((one) => typeof one !== "string")).toBe(true);
    expect(placed.at(-1)).toBe("speech-too-fast");
  });
});
