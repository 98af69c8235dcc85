import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type RecordedRun,
  recordingOf,
  replayMs,
  replayTimeOf,
  segmentAt,
  segmentsOf,
  stretchesOf,
} from "../../../src/core/audio/recording.ts";
import { SEGMENT_MS } from "../../../src/core/audio/segment.ts";

/** Runs as an archive tells them: epochs rise, and within one so do indices, with a break between two runs, in which a lead may lie. */
const runs: fc.Arbitrary<RecordedRun[]> = fc
  .array(
    fc.record({
      newEpoch: fc.boolean(),
      skipped: fc.integer({ min: 1, max: 50 }),
      length: fc.integer({ min: 1, max: 50 }),
      lead: fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: 0 }),
    }),
    {
      maxLength: 20,
      size: "max",
    },
  )
  .map((steps) => {
    const made: RecordedRun[] = [];
    let epoch = 1;
    let next = 0;
    for (const { newEpoch, skipped, length, lead } of steps) {
      if (newEpoch) epoch++;
      const first = newEpoch ? skipped - 1 : next + skipped;
      const most = (newEpoch || made.length === 0 ? first : skipped) * SEGMENT_MS;
      made.push({ epoch, first, last: first + length - 1, ...(most > 0 && lead > 0 ? { lead: Math.min(lead, most) } : {}) });
      next = first + length;
    }
    return made;
  });

describe("the time of a replay", () => {
  it("goes through every segment once, in order, and ends with the last", () => {
    fc.assert(
      fc.property(runs, (runs) => {
        const recording = { ...recordingOf([]), runs };
        const stretches = [...stretchesOf(recording)];
        const named = stretches.filter(({ ahead }) => ahead === 0).map(({ epoch, index }) => ({ epoch, index }));
        expect([...segmentsOf(recording)]).toEqual(named);
        expect(replayMs(recording)).toBe(stretches.length * SEGMENT_MS);
        for (const [at, { epoch, index, ahead }] of stretches.entries()) {
          // What sounds in a lead stands in the segment that comes after it.
          const where = { epoch, index: index + ahead, intoMs: 700 - ahead * SEGMENT_MS };
          expect(segmentAt(recording, at * SEGMENT_MS + 700)).toEqual(where);
        }
        expect(segmentAt(recording, replayMs(recording))).toBeUndefined();
        expect(segmentAt(recording, -1)).toBeUndefined();
      }),
    );
  });

  it("leads from an instant of the room to its place and back, and knows no place for what was not recorded", () => {
    fc.assert(
      fc.property(runs, fc.nat(), (runs, luck) => {
        const recording = { ...recordingOf([]), runs };
        const whole = replayMs(recording);
        if (whole === 0) return;
        const ms = luck % whole;
        const found = segmentAt(recording, ms);
        expect(found).toBeDefined();
        if (found !== undefined) expect(replayTimeOf(recording, found.epoch, found.index * SEGMENT_MS + found.intoMs)).toBe(ms);
        expect(replayTimeOf(recording, 0, ms)).toBeUndefined();
      }),
    );
  });
});
