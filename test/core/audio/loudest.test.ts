import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bundle } from "../../../src/core/audio/bundle.ts";
import { type Chunk, decodeChunk, type VoiceBlock } from "../../../src/core/audio/chunk.ts";
import { aFrame } from "../../support/build.ts";

const BEGAN = 1_700_000_000_000;
const FRAME = 960;

/** Somebody who talks from one instant to another, in ms, so loud (−dBov), frame by frame if that changes. */
type Talk = { voice: number; fromMs: number; toMs: number; level: number | ((ms: number) => number) };

/** What listeners are sent of these talks, each frame marked with its voice and number, in ticks of `chunkMs`. */
function hear(talks: readonly Talk[], untilMs: number, chunkMs = 100): Chunk[] {
  const bundle = new Bundle(1, chunkMs, BEGAN);
  const chunks: Chunk[] = [];
  for (let tick = 0; tick < untilMs; tick += chunkMs) {
    for (const { voice, fromMs, toMs, level } of talks) {
      for (let ms = fromMs; ms < toMs; ms += 20) {
        if (ms < tick || ms >= tick + chunkMs) continue;
        const number = (ms - fromMs) / 20;
        const bytes = Uint8Array.of(0x48, voice, number >> 8, number & 255);
        const loud = typeof level === "number" ? level : level(ms);
        bundle.add(voice, { position: ms * 48, level: loud, starts: number === 0, ends: ms + 20 >= toMs, bytes });
      }
    }
    const closed = bundle.close(BEGAN + tick + chunkMs);
    const chunk = decodeChunk(closed?.bytes ?? new Uint8Array(), 0);
    if ("malformed" in chunk) throw new Error(chunk.malformed);
    chunks.push(chunk);
  }
  return chunks;
}

const soundingIn = ({ blocks }: Chunk) => new Set(blocks.filter(({ frames }) => frames.length > 0).map(({ voice }) => voice));
const blocksOf = (chunks: readonly Chunk[], voice: number): (VoiceBlock & { at: number })[] =>
  chunks.flatMap(({ roomTimeMs, blocks }) =>
    blocks.filter((block) => block.voice === voice).map((block) => ({ ...block, at: roomTimeMs * 48 + block.offsetSamples })),
  );
const numbersOf = (chunks: readonly Chunk[], voice: number) =>
  blocksOf(chunks, voice).flatMap(({ frames }) => frames.map((frame) => (frame[2] ?? 0) * 256 + (frame[3] ?? 0)));

/** Four who talk all the time, at 30, 31, 32 and 33. */
const FOUR: readonly Talk[] = [1, 2, 3, 4].map((voice) => ({ voice, fromMs: 0, toMs: 10_000, level: 29 + voice }));

const talks = fc.array(
  fc.record({ voice: fc.integer({ min: 1, max: 9 }), fromMs: fc.nat(3_000), ms: fc.nat(2_000), level: fc.integer({ min: 0, max: 127 }) }),
  { maxLength: 12, size: "max" },
);

