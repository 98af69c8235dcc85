import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import type { Stand } from "../../../src/core/audio/lane-mind.ts";
import { type LaneName, Lanes, type OpenLane } from "../../../src/core/audio/lanes.ts";
import { comparePositions, continues, type Position } from "../../../src/core/audio/position.ts";
import type { Missing } from "../../../src/core/audio/segment.ts";
import { aChunk, chunks, luck } from "../../support/build.ts";

type Opened = {
  path: string;
  heard: Stand | undefined;
  until: Position | undefined;
  tells: Parameters<OpenLane<string>>[3];
  stopped: boolean;
};

/** A listener whose cached lanes are played by hand. */
function aListener() {
  const opened: Opened[] = [];
  const heard: { sequence: number; lane: LaneName; replayed: boolean }[] = [];
  const told: (string | number)[] = [];
  const lanes = new Lanes<string>(
    (path, from, until, tells) => {
      const one: Opened = { path, heard: from, until, tells, stopped: false };
      opened.push(one);
      return {
        stop: () => {
          one.stopped = true;
        },
      };
    },
    {
      hear: (bytes, lane, replayed) => {
        for (const { at } of chunksIn(bytes)) {
          const sequence = readHeader(bytes, at)?.sequence ?? -1;
          heard.push({ sequence, lane, replayed });
          told.push(sequence);
        }
      },
      gap: ({ from, to }) => told.push(`${from.sequence}…${to.sequence}`),
    },
  );
  return { lanes, opened, heard, told };
}

const gap = (from: number, to: number): Missing => ({ from: { epoch: 1, sequence: from }, to: { epoch: 1, sequence: to } });

