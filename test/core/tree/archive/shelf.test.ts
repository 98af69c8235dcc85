import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Segment } from "../../../../src/core/audio/segment.ts";
import { localTime } from "../../../../src/core/ids.ts";
import { LENT_MS, SEGMENT_KEEP_MS, Shelf, type ShelfEffect, SPOOL_BYTES, type Stored } from "../../../../src/core/tree/archive/shelf.ts";
import { luck } from "../../../support/build.ts";

function aSegment(index: number, bytes = 8_000): Segment {
  const at = (sequence: number) => ({ epoch: 1, sequence });
  return { epoch: 1, index, bytes: new Uint8Array(bytes).fill(index), first: at(index * 20 + 1), last: at(index * 20 + 20), missing: [] };
}

/** A storage that takes its time and may fail. */
class Storage {
  readonly held = new Map<number, Stored>();
  readonly order: number[] = [];
  fails = false;

  /** What is under way: done, or failed, when `answer` is called. */
  readonly underWay: (() => void)[] = [];

  perform(shelf: Shelf, effects: readonly ShelfEffect[], now: () => number): void {
    for (const effect of effects) {
      if (effect.do === "erase") for (const { index } of effect.names) this.held.delete(index);
      else {
        const { segment } = effect;
        this.underWay.push(() => {
          if (this.fails) return shelf.failed(segment, localTime(now()));
          this.held.set(segment.index, segment);
          this.order.push(segment.index);
          this.perform(shelf, shelf.written(segment, localTime(now())).effects, now);
        });
      }
    }
  }

  answer(): void {
    for (const one of this.underWay.splice(0)) one();
  }
}

describe("a storage that fails for a minute", () => {
  it("loses nothing of four voices at 128 kbit/s each, and nobody who fetches notices", () => {
    const storage = new Storage();
    const shelf = new Shelf(SEGMENT_KEEP_MS);
    let now = 0;
    for (let index = 0; index < 60; index++) {
      now = index * 2_000;
      storage.fails = now >= 20_000 && now < 80_000;
      storage.perform(shelf, shelf.put(aSegment(index, 128_000), localTime(now)), () => now);
      storage.answer();
      for (let second = 0; second < 2; second++) {
        now += 1_000;
        storage.perform(shelf, shelf.second(localTime(now)), () => now);
        storage.answer();
      }
      const found = shelf.find({ epoch: 1, index }, localTime(now))?.bytes;
      expect([found?.byteLength, found?.[0], found?.at(-1)]).toEqual([128_000, index, index]);
    }
    while (storage.underWay.length > 0) storage.answer();
    expect(storage.order).toEqual(Array.from({ length: 60 }, (_, index) => index));
    expect(shelf.list(localTime(now)).gaps).toEqual([]);
    expect(shelf.owes).toBe(false);
  });

  it("is bridged after hours as after a minute: what is gone weighs nothing", () => {
    const storage = new Storage();
    const shelf = new Shelf(SEGMENT_KEEP_MS);
    for (let index = 0; index < 1_000; index++) {
      const now = index * 2_000;
      storage.fails = index >= 970;
      storage.perform(shelf, shelf.put(aSegment(index, 128_000), localTime(now)), () => now);
      storage.answer();
    }
    const { runs, gaps } = shelf.list(localTime(999 * 2_000));
    expect(runs).toEqual([{ epoch: 1, first: 940, last: 999 }]);
    expect(gaps).toEqual([]);
    expect(shelf.find({ epoch: 1, index: 940 }, localTime(999 * 2_000))?.bytes).toBeDefined();
  });

  it("beyond its bound loses the oldest, and says which", () => {
    const storage = new Storage();
    storage.fails = true;
    const shelf = new Shelf(SEGMENT_KEEP_MS);
    for (let index = 0; index < 12; index++) {
      storage.perform(shelf, shelf.put(aSegment(index, 1024 * 1024), localTime(index * 2_000)), () => index * 2_000);
      storage.answer();
    }
    const { runs } = shelf.list(localTime(24_000));
    expect(runs).toEqual([{ epoch: 1, first: 4, last: 11 }]);
  });
});