describe("however many talk", () => {
  it("never more than four sound in a chunk, every frame once, in order, in its place or a little later", () => {
    fc.assert(
      fc.property(talks, fc.constantFrom(40, 100, 200), (said, chunkMs) => {
        // One voice has one mouth: its talks follow each other.
        const free = new Map<number, number>();
        const apart = said.map(({ voice, fromMs, ms, level }) => {
          const from = Math.max(free.get(voice) ?? 0, fromMs);
          free.set(voice, from + ms + 40);
          return { voice, fromMs: Math.ceil(from / 20) * 20, toMs: from + ms, level };
        });
        const chunks = hear(apart, 30_000, chunkMs);
        for (const chunk of chunks) expect(soundingIn(chunk).size).toBeLessThanOrEqual(4);
        for (let voice = 1; voice <= 9; voice++) {
          let end = 0;
          for (const { at, frames } of blocksOf(chunks, voice).filter(({ frames }) => frames.length > 0)) {
            expect(at).toBeGreaterThanOrEqual(end);
            end = at + frames.length * FRAME;
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("up to four lose nothing, whatever they say of their loudness", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 127 }), { minLength: 100, maxLength: 100 }),
        fc.integer({ min: 1, max: 4 }),
        (levels, voices) => {
          const all = Array.from({ length: voices }, (_, index) => ({
            voice: index + 1,
            fromMs: index * 60,
            toMs: 2_000,
            level: (ms: number) => levels[(ms / 20 + index * 7) % 100] ?? 0,
          }));
          const chunks = hear(all, 3_000);
          for (const { voice, fromMs } of all)
            expect(numbersOf(chunks, voice)).toEqual(Array.from({ length: (2_000 - fromMs) / 20 }, (_, n) => n));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("five who talk equally loud do not take turns", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 25, max: 31 }), { minLength: 500, maxLength: 500, size: "max" }), (levels) => {
        const five = [1, 2, 3, 4, 5].map((voice) => ({
          voice,
          fromMs: 0,
          toMs: 10_000,
          // Words of 500 ms, each voice's at another time, and pauses of 400 ms that are 20 dB softer.
          level: (ms: number) => (levels[(ms / 20) % 500] ?? 30) + ((ms + voice * 190) % 900 < 500 ? 0 : 20),
        }));
        const heard = new Set(
          hear(five, 10_000)
            .slice(10)
            .map((chunk) => [...soundingIn(chunk)].sort().join()),
        );
        expect(heard.size).toBe(1);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a fifth who begins to speak", () => {
  it("and is clearly louder is heard from his first frame, and the softest of the four ends cleanly", () => {
    const chunks = hear([...FOUR, { voice: 5, fromMs: 2_000, toMs: 4_000, level: 20 }], 3_000);
    expect(numbersOf(chunks, 5)[0]).toBe(0);
    expect(blocksOf(chunks, 5)[0]?.at).toBe(2_000 * 48);
    expect(soundingIn(chunks[20] as Chunk)).toEqual(new Set([1, 2, 3, 5]));
    expect(blocksOf([chunks[20] as Chunk], 4)).toMatchObject([{ flags: 2, frames: [] }]);
    expect(blocksOf(chunks.slice(21), 4)).toEqual([]);
  });

  it("softly, as voices begin, is heard from his first frame too, a tick later, and without a hole", () => {
    const level = (ms: number) => (ms < 2_120 ? 50 : 20);
    const chunks = hear([...FOUR, { voice: 5, fromMs: 2_040, toMs: 4_000, level }], 5_000);
    const said = blocksOf(chunks, 5);
    expect(said[0]?.at).toBe(2_100 * 48);
    expect(numbersOf(chunks, 5)).toEqual(Array.from({ length: 98 }, (_, number) => number));
    for (const [index, { at, frames }] of said.entries())
      expect(said[index + 1]?.at ?? at + frames.length * FRAME).toBe(at + frames.length * FRAME);
    // What he says next is in its place again.
    const again = hear(
      [...FOUR, { voice: 5, fromMs: 2_040, toMs: 4_000, level }, { voice: 5, fromMs: 5_000, toMs: 5_500, level: 20 }],
      6_000,
    );
    expect(blocksOf(again, 5).at(-5)?.at).toBe(5_000 * 48);
  });

  it("and is only a little louder waits, and so does who coughs in mid-speech", () => {
    expect(numbersOf(hear([...FOUR, { voice: 5, fromMs: 2_000, toMs: 4_000, level: 29 }], 5_000), 5)).toEqual([]);
    const cough = (ms: number) => (ms >= 3_000 && ms < 3_200 ? 10 : 40);
    expect(numbersOf(hear([...FOUR, { voice: 5, fromMs: 2_000, toMs: 4_000, level: cough }], 5_000), 5)).toEqual([]);
  });

  it("and becomes loud in mid-speech is heard soon, as the beginning of a talkspurt", () => {
    const level = (ms: number) => (ms >= 3_000 ? 20 : 45);
    const chunks = hear([...FOUR, { voice: 5, fromMs: 2_000, toMs: 6_000, level }], 6_000);
    const first = blocksOf(chunks, 5)[0];
    expect(first?.flags).toBe(1);
    expect(first?.at).toBeGreaterThan(3_000 * 48);
    expect(first?.at).toBeLessThanOrEqual(3_500 * 48);
  });

  it("is heard at once when one of the four falls silent", () => {
    const [one, ...others] = FOUR;
    const chunks = hear([{ ...(one as Talk), toMs: 2_000 }, ...others, { voice: 5, fromMs: 1_000, toMs: 4_000, level: 45 }], 3_000);
    expect(soundingIn(chunks[19] as Chunk)).toEqual(new Set([1, 2, 3, 4]));
    expect(soundingIn(chunks[20] as Chunk)).toEqual(new Set([2, 3, 4, 5]));
  });
});

describe("who has just got a place", () => {
  it("keeps it for half a second, even if somebody louder comes", () => {
    const level = (voice: number) => (voice === 4 ? 33 : 12);
    const four = FOUR.map((talk) => ({ ...talk, level: level(talk.voice) }));
    const chunks = hear(
      [...four, { voice: 5, fromMs: 2_000, toMs: 6_000, level: 20 }, { voice: 6, fromMs: 2_200, toMs: 6_000, level: 10 }],
      6_000,
    );
    const said = blocksOf(chunks, 5).filter(({ frames }) => frames.length > 0);
    expect(said.at(-1)?.at).toBeGreaterThanOrEqual(2_400 * 48);
    expect(said.at(-1)?.at).toBeLessThan(3_000 * 48);
    expect(numbersOf(chunks, 6).length).toBeGreaterThan(100);
  });

  it("keeps it while his line falters for a moment", () => {
    const chunks = hear([...FOUR, { voice: 5, fromMs: 1_000, toMs: 5_000, level: 40 }], 2_000);
    expect(numbersOf(chunks, 5)).toEqual([]);
    const [one, ...others] = FOUR;
    const first = { ...(one as Talk), toMs: 1_500 };
    const bundle = new Bundle(1, 100, BEGAN);
    const heard = new Set<number>();
    for (let ms = 0; ms < 3_000; ms += 100) {
      const late = ms >= 1_000 && ms < 1_300;
      for (const { voice, level } of [...(late ? [] : [first]), ...others, { voice: 5, level: 40 }]) {
        for (let at = ms; at < ms + 100; at += 20) {
          bundle.add(voice, { position: at * 48, level: Number(level), starts: at === 0, ends: false, bytes: aFrame() });
        }
      }
      const chunk = decodeChunk(bundle.close(BEGAN + ms + 100)?.bytes ?? new Uint8Array(), 0);
      if ("malformed" in chunk) throw new Error(chunk.malformed);
      for (const voice of soundingIn(chunk)) heard.add(voice);
    }
    expect(heard).toEqual(new Set([1, 2, 3, 4]));
  });
});

describe("a page that lies about its level", () => {
  it("has one place of the four, and the three loudest others are heard", () => {
    const liar = { voice: 9, fromMs: 500, toMs: 10_000, level: 0 };
    const chunks = hear([...FOUR, liar], 10_000);
    for (const chunk of chunks.slice(10)) expect(soundingIn(chunk)).toEqual(new Set([1, 2, 3, 9]));
  });
});

describe("a voice that is muted while it speaks", () => {
  it("is told to have ended in the next chunk, once, and begins a talkspurt when it comes back", () => {
    const bundle = new Bundle(1, 100, BEGAN);
    const say = (ms: number) => bundle.add(1, { position: ms * 48, level: 30, starts: ms === 0, ends: false, bytes: aFrame() });
    const close = (ms: number) => {
      const chunk = decodeChunk(bundle.close(BEGAN + ms)?.bytes ?? new Uint8Array(), 0);
      if ("malformed" in chunk) throw new Error(chunk.malformed);
      return chunk.blocks.map(({ voice, flags, frames }) => [voice, flags, frames.length]);
    };
    for (const ms of [0, 20, 40, 60, 80]) say(ms);
    expect(close(100)).toEqual([[1, 1, 5]]);
    for (const ms of [100, 120]) say(ms);
    bundle.silence(1);
    expect(close(200)).toEqual([[1, 2, 0]]);
    expect(close(300)).toEqual([]);
    for (const ms of [300, 320]) say(ms);
    expect(close(400)).toEqual([[1, 1, 2]]);
    bundle.end(1);
    expect(close(500)).toEqual([[1, 2, 0]]);
  });
});
