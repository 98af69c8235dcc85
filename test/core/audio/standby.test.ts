import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bundle } from "../../../src/core/audio/bundle.ts";
import { type Chunk, decodeChunk } from "../../../src/core/audio/chunk.ts";
import { RETURN_MS, SOUND_LEVEL, type Source, STANDBY_AFTER_MS, Standby } from "../../../src/core/audio/standby.ts";

const BEGAN = 1_700_000_000_000;
const [MAIN, STANDBY, SECOND] = [1, 2, 3];
const SILENCE = 127;

/** Sound of one voice from one instant to another, in ms, so loud (−dBov). */
type Sound = { voice: number; fromMs: number; toMs: number; level?: number };

/** What listeners are sent of these sounds; each frame marked with its voice and when it was said, in units of 20 ms. */
function hear(sounds: readonly Sound[], untilMs: number, chunkMs = 100): Chunk[] {
  const bundle = new Bundle(1, chunkMs, BEGAN);
  const chunks: Chunk[] = [];
  for (let tick = 0; tick < untilMs; tick += chunkMs) {
    for (const { voice, fromMs, toMs, level = 20 } of sounds) {
      for (let ms = Math.max(fromMs, tick); ms < Math.min(toMs, tick + chunkMs); ms += 20) {
        const bytes = Uint8Array.of(0x48, voice, (ms / 20) >> 8, (ms / 20) & 255);
        bundle.add(voice, { position: ms * 48, level, starts: ms === fromMs, ends: ms + 20 >= toMs, bytes }, voice !== MAIN);
      }
    }
    const chunk = decodeChunk(bundle.close(BEGAN + tick + chunkMs)?.bytes ?? new Uint8Array(), 0);
    if ("malformed" in chunk) throw new Error(chunk.malformed);
    chunks.push(chunk);
  }
  return chunks;
}

/** When each frame of a voice that is heard was said, in ms. */
const heardOf = (chunks: readonly Chunk[], voice: number): number[] =>
  chunks.flatMap(({ blocks }) => {
    const own = blocks.filter((block) => block.voice === voice);
    return own.flatMap(({ frames }) => frames.map((frame) => ((frame[2] ?? 0) * 256 + (frame[3] ?? 0)) * 20));
  });
const music: Sound = { voice: STANDBY, fromMs: 0, toMs: 20_000 };

