import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Alignment, placeSpeech } from "../../../src/core/audio/alignment.ts";
import { Bundle } from "../../../src/core/audio/bundle.ts";
import { decodeChunk } from "../../../src/core/audio/chunk.ts";
import { luck } from "../../support/build.ts";

const FRAME_MS = 20;
const BEGAN = 1_700_000_000_000;

/** A speaker's page: where its clock stood when the room's began, in samples, how much too fast it goes, in parts per million, and its line, in ms. */
type Page = { readonly offset: number; readonly ppm: number; readonly delayMs: number; readonly jitterMs: number };
/** Somebody says something, from one instant to another of the world's time, in ms. */
type Turn = { readonly by: number; readonly fromMs: number; readonly toMs: number };

type Message = { at: number; voice: number; sample: number; starts: boolean; ends: boolean; said: number };

/** When listeners hear the first frame of each turn, in ms of room time, and where sound is missing within one. */
function listen(pages: readonly Page[], turns: readonly Turn[], seed: number): { heardMs: number[]; holesMs: number } {
  const random = luck(seed);
  const messages: Message[] = [];
  for (const [voice, page] of pages.entries()) {
    let line = 0;
    for (const turn of turns.filter(({ by }) => by === voice)) {
      const frames = Math.floor((turn.toMs - turn.fromMs) / FRAME_MS);
      for (let frame = 0; frame < frames; frame++) {
        const spokenMs = turn.fromMs + frame * FRAME_MS;
        const clock = page.offset + Math.round(spokenMs * 48 * (1 + page.ppm / 1e6));
        // Frames follow each other exactly on the page's clock, and a line keeps order.
        const first = page.offset + Math.round(turn.fromMs * 48 * (1 + page.ppm / 1e6));
        line = Math.max(line, spokenMs + FRAME_MS + page.delayMs + random() * page.jitterMs);
        const sample = (clock === first ? first : first + frame * 960) >>> 0;
        messages.push({ at: line, voice, sample, starts: frame === 0, ends: frame === frames - 1, said: turns.indexOf(turn) });
      }
    }
  }
  messages.sort((a, b) => a.at - b.at);
  const bundle = new Bundle(1, 100, BEGAN);
  const alignments = pages.map(() => new Alignment());
  const heard = turns.map((): number => Number.NaN);
  const ends = turns.map(() => 0);
  let holesMs = 0;
  const close = (untilMs: number) => {
    while (bundle.dueMs <= BEGAN + untilMs) {
      const chunk = decodeChunk(bundle.close(bundle.dueMs)?.bytes ?? new Uint8Array(), 0);
      if ("malformed" in chunk) throw new Error(chunk.malformed);
      for (const { offsetSamples, frames } of chunk.blocks) {
        for (const [index, frame] of frames.entries()) {
          const turn = frame[1] ?? 0;
          const at = chunk.roomTimeMs + offsetSamples / 48 + index * FRAME_MS;
          if (Number.isNaN(heard[turn])) heard[turn] = at;
          else holesMs = Math.max(holesMs, at - (ends[turn] ?? 0));
          ends[turn] = at + FRAME_MS;
        }
      }
    }
  };
  for (const { at, voice, sample, starts, ends, said } of messages) {
    close(at);
    const speech = { sample, level: 30, starts, ends, frames: [Uint8Array.of(0x48, said)] };
    const placed = placeSpeech(alignments[voice] as Alignment, speech, bundle.positionAt(BEGAN + at), bundle.openFrom);
    if (typeof placed === "string") throw new Error(placed);
    for (const frame of placed) bundle.add(voice, frame);
  }
  close(turns.reduce((last, { toMs }) => Math.max(last, toMs), 0) + 3_000);
  return { heardMs: heard, holesMs };
}

/** Three who answer each other, 300 ms after the one before has ended, five times round. */
const TURNS: readonly Turn[] = Array.from({ length: 15 }, (_, index) => ({
  by: index % 3,
  fromMs: index * 1_800,
  toMs: index * 1_800 + 1_500,
}));

const page = fc.record({
  offset: fc.integer({ min: 0, max: 0xffff_ffff }),
  ppm: fc.integer({ min: -300, max: 300 }),
  delayMs: fc.integer({ min: 5, max: 120 }),
  jitterMs: fc.integer({ min: 0, max: 60 }),
});

describe("three who talk with each other, each on a clock and a line of his own", () => {
  it("are heard in the order in which they spoke, with the pauses that they made, and without a hole", () => {
    fc.assert(
      fc.property(fc.tuple(page, page, page), fc.integer(), (pages, seed) => {
        const { heardMs, holesMs } = listen(pages, TURNS, seed);
        for (let turn = 1; turn < TURNS.length; turn++) {
          const [before, after] = [TURNS[turn - 1] as Turn, TURNS[turn] as Turn];
          const spokenMs = after.fromMs - before.fromMs;
          // Two lines differ by their own delay and jitter, and the room cannot know the way that sound has come.
          const lines = [pages[before.by] as Page, pages[after.by] as Page];
          const slowest = Math.max(...lines.map(({ delayMs, jitterMs }) => delayMs + jitterMs));
          const fastest = Math.min(...lines.map(({ delayMs }) => delayMs));
          const heard = (heardMs[turn] ?? 0) - (heardMs[turn - 1] ?? 0);
          expect(Math.abs(heard - spokenMs)).toBeLessThanOrEqual(slowest - fastest + FRAME_MS + 1);
          expect(heard).toBeGreaterThan(0);
        }
        // A line that becomes slower than ever slips once by what it is slower; no more is missing anywhere.
        expect(holesMs).toBeLessThanOrEqual(Math.max(...pages.map(({ jitterMs }) => jitterMs)) + FRAME_MS);
      }),
      { numRuns: 60 },
    );
  });

  it("on equal lines are heard with their pauses to the frame, however far their clocks are apart", () => {
    const pages = [0, 123_456_789, 0xffff_0000].map((offset, index) => ({ offset, ppm: 200 * (index - 1), delayMs: 30, jitterMs: 10 }));
    const { heardMs, holesMs } = listen(pages, TURNS, 7);
    for (let turn = 1; turn < TURNS.length; turn++)
      expect(Math.abs((heardMs[turn] ?? 0) - (heardMs[turn - 1] ?? 0) - 1_800)).toBeLessThanOrEqual(20);
    expect(holesMs).toBeLessThanOrEqual(10);
  });
});
