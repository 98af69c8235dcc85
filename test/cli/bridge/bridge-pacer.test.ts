import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Pacer, SAY_EVERY_MS } from "../../../src/cli/bridge/pacer.ts";
import type { Speech } from "../../../src/core/audio/speech.ts";

const FRAME_MS = 20;

/** What comes of a source: from when on, so many frames at once, every so many ms. */
type Arrivals = { readonly atMs: number; readonly frames: number }[];

type Said = Speech & { readonly atMs: number };

/** Lets a source come, frame by number, and notes what is said; the clock of who says rings every 40 ms. */
function play(
  arrivals: Arrivals,
  untilMs: number,
  of: { level?: (frame: number) => number; isHeard?: (atMs: number) => boolean; waits?: (pacer: Pacer, atMs: number) => void } = {},
): { pacer: Pacer; said: Said[] } {
  const pacer = new Pacer(0);
  const said: Said[] = [];
  let [next, frame] = [0, 0];
  for (let atMs = 0; atMs < untilMs; atMs += SAY_EVERY_MS) {
    for (; (arrivals[next]?.atMs ?? Number.POSITIVE_INFINITY) <= atMs; next++) {
      for (let left = arrivals[next]?.frames ?? 0; left > 0; left--) {
        const bytes = Uint8Array.of(0xfc, (frame >> 16) & 255, (frame >> 8) & 255, frame & 255);
        pacer.take(bytes, of.level?.(frame) ?? 30, frame === 0, arrivals[next]?.atMs ?? 0);
        frame++;
      }
    }
    for (const speech of pacer.due(atMs, of.isHeard?.(atMs) ?? true)) said.push({ ...speech, atMs });
    of.waits?.(pacer, atMs);
  }
  return { pacer, said };
}

/** Pages of `pageMs` each, from an encoder whose clock is so many ppm too fast. */
const pagesOf = (pageMs: number, untilMs: number, ppm = 0): Arrivals =>
  Array.from({ length: Math.floor(untilMs / pageMs) }, (_, page) => ({
    atMs: (page * pageMs) / (1 + ppm / 1e6),
    frames: pageMs / FRAME_MS,
  }));

const numbersIn = (said: readonly Speech[]) =>
  said.flatMap(({ frames }) =>
    frames.filter(({ byteLength }) => byteLength === 4).map((frame) => (frame[1] ?? 0) * 65_536 + (frame[2] ?? 0) * 256 + (frame[3] ?? 0)),
  );

