import { describe, expect, it } from "vitest";
import { ChunkDecoder } from "../../../../src/browser/sound/chunk-decoder.ts";
import type { Decoded } from "../../../../src/browser/sound/codec.ts";
import type { Chunk, VoiceBlock } from "../../../../src/core/audio/chunk.ts";
import type { HeardChunk } from "../../../../src/core/audio/player.ts";

describe("a chunk", () => {
  it("comes out when all of its frames have, with each where it belongs", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({ offsetSamples: 96, frames: [aFrame(1), aFrame(2)] })]), true, 0);
    expect(desk.heard).toEqual([]);
    desk.finish(2);
    const sound = desk.heard[0]?.sounds[0];
    expect(sound?.start).toBe(100 * 48 + 96);
    expect([sound?.pcm[0], sound?.pcm[959], sound?.pcm[960], sound?.pcm.length]).toEqual([1, 1, 2, 1_920]);
  });

  it("comes out at once when nobody spoke", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, []), true, 0);
    expect(desk.heard).toHaveLength(1);
  });

  it("never overtakes the one before it", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({ frames: [aFrame(1)] })]), true, 0);
    desk.decoder.take(aChunk(2, []), true, 0);
    expect(desk.heard).toEqual([]);
    desk.finish(1);
    expect(desk.heard.map(({ position }) => position.sequence)).toEqual([1, 2]);
  });

  it("has silence where a frame could not be decoded, and does not wait for it", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({ frames: [aFrame(1), aFrame(2)] })]), true, 0);
    desk.finish(1);
    desk.lose();
    expect(desk.heard[0]?.sounds[0]?.pcm[0]).toBe(1);
    expect(desk.heard[0]?.sounds[0]?.pcm[960]).toBe(0);
  });

  it("waits 3 s for a frame that its decoder swallowed, and no longer", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({})]), true, 0);
    desk.swallow();
    desk.decoder.take(aChunk(2, []), true, 3_000);
    expect(desk.heard).toEqual([]);
    desk.decoder.take(aChunk(3, []), true, 3_001);
    expect(desk.heard.map(({ position }) => position.sequence)).toEqual([1, 2, 3]);
  });

  it("of a backlog of a minute waits as long as others still come out", () => {
    const desk = aDesk();
    for (let sequence = 1; sequence <= 600; sequence++) desk.decoder.take(aChunk(sequence, [aBlock({})]), false, 0);
    for (let at = 1_000; at < 10_000; at += 1_000) {
      desk.finish(1);
      desk.decoder.take(aChunk(600 + at / 1_000, [aBlock({})]), true, at);
    }
    desk.finish(600);
    expect(desk.heard.flatMap(({ sounds }) => sounds).filter(({ pcm }) => pcm[0] !== 1)).toEqual([]);
    expect(desk.heard).toHaveLength(609);
  });

  it("is not shifted by a frame that its decoder swallowed", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({ frames: [aFrame(1), aFrame(2)] })]), true, 0);
    desk.swallow();
    desk.finish(1);
    expect([desk.heard[0]?.sounds[0]?.pcm[0], desk.heard[0]?.sounds[0]?.pcm[960]]).toEqual([0, 2]);
  });
});

describe("a voice", () => {
  it("has a decoder of its own, reset where a talkspurt starts", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({ voice: 1, flags: 1 }), aBlock({ voice: 2 })]), true, 0);
    desk.decoder.take(aChunk(2, [aBlock({ voice: 1 })]), true, 0);
    expect(desk.made).toBe(2);
    expect(desk.resets).toBe(1);
  });

  it("of another epoch is another voice", () => {
    const desk = aDesk();
    desk.decoder.take(aChunk(1, [aBlock({})]), true, 0);
    desk.decoder.take({ ...aChunk(1, [aBlock({})]), epoch: 2 }, true, 0);
    expect(desk.made).toBe(2);
  });
});

/** A desk with decoders that give their frames out when told; a frame of byte n decodes to 960 samples of n. */
function aDesk() {
  const waiting: { start: number; value: number; onDecoded: Decoded; onLost: () => void }[] = [];
  const heard: HeardChunk[] = [];
  const desk = { heard, made: 0, resets: 0 };
  const decoder = new ChunkDecoder(
    (onDecoded, onLost) => {
      desk.made++;
      return {
        decode: (frame, start) => void waiting.push({ start, value: frame[0] ?? 0, onDecoded, onLost }),
        reset: () => void desk.resets++,
        close: () => undefined,
      };
    },
    (chunk) => heard.push(chunk),
  );
  return Object.assign(desk, {
    decoder,
    finish: (count: number) => {
      for (const { start, value, onDecoded } of waiting.splice(0, count)) onDecoded(start, new Float32Array(960).fill(value));
    },
    swallow: () => void waiting.shift(),
    lose: () => waiting.splice(0)[0]?.onLost(),
  });
}

function aChunk(sequence: number, blocks: readonly VoiceBlock[]): Chunk {
  return { version: 1, flags: 0, epoch: 1, sequence, roomTimeMs: sequence * 100, dueMs: 0, durationMs: 100, blocks };
}

function aBlock(of: Partial<VoiceBlock>): VoiceBlock {
  return { voice: 1, level: 30, flags: 0, offsetSamples: 0, frames: [aFrame(1)], ...of };
}

function aFrame(value: number): Uint8Array {
  return Uint8Array.of(value);
}
