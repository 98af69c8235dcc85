import { describe, expect, it } from "vitest";
import { type HeardChunk, Player } from "../../../src/core/audio/player.ts";
import { BLEND_SAMPLES } from "../../../src/core/audio/splice.ts";

const MS = 48;
const BLOCK = 128;
const CHUNK = 100 * MS;

it("blends in whole render quanta, so that nothing is left over", () => {
  expect(BLEND_SAMPLES % BLOCK).toBe(0);
});

describe("a player on a steady line", () => {
  it("plays every sample, once, in order", () => {
    const heard = play({ chunks: 50, lateMs: () => 0, value: () => 0.5 });
    const first = heard.findIndex((sample) => sample > 0.499);
    // The last second had arrived before it began: there is sound from the first blocks on.
    expect(first).toBeLessThan(200 * MS);
    expect(heard.slice(first, first + 3_000 * MS).every((sample) => Math.abs(sample - 0.5) < 1e-6)).toBe(true);
  });

  it("does not click when it starts", () => {
    const heard = play({ chunks: 20, lateMs: () => 0, value: () => 0.5 });
    for (let i = 1; i < heard.length - CHUNK; i++) expect(Math.abs((heard[i] ?? 0) - (heard[i - 1] ?? 0))).toBeLessThan(0.01);
  });
});

describe("a player on a line that jitters", () => {
  it("holds one delay without a stall once it knows the line", () => {
    const player = new Player();
    play({ chunks: 300, lateMs: (index) => (index * 37) % 60, value: tone, player });
    const { stalls, holes } = player.facts(0);
    expect({ stalls, holes }).toEqual({ stalls: 0, holes: 0 });
  });
});

describe("a player whose line is cut for three seconds", () => {
  it("hears all of it later, and is back at the live edge after some pauses", () => {
    const player = new Player();
    const cut = (index: number) => Math.max(0, 8_000 - index * 100) * (index >= 50 && index < 80 ? 1 : 0);
    // Words of 600 ms, pauses of 400.
    play({ chunks: 400, lateMs: cut, value: (at) => (at % (1_000 * MS) < 600 * MS ? tone(at) : 0), player });
    const { holes, stalls, behindMs } = player.facts(400 * CHUNK);
    expect(holes).toBe(0);
    expect(stalls).toBe(1);
    expect(behindMs).toBeLessThan(100);
  });
});

describe("a player in a room that falls quiet and is live again", () => {
  it("hears the first word, and every sample after it", () => {
    const player = new Player();
    const before = play({ chunks: 21, lateMs: () => 0, value: () => 0.25, player, silenceAfter: 19 });
    expect(before.some((sample) => sample > 0.249)).toBe(true);
    // Ten seconds of nothing, then speech on the room's line that goes on where it had stopped.
    const block = new Float32Array(BLOCK);
    let now = 21 * CHUNK;
    for (; now < 120 * CHUNK; now += BLOCK) player.render(block, now);
    const heard: number[] = [];
    let next = 0;
    for (const from = now; now < from + 40 * CHUNK; now += BLOCK) {
      if (next < 30 && now >= from + next * CHUNK) player.arrived({ ...aChunk(120 + next, () => 0.5), position: after(next++) }, now);
      player.render(block, now);
      heard.push(...block);
    }
    const full = heard.filter((sample) => sample > 0.499).length;
    expect(player.facts(now).holes).toBe(0);
    expect(full).toBeGreaterThan(29 * CHUNK);
  });
});

describe("a player whose leaf sends ever more chunks in one message, and fewer again", () => {
  it("follows without losing a sample and without a click of the listener, and is back at the small delay in the end", () => {
    const player = new Player();
    // Words of 600 ms, pauses of 400; the stride is 1, then 5, then 10, then 1 again.
    const strideAt = (index: number) => (index < 50 ? 1 : index < 150 ? 5 : index < 300 ? 10 : 1);
    const lateMs = (index: number) => (strideAt(index) - 1 - (index % strideAt(index))) * 100;
    play({ chunks: 1_200, lateMs, value: (at) => (at % (1_000 * MS) < 600 * MS ? tone(at) : 0), player });
    const { holes, stalls, stalledMs, behindMs, bufferMs } = player.facts(1_200 * CHUNK);
    expect(holes).toBe(0);
    // Each widening makes it wait once, by no more than the delay grows.
    expect(stalls).toBeLessThanOrEqual(3);
    expect(stalledMs).toBeLessThan(1_200);
    expect(behindMs).toBeLessThan(100);
    expect(bufferMs).toBeLessThan(500);
  });
});