describe("a listener whom the tree cannot take", () => {
  it("hears the cached lane from where he stands, and once only what both lanes bring", () => {
    const { lanes, opened, told } = aListener();
    lanes.welcomed("/rooms/demo/segments/secret");
    lanes.live(chunks(1, 10));
    lanes.lost();
    lanes.diverted("/rooms/demo/segments/secret");
    expect(opened).toMatchObject([{ path: "/rooms/demo/segments/secret", heard: { epoch: 1, sequence: 10, endsMs: 1_000 } }]);
    expect(lanes.lane).toBe("cached");
    opened[0]?.tells.hear(chunks(11, 15), false);
    lanes.diverted(undefined);
    expect(opened).toHaveLength(1);
    // The leaf was asked when he stood at 13.
    lanes.welcomed("/rooms/demo/segments/secret");
    lanes.live(chunks(14, 20));
    expect(opened[0]?.stopped).toBe(true);
    expect(lanes.lane).toBe("live");
    expect(told).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("is told of no gap that the cached lane has filled while the leaf was asked", () => {
    const { lanes, opened, told } = aListener();
    lanes.welcomed("/s");
    lanes.live(chunks(1, 10));
    lanes.lost();
    lanes.diverted("/s");
    // The leaf is asked for what comes after 10, of which it has the end only.
    opened[0]?.tells.hear(chunks(11, 60), true);
    lanes.welcomed("/s");
    lanes.told(gap(10, 40));
    lanes.live(chunks(40, 62));
    expect(opened).toHaveLength(1);
    expect(told).toEqual(Array.from({ length: 62 }, (_, index) => index + 1));
  });

  it("misses nothing if the leaf was asked before he had heard anything", () => {
    const { lanes, opened, told } = aListener();
    lanes.diverted("/s");
    // The leaf was asked already when the cached lane began; it knows of nobody who has heard something, and begins at the live edge.
    opened[0]?.tells.hear(chunks(1, 20), false);
    lanes.welcomed("/s");
    lanes.live(chunks(50, 60));
    lanes.live(aChunk(61));
    expect(told).toHaveLength(20);
    expect(opened[1]).toMatchObject({ heard: { sequence: 20 }, until: { epoch: 1, sequence: 50 } });
    opened[1]?.tells.hear(chunks(21, 49), true);
    opened[1]?.tells.done();
    expect(told).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
  });

  it("hears nothing where there are no segments, and asks nobody", () => {
    const { lanes, opened } = aListener();
    lanes.diverted(undefined);
    expect(opened).toEqual([]);
  });
});

describe("a listener who was away for longer than the leaf remembers", () => {
  it("hears what he missed from the cached lane, then what is live, which waited", () => {
    const { lanes, opened, told } = aListener();
    lanes.welcomed("/s");
    lanes.live(chunks(1, 10));
    lanes.lost();
    lanes.welcomed("/s");
    lanes.told(gap(10, 501));
    lanes.live(chunks(501, 503));
    lanes.live(aChunk(504));
    expect(told).toHaveLength(10);
    expect(opened).toMatchObject([{ heard: { sequence: 10 }, until: { epoch: 1, sequence: 501 } }]);
    opened[0]?.tells.hear(chunks(11, 490), true);
    opened[0]?.tells.gap(gap(490, 501));
    opened[0]?.tells.done();
    expect(told.slice(0, 490)).toEqual(Array.from({ length: 490 }, (_, index) => index + 1));
    expect(told.slice(490)).toEqual(["490…501", 501, 502, 503, 504]);
    lanes.live(aChunk(505));
    expect(told.at(-1)).toBe(505);
  });

  it("is told of a further gap at its place, behind what waited before it", () => {
    const { lanes, opened, told } = aListener();
    lanes.welcomed("/s");
    lanes.live(chunks(1, 2));
    lanes.lost();
    lanes.welcomed("/s");
    lanes.told(gap(2, 5));
    lanes.live(chunks(5, 6));
    lanes.told(gap(6, 9));
    lanes.live(chunks(9, 10));
    expect(told).toEqual([1, 2]);
    opened[0]?.tells.hear(chunks(3, 4), true);
    opened[0]?.tells.done();
    expect(told).toEqual([1, 2, 3, 4, 5, 6, "6…9", 9, 10]);
  });

  it("and loses the connection again, stands where he stood", () => {
    const { lanes, opened, told } = aListener();
    lanes.welcomed("/s");
    lanes.live(chunks(1, 10));
    lanes.lost();
    lanes.welcomed("/s");
    lanes.told(gap(10, 501));
    lanes.live(chunks(501, 503));
    lanes.lost();
    expect(opened[0]?.stopped).toBe(true);
    expect(lanes.heard).toMatchObject({ sequence: 10 });
    expect(told).toHaveLength(10);
  });
});

it("a gap in the middle of a connection is told and not filled: a line that is too slow has no room for it", () => {
  const { lanes, opened, told } = aListener();
  lanes.welcomed("/s");
  lanes.live(chunks(1, 10));
  lanes.told(gap(10, 50));
  lanes.live(chunks(50, 51));
  expect(opened).toEqual([]);
  expect(told.slice(10)).toEqual(["10…50", 50, 51]);
});

it("whatever lanes come and go: every chunk once, in order, every hole told before what comes after it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("live", "lose", "divert", "dial", "return", "cached", "fill", "pass"), { maxLength: 60 }),
      fc.integer(),
      (steps, seed) => {
        const random = luck(seed);
        const { lanes, opened, told } = aListener();
        let now = 10;
        let leaf: number | undefined;
        /** Where he stood when he last asked to be taken; a welcome may come much later. */
        let asked = 0;
        /** A leaf or a lane brings what comes after `from`, or says what it has no more. */
        const tell = (from: number, remembers: number): { first: number; skipped: boolean } => {
          const first = Math.max(from + 1, now - remembers);
          return { first, skipped: from > 0 && first > from + 1 };
        };
        for (const step of steps) {
          now += Math.floor(random() * 40);
          const lane = opened.findLast(({ stopped, until }) => !stopped && until === undefined);
          const fill = opened.findLast(({ stopped, until }) => !stopped && until !== undefined);
          const stands = lanes.heard?.sequence ?? 0;
          if (step === "dial" && leaf === undefined) asked = stands;
          else if (step === "return" && leaf === undefined) {
            lanes.welcomed("/s");
            const { first, skipped } = tell(asked, asked === 0 ? 9 : 30);
            if (skipped) lanes.told(gap(asked, first));
            if (first <= now) lanes.live(chunks(first, now));
            leaf = now;
          } else if (step === "live" && leaf !== undefined && now > leaf) {
            lanes.live(chunks(leaf + 1, now));
            leaf = now;
          } else if (step === "lose" && leaf !== undefined) {
            lanes.lost();
            leaf = undefined;
          } else if (step === "divert" && leaf === undefined) lanes.diverted("/s");
          else if (step === "cached" && lane !== undefined) {
            const { first, skipped } = tell(stands, 100);
            if (first > now - 20) continue;
            if (skipped) lane.tells.gap(gap(stands, first));
            lane.tells.hear(chunks(first, now - 20), false);
          } else if (step === "fill" && fill?.until !== undefined) {
            const to = fill.until.sequence;
            const { first } = tell(stands, 100);
            if (first < to) {
              if (first > stands + 1) fill.tells.gap(gap(stands, first));
              fill.tells.hear(chunks(first, to - 1), true);
            } else fill.tells.gap(gap(stands, to));
            fill.tells.done();
          }
        }
        let last: Position | undefined;
        let announced: string | undefined;
        for (const one of told) {
          if (typeof one === "string") announced = one;
          else {
            const next = { epoch: 1, sequence: one };
            if (last !== undefined) {
              expect(comparePositions(next, last)).toBeGreaterThan(0);
              if (!continues(last, next)) expect(announced).toBe(`${last.sequence}…${one}`);
            }
            last = next;
            announced = undefined;
          }
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