describe("a voice that stands by", () => {
  it("is not heard while the main one sounds, and within two seconds after that fell silent", () => {
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 4_000 }, music], 8_000);
    const [first = 0] = heardOf(chunks, STANDBY);
    expect(first).toBeGreaterThan(5_000);
    expect(first).toBeLessThanOrEqual(4_000 + STANDBY_AFTER_MS);
    expect(heardOf(chunks, STANDBY)).toHaveLength((8_000 - first) / 20);
  });

  it("is on air also where the main line goes on and brings silence", () => {
    const silent = { voice: MAIN, fromMs: 4_000, toMs: 9_000, level: SOUND_LEVEL + 1 };
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 4_000 }, silent, music], 9_000);
    expect(heardOf(chunks, STANDBY)[0]).toBeLessThanOrEqual(4_000 + STANDBY_AFTER_MS);
  });

  it("is out again, and told to have ended, when the main one is back; of which nothing is lost", () => {
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 1_000 }, { voice: MAIN, fromMs: 6_000, toMs: 9_000 }, music], 9_000);
    expect(heardOf(chunks, MAIN).filter((ms) => ms >= 6_000)).toHaveLength(150);
    const last = heardOf(chunks, STANDBY).at(-1) ?? 0;
    expect(last).toBeLessThan(6_000 + RETURN_MS + 100);
    const ended = chunks.flatMap(({ blocks }) => blocks).filter((block) => block.voice === STANDBY && block.frames.length === 0);
    expect(ended).toHaveLength(1);
  });

  it("is not put out by a click", () => {
    const clicks = [5_000, 7_000, 9_000].map((fromMs) => ({ voice: MAIN, fromMs, toMs: fromMs + 60 }));
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 1_000 }, ...clicks, music], 12_000);
    const heard = heardOf(chunks, STANDBY);
    expect(heard).toHaveLength((12_000 - (heard[0] ?? 0)) / 20);
  });

  it("is heard from its first syllable, if it begins to speak just before its turn", () => {
    const speech = { voice: STANDBY, fromMs: 1_000 + STANDBY_AFTER_MS - 160, toMs: 4_000 };
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 1_000 }, speech], 6_000);
    expect(heardOf(chunks, STANDBY)[0]).toBe(speech.fromMs);
    expect(heardOf(chunks, STANDBY)).toHaveLength((4_000 - speech.fromMs) / 20);
  });

  it("gives whoever does not stand by the time to come, when the room begins", () => {
    const [first = 0] = heardOf(hear([music], 4_000), STANDBY);
    expect(first).toBeGreaterThanOrEqual(STANDBY_AFTER_MS - 100);
  });

  it("waits for who stood by before it, and follows when that is silent too", () => {
    const other = { voice: SECOND, fromMs: 0, toMs: 20_000 };
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 1_000 }, { ...music, toMs: 5_000 }, other], 9_000);
    const [first = 0] = heardOf(chunks, SECOND);
    expect(heardOf(chunks, STANDBY).length).toBeGreaterThan(100);
    expect(first).toBeGreaterThan(6_000);
    expect(first).toBeLessThanOrEqual(5_000 + STANDBY_AFTER_MS);
  });

  it("costs nothing while it waits: silence is told as if it were not there", () => {
    const chunks = hear([{ voice: MAIN, fromMs: 0, toMs: 1_000 }, music], 2_400);
    expect(chunks.at(-1)?.flags).toBe(1);
  });
});

describe("whatever is said", () => {
  const source = fc.record({
    standsBy: fc.boolean(),
    level: fc.constantFrom(20, SOUND_LEVEL, SILENCE),
    ageMs: fc.constantFrom(100, 900),
    ends: fc.boolean(),
  });
  const tick = fc.dictionary(fc.constantFrom("1", "2", "3", "4"), source);
  const evening = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), tick), { maxLength: 40, size: "max" });

  it("nobody who does not stand by is kept out, and who stands by never is once all before him were silent for so long", () => {
    fc.assert(
      fc.property(evening, fc.constantFrom(40, 100, 200), (runs, tickMs) => {
        const mind = new Standby();
        const sounded = new Map<number, { at: number; standsBy: boolean }>();
        let now = 0;
        for (const [times, said] of runs) {
          for (let time = 0; time < times; time++) {
            now += tickMs;
            const sources: Source[] = Object.entries(said).map(([voice, of]) => {
              const sounds = of.level <= SOUND_LEVEL;
              return { voice: Number(voice), ...of, soundMs: sounds ? tickMs : 0, soundsToMs: sounds ? now : undefined };
            });
            for (const { voice, standsBy, soundsToMs } of sources) if (soundsToMs !== undefined) sounded.set(voice, { at: now, standsBy });
            const wasOn = new Set(mind.onAir);
            const { silenced, waiting } = mind.choose(sources, now, tickMs);
            expect([...waiting].every((voice) => silenced.has(voice))).toBe(true);
            for (const { voice, standsBy } of sources) {
              if (!standsBy) expect(silenced.has(voice)).toBe(false);
              const before = [...sounded].filter(([other, one]) => other !== voice && (!one.standsBy || other < voice));
              const quietMs = Math.min(now, ...before.map(([, { at }]) => now - at));
              if (quietMs >= STANDBY_AFTER_MS) expect(silenced.has(voice)).toBe(false);
              // Whoever is let in anew is let in only then.
              else if (standsBy && !wasOn.has(voice)) expect(silenced.has(voice)).toBe(true);
            }
          }
        }
      }),
    );
  });
});