describe("a player whose leaf holds silence back", () => {
  it("counts no stall, and hears each word after it whole and at the small delay", () => {
    const player = new Player();
    const block = new Float32Array(BLOCK);
    const heard: number[] = [];
    let next = 0;
    // A second of speech, then three of silence, which come once a second; over and over.
    const isSpeech = (index: number) => index % 40 < 10;
    const comesAt = (index: number) =>
      isSpeech(index) || index % 40 === 10 ? index : Math.min(Math.ceil(index / 10) * 10, index - (index % 40) + 40);
    for (let now = 0; now < 400 * CHUNK; now += BLOCK) {
      for (; next < 400 && (comesAt(next) + 1) * CHUNK <= now; next++) {
        const sounds = isSpeech(next);
        const isLast = next === 399 || (comesAt(next + 1) + 1) * CHUNK > now;
        const chunk = aChunk(next, () => 0.5, !sounds);
        player.arrived({ ...chunk, counts: sounds || isLast, sounds: sounds ? chunk.sounds : [] }, now);
      }
      player.render(block, now);
      heard.push(...block);
    }
    const facts = player.facts(400 * CHUNK);
    expect(facts).toMatchObject({ holes: 0, stalls: 0 });
    // Ten seconds of speech in all, but for the fades at each word's edges.
    expect(heard.filter((sample) => sample > 0.49).length / CHUNK).toBeGreaterThan(97);
    // Sound begins no later than the small delay after it came: at 100 chunks and more the line is known.
    const word = heard.findIndex((sample, index) => index > 320 * CHUNK && sample > 0.49);
    expect((word - 321 * CHUNK) / MS).toBeLessThan(200);
  });
});

describe("a player whose listener is moved to the cached lane, and back", () => {
  it("loses no sample, clicks nowhere, stalls once and for less than 4 s, and is live again in the end", () => {
    const player = new Player();
    const block = new Float32Array(BLOCK);
    let [last, steepest] = [0, 0];
    // Words of 600 ms, pauses of 400.
    const speech = (at: number) => (at % (1_000 * MS) < 600 * MS ? tone(at) * Math.min(1, (at % (1_000 * MS)) / 480) : 0);
    const [cutAt, backAt, behind] = [60, 200, 36];
    let next = 0;
    for (let now = 0; now < 700 * CHUNK; now += BLOCK) {
      const chunks = now / CHUNK;
      const isCached = chunks >= cutAt && chunks < backAt;
      const newest = Math.floor(isCached ? chunks - behind : chunks) - 1;
      // Back at the leaf, all that the cached lane had not brought yet comes at once.
      const isBacklog = newest - next > 5;
      for (; next <= newest; next++) player.arrived({ ...aChunk(next, speech), counts: !isBacklog || next === newest }, now);
      player.render(block, now);
      for (const sample of block) {
        steepest = Math.max(steepest, Math.abs(sample - last));
        last = sample;
      }
      if (now === 190 * CHUNK) {
        // The delay of the cached lane is its own 3.6 s, and no more than a line of its evenness needs.
        const { behindMs, bufferMs } = player.facts(now);
        expect(behindMs).toBeLessThan(200);
        expect(bufferMs).toBeLessThan(400);
      }
    }
    const { holes, stalls, stalledMs, behindMs } = player.facts(700 * CHUNK);
    expect(holes).toBe(0);
    expect(stalls).toBe(1);
    expect(stalledMs).toBeLessThan(4_000);
    expect(behindMs).toBeLessThan(100);
    // A tone of 200 Hz moves by 0.011 from sample to sample; what a fade or a splice adds is no click.
    expect(steepest).toBeLessThan(0.03);
  });
});

