import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplayPlayer, type Wish } from "../../../src/core/audio/replay-player.ts";

const MS = 48;
const BLOCK = 128;
const CHUNK = 100 * MS;
const WISH: Wish = { playing: true, speed: 1, skipsPauses: false };

/** Chunk `index` of a line, 100 ms; its voice says `value` at each sample. */
function hear(player: ReplayPlayer, index: number, value: (at: number) => number): void {
  const start = index * CHUNK;
  player.hear({
    position: { epoch: 1, sequence: index + 1 },
    start,
    length: CHUNK,
    counts: false,
    silenceFollows: false,
    sounds: [{ voice: 1, start, pcm: Float32Array.from({ length: CHUNK }, (_, i) => value(start + i)), ends: false }],
  });
}

function render(player: ReplayPlayer, blocks: number): Float32Array {
  const out = new Float32Array(blocks * BLOCK);
  for (let at = 0; at < out.length; at += BLOCK) player.render(out.subarray(at, at + BLOCK));
  return out;
}

/** What a sample says of its place: rises by one in a million, far above quiet. */
const ramp = (at: number) => Math.fround(0.1 + at / 1e6);

describe("a replay's player", () => {
  it("plays every sample once and in order, however its chunks come and however often it is paused", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant("chunk"), fc.constant("pause"), fc.integer({ min: 1, max: 120 })), { maxLength: 60, size: "max" }),
        (steps) => {
          const player = new ReplayPlayer();
          player.wish(WISH);
          let chunks = 0;
          let steady = 0;
          let playing = true;
          for (const step of steps) {
            if (step === "chunk") hear(player, chunks++, ramp);
            else if (step === "pause") {
              playing = !playing;
              player.wish({ ...WISH, playing });
            } else if (typeof step === "number")
              for (let block = 0; block < step; block++) {
                const from = Math.round(player.facts().lineMs * MS);
                const out = render(player, 1);
                const moved = Math.round(player.facts().lineMs * MS) - from;
                if (moved !== 0 && moved !== BLOCK) throw new Error(`it moved by ${moved}`);
                steady = playing && moved > 0 && !player.facts().starving ? steady + 1 : 0;
                // Once the fade is over its sound is what stands there, to the sample.
                if (steady > 3 && (out[0] !== ramp(from) || out[BLOCK - 1] !== ramp(from + BLOCK - 1)))
                  throw new Error(`not what was said at ${from}`);
                if (moved === 0 && steady === 0 && Math.max(...out) > 0) throw new Error("it sounds and stands still");
              }
          }
          expect(player.facts().lineMs).toBeLessThanOrEqual(chunks * 100);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("waits where nothing has come, says so, and goes on where it stopped", () => {
    const player = new ReplayPlayer();
    player.wish(WISH);
    for (let chunk = 0; chunk < 5; chunk++) hear(player, chunk, ramp);
    render(player, 1_000);
    const stopped = player.facts();
    expect(stopped).toMatchObject({ starving: true, sounding: false, stalls: 1, finished: false });
    expect(stopped.lineMs).toBeGreaterThan(470);
    for (let chunk = 5; chunk < 10; chunk++) hear(player, chunk, ramp);
    const on = render(player, 10);
    expect(Math.round(((on[9 * BLOCK] ?? 0) - 0.1) * 1e6)).toBe(stopped.lineMs * MS + 9 * BLOCK);
    expect(player.facts().starving).toBe(false);
  });

  it("plays to the very end, and says that it is there", () => {
    const player = new ReplayPlayer();
    player.wish(WISH);
    for (let chunk = 0; chunk < 5; chunk++) hear(player, chunk, ramp);
    player.finish();
    const heard = render(player, 400);
    expect(Math.max(...heard)).toBeCloseTo(ramp(5 * CHUNK - 1), 4);
    expect(player.facts()).toMatchObject({ finished: true, starving: false, lineMs: 500 });
  });

  it("begins at once: a fifth of a second of sound is enough", () => {
    const player = new ReplayPlayer();
    player.wish(WISH);
    for (let chunk = 0; chunk < 3; chunk++) hear(player, chunk, ramp);
    render(player, 1);
    expect(player.facts().sounding).toBe(true);
  });

  it.each([1, 1.5, 2])("at %d× is at the end in the right time, to a hundredth", (speed) => {
    const player = new ReplayPlayer();
    player.wish({ ...WISH, speed });
    for (let chunk = 0; chunk < 300; chunk++) hear(player, chunk, (at) => 0.3 * Math.sin(at / 40));
    player.finish();
    let blocks = 0;
    for (; !player.facts().finished && blocks < 12_000; blocks++) render(player, 1);
    expect((blocks * BLOCK * speed) / (30_000 * MS)).toBeGreaterThan(0.99);
    expect((blocks * BLOCK * speed) / (30_000 * MS)).toBeLessThan(1.01);
  });

  it("leaves long pauses out for who wants that, and no word", () => {
    const player = new ReplayPlayer();
    player.wish({ ...WISH, skipsPauses: true });
    const word = (at: number) => (Math.floor(at / (5_000 * MS)) % 2 === 0 ? ramp(at % 4_800) : 0);
    for (let chunk = 0; chunk < 200; chunk++) hear(player, chunk, word);
    player.finish();
    const heard: number[] = [];
    while (!player.facts().finished && heard.length < 25_000 * MS) heard.push(...render(player, 1));
    const loud = heard.filter((sample) => sample > 0.05).length / MS;
    expect(loud).toBeGreaterThan(9_950);
    expect(heard.length / MS).toBeLessThan(11_500);
    expect(heard.length / MS).toBeGreaterThan(10_400);
  });
});