describe("whatever a source does", () => {
  it("its frames are said in order, each once at most, one after another on the speaker's clock, and never ahead of it", () => {
    const arrivals = fc
      .array(fc.tuple(fc.constantFrom(0, 5, 20, 100, 400, 2_500), fc.integer({ min: 1, max: 120 })), {
        minLength: 1,
        maxLength: 40,
        size: "max",
      })
      .map((steps) => {
        let atMs = 0;
        return steps.map(([waitMs, frames]) => {
          atMs += waitMs;
          return { atMs, frames };
        });
      });
    const heard = fc.func(fc.integer({ min: 0, max: 9 }).map((luck) => luck > 0));
    fc.assert(
      fc.property(arrivals, heard, fc.func(fc.constantFrom(20, 40, 60, 90, 127)), (came, isHeard, level) => {
        const { said } = play(came, 30_000, { level, isHeard: (atMs) => isHeard(Math.floor(atMs / 1_000)) });
        const numbers = numbersIn(said);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        expect(new Set(numbers).size).toBe(numbers.length);
        let end = 0;
        let isOpen = false;
        for (const { sample, frames, starts, ends, atMs } of said) {
          expect(sample).toBeGreaterThanOrEqual(end);
          if (isOpen && !starts) expect(sample).toBe(end);
          if (!isOpen) expect(starts || ends).toBe(true);
          end = sample + frames.length * 960;
          // A pair is due when it begins.
          expect(end / 48 - 2 * FRAME_MS).toBeLessThanOrEqual(atMs + FRAME_MS);
          isOpen = !ends;
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("a live encoder", () => {
  it.each([20, 100, 1_000, 2_000])("that sends a page every %i ms is heard without a gap, and nothing of it is left out", (pageMs) => {
    const { pacer, said } = play(pagesOf(pageMs, 60_000), 60_000);
    expect(pacer.figures).toMatchObject({ leftOutMs: 0, putInMs: 0, gaps: 0 });
    expect(said[0]?.atMs).toBeLessThanOrEqual(160);
    expect(numbersIn(said)).toHaveLength((said.length * SAY_EVERY_MS) / FRAME_MS);
  });

  it("that brings seconds at once when it comes is soon close to now, by one cut", () => {
    const { pacer, said } = play([{ atMs: 0, frames: 200 }, ...pagesOf(100, 20_000)], 20_000);
    expect(pacer.figures.waitingMs).toBeLessThanOrEqual(300);
    expect(pacer.figures.leftOutMs).toBeGreaterThan(3_500);
    expect(said.filter(({ starts }) => starts)).toHaveLength(2);
  });

  it.each([300, -300])("whose clock is %i ppm off is followed for an hour, by a frame now and then", (ppm) => {
    let most = 0;
    const { pacer } = play(pagesOf(500, 3_600_000, ppm), 3_500_000, {
      waits: ({ figures }) => {
        most = Math.max(most, figures.waitingMs);
      },
    });
    expect(pacer.figures.gaps).toBeLessThanOrEqual(1);
    expect(most).toBeLessThanOrEqual(800);
    expect(ppm > 0 ? pacer.figures.leftOutMs : pacer.figures.putInMs).toBeGreaterThan(700);
    expect(pacer.figures.leftOutMs + pacer.figures.putInMs).toBeLessThan(1_500);
  });

  it("that stumbles is given time to come on, and more each time", () => {
    const stumbling = Array.from({ length: 300 }, (_, index) => ({ atMs: index * 200 + (index % 3 === 2 ? 180 : 0), frames: 10 }));
    const { pacer } = play(stumbling, 60_000);
    expect(pacer.figures.gaps).toBeLessThanOrEqual(3);
  });

  it("while there is no line to the room is not saved up: what is said after it is now", () => {
    const { said } = play(pagesOf(100, 20_000), 20_000, { isHeard: (atMs) => atMs < 5_000 || atMs > 15_000 });
    const [first] = numbersIn(said.filter(({ atMs }) => atMs > 15_000));
    expect((first ?? 0) * FRAME_MS).toBeGreaterThan(14_500);
  });
});

describe("a file that is poured in", () => {
  it("is said whole and in real time, and told to wait", () => {
    const reads = [0, 200, 400, 600, 800].map((atMs) => ({ atMs, frames: 300 }));
    const { pacer, said } = play(reads, 29_000);
    expect(pacer.wantsMore).toBe(true);
    const early = play(reads, 10_000);
    expect(early.pacer.wantsMore).toBe(false);
    expect(numbersIn(said)).toEqual(Array.from({ length: numbersIn(said).length }, (_, frame) => frame));
    expect(pacer.figures).toMatchObject({ leftOutMs: 0, gaps: 0 });
  });

  it("waits while there is no line to the room", () => {
    const { said } = play([{ atMs: 0, frames: 1_500 }], 20_000, { isHeard: (atMs) => atMs < 5_000 || atMs > 15_000 });
    const numbers = numbersIn(said);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, frame) => frame));
    expect(numbers.length * FRAME_MS).toBeLessThan(10_500);
  });
});

describe("an encoder that is fed nothing", () => {
  it("is not said after a second, until there is something again, with the next frame", () => {
    const { said } = play(pagesOf(100, 20_000), 20_000, { level: (frame) => (frame < 250 || frame >= 500 ? 30 : 127) });
    const silent = numbersIn(said).filter((frame) => frame >= 250 && frame < 500);
    expect(silent.length).toBeLessThanOrEqual(52);
    expect(numbersIn(said)).toContain(500);
    expect(said.filter(({ ends }) => ends)).toHaveLength(1);
  });

  it("is no less heard where it is soft: music's softest is far louder", () => {
    const { said } = play(pagesOf(100, 20_000), 20_000, { level: () => 75 });
    expect(said.filter(({ ends }) => ends)).toHaveLength(0);
  });
});

it("a source that is gone is said to its end, which is told", () => {
  const pacer = new Pacer(0);
  for (let frame = 0; frame < 50; frame++) pacer.take(Uint8Array.of(0xfc, frame), 30, frame === 0, 0);
  pacer.over();
  const said: Speech[] = [];
  for (let atMs = 0; atMs < 2_000; atMs += SAY_EVERY_MS) said.push(...pacer.due(atMs, true));
  expect(said.flatMap(({ frames }) => frames)).toHaveLength(50);
  expect(said.at(-1)).toMatchObject({ ends: true, frames: [] });
  expect(pacer.isDone).toBe(true);
  expect(pacer.figures).toMatchObject({ leftOutMs: 0, gaps: 0 });
});