describe("where a player stands on the room's timeline", () => {
  /** What sounds says itself when it was said, and in which epoch: −1 at the start of the first, up to 1 after a minute of the second. */
  const said = (epoch: number, roomMs: number) => epoch - 2 + roomMs / 60_000;
  const spoken = (epoch: number, index: number, roomIndex: number): HeardChunk => {
    const chunk = aChunk(roomIndex, (at) => said(epoch, at / MS));
    return { ...chunk, position: { epoch, sequence: index + 1 } };
  };

  it("is nowhere before anything sounded, and then what sounds, also after a pause of the room and in its next epoch", () => {
    const player = new Player();
    expect(player.facts(0).at).toBeUndefined();
    // Two seconds, a pause of eight, two seconds, and a new epoch of two.
    const chunks = [
      ...Array.from({ length: 20 }, (_, index) => spoken(1, index, index)),
      ...Array.from({ length: 20 }, (_, index) => spoken(1, 20 + index, 100 + index)),
      ...Array.from({ length: 20 }, (_, index) => spoken(2, index, index)),
    ];
    const block = new Float32Array(BLOCK);
    const apart: number[] = [];
    const epochs = new Set<number>();
    let next = 0;
    for (let now = 0; now < 62 * CHUNK; now += BLOCK) {
      for (; next < chunks.length && (next + 1) * CHUNK <= now; next++) {
        const chunk = chunks[next];
        if (chunk !== undefined) player.arrived(chunk, now);
      }
      player.render(block, now);
      const { at, playing } = player.facts(now);
      const sample = block[BLOCK - 1] ?? 0;
      // Faded, spliced and silent samples say nothing of themselves.
      if (at === undefined || !playing || Math.abs(sample) < 0.01) continue;
      epochs.add(at.epoch);
      apart.push(Math.abs((sample - said(at.epoch, at.roomTimeMs)) * 60_000));
    }
    expect(epochs).toEqual(new Set([1, 2]));
    apart.sort((a, b) => a - b);
    expect(apart[Math.floor(apart.length * 0.9)]).toBeLessThan(10);
  });
});

describe("a chunk that comes twice", () => {
  it("is refused", () => {
    const player = new Player();
    expect(player.arrived(aChunk(0, tone), 0)).toBe(true);
    expect(player.arrived(aChunk(0, tone), 0)).toBe(false);
  });
});

function tone(at: number): number {
  return 0.4 * Math.sin((2 * Math.PI * 200 * at) / 48_000);
}

/** The sequences that follow the first twenty chunks. */
function after(index: number): HeardChunk["position"] {
  return { epoch: 1, sequence: 21 + index };
}

function aChunk(index: number, value: (at: number) => number, silenceFollows = false): HeardChunk {
  const start = index * CHUNK;
  const pcm = Float32Array.from({ length: CHUNK }, (_, i) => value(start + i));
  return {
    position: { epoch: 1, sequence: index + 1 },
    start,
    length: CHUNK,
    counts: true,
    silenceFollows,
    sounds: [{ voice: 1, start, pcm, ends: false }],
  };
}

/** Ten chunks are greeted with, the others come when they are due or `lateMs` after; what sounded, from the greeting on. */
function play({
  chunks,
  lateMs,
  value,
  player = new Player(),
  silenceAfter,
}: {
  chunks: number;
  lateMs: (index: number) => number;
  value: (at: number) => number;
  player?: Player;
  /** The chunk after which silence is announced. */
  silenceAfter?: number;
}): Float32Array {
  const origin = 10 * CHUNK;
  const heard = new Float32Array((chunks - 10) * CHUNK);
  const block = new Float32Array(BLOCK);
  for (let index = 0; index < 10; index++) player.arrived(aChunk(index, value, index === 9), origin);
  let next = 10;
  for (let at = 0; at + BLOCK <= heard.length; at += BLOCK) {
    const now = origin + at;
    while (next < chunks && (next + 1) * CHUNK + lateMs(next) * MS <= now)
      player.arrived(aChunk(next, value, next++ === silenceAfter), now);
    player.render(block, now);
    heard.set(block, at);
  }
  return heard;
}