describe("a segment", () => {
  it("is gone after two minutes, from memory and from storage", () => {
    const shelf = new Shelf(SEGMENT_KEEP_MS);
    shelf.put(aSegment(0), localTime(0));
    shelf.written({ epoch: 1, index: 0 }, localTime(0));
    expect(shelf.find({ epoch: 1, index: 0 }, localTime(119_999))).toMatchObject({ leftMs: 1 });
    expect(shelf.find({ epoch: 1, index: 0 }, localTime(120_000))).toBeUndefined();
    expect(shelf.second(localTime(120_000))).toEqual([{ do: "erase", names: [{ epoch: 1, index: 0 }] }]);
    expect(shelf.isEmpty).toBe(true);
  });

  it("that a restart finds in storage is still there, and its neighbours are known", () => {
    const stored = [0, 1, 3].map((index) => ({ ...aSegment(index), closedAt: localTime(1_000) }));
    const shelf = new Shelf(SEGMENT_KEEP_MS, stored);
    expect(shelf.find({ epoch: 1, index: 1 }, localTime(2_000))).toEqual({ bytes: undefined, leftMs: 119_000 });
    expect(shelf.list(localTime(2_000))).toEqual({
      runs: [
        { epoch: 1, first: 0, last: 1 },
        { epoch: 1, first: 3, last: 3 },
      ],
      gaps: [{ from: { epoch: 1, sequence: 40 }, to: { epoch: 1, sequence: 61 } }],
    });
  });

  it("that is kept stays here until it is stored and old, and is never erased", () => {
    const shelf = new Shelf(SEGMENT_KEEP_MS);
    const kept = { epoch: 1, index: 0 };
    shelf.put({ ...aSegment(0), take: 1, voices: [3] }, localTime(0));
    expect(shelf.second(localTime(1e6))).toEqual([]);
    expect(shelf.find(kept, localTime(1e6))?.leftMs).toBe(LENT_MS);
    expect(shelf.written(kept, localTime(1e6))).toMatchObject({ kept: { ...kept, take: 1, voices: [3] }, effects: [] });
    expect(shelf.isEmpty).toBe(true);
  });
});

it("whatever storage does: memory is bounded, storage has no holes, what is listed can be fetched, what is lost is a listed gap", () => {
  const steps = fc.array(fc.constantFrom("put", "big", "answer", "break", "mend", "second", "long"), { maxLength: 120 });
  fc.assert(
    fc.property(steps, fc.integer(), (script, seed) => {
      const random = luck(seed);
      const storage = new Storage();
      const shelf = new Shelf(SEGMENT_KEEP_MS);
      let [now, index] = [0, 0];
      const last = new Map<number, Segment>();
      for (const step of script) {
        now += Math.floor(random() * 2_000);
        if (step === "put" || step === "big") {
          const segment = aSegment(index++, step === "big" ? 900_000 : 8_000);
          last.set(segment.index, segment);
          storage.perform(shelf, shelf.put(segment, localTime(now)), () => now);
        } else if (step === "answer") storage.answer();
        else if (step === "break") storage.fails = true;
        else if (step === "mend") storage.fails = false;
        else {
          if (step === "long") now += 60_000;
          storage.perform(shelf, shelf.second(localTime(now)), () => now);
        }
        const { runs, gaps } = shelf.list(localTime(now));
        let inMemory = 0;
        const listed = runs.flatMap((run) => Array.from({ length: run.last - run.first + 1 }, (_, at) => run.first + at));
        for (const one of listed) {
          const found = shelf.find({ epoch: 1, index: one }, localTime(now));
          expect(found).toBeDefined();
          inMemory += found?.bytes?.byteLength ?? 0;
          if (found?.bytes === undefined) expect(storage.held.has(one)).toBe(true);
        }
        expect(inMemory).toBeLessThanOrEqual(SPOOL_BYTES);
        expect(gaps).toHaveLength(Math.max(0, runs.length - 1));
      }
      expect(storage.order).toEqual([...storage.order].sort((a, b) => a - b));
      // And in the end all that still lives is stored, and nothing that does not.
      storage.fails = false;
      for (let tries = 0; tries < 200; tries++) {
        now += 1_000;
        storage.perform(shelf, shelf.second(localTime(now)), () => now);
        storage.answer();
      }
      expect(shelf.isEmpty).toBe(true);
      expect(storage.held.size).toBe(0);
    }),
    { numRuns: 300 },
  );
});
