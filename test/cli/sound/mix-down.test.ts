import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { MixDown } from "../../../src/cli/sound/mix-down.ts";
import { decodeChunk, encodeChunk } from "../../../src/core/audio/chunk.ts";
import { removeFolders, temporaryFolder } from "../../support/server.ts";
import { strengthOf, toneFrames } from "../../support/tones.ts";

describe("what npm run listen --mix writes", () => {
  afterAll(removeFolders);

  it("is all voices together, each where it sounded, silence where nobody did", async () => {
    const path = join(await temporaryFolder(), "mix.wav");
    const mix = await MixDown.create(path);
    const [low, high] = [await toneFrames(440, 50), await toneFrames(1_000, 50)];
    for (let tick = 0; tick < 20; tick++) {
      // The low one in the first second, the high one from 0.5 to 1.5 s.
      const block = (voice: number, frames: readonly Uint8Array[], from: number) => ({
        voice,
        level: 20,
        flags: (tick === from ? 1 : 0) | (tick === from + 9 ? 2 : 0),
        offsetSamples: 0,
        frames: frames.slice((tick - from) * 5, (tick - from + 1) * 5),
      });
      const blocks = [...(tick < 10 ? [block(1, low, 0)] : []), ...(tick >= 5 && tick < 15 ? [block(2, high, 5)] : [])];
      const bytes = encodeChunk({ flags: 0, epoch: 1, sequence: tick + 1, roomTimeMs: tick * 100, dueMs: 0, durationMs: 100, blocks });
      const chunk = decodeChunk(bytes, 0);
      if (!("malformed" in chunk)) mix.add(chunk);
    }
    await mix.finish();
    const wav = await readFile(path);
    const pcm = Float32Array.from({ length: (wav.length - 44) / 2 }, (_, index) => wav.readInt16LE(44 + 2 * index) / 32_767);
    expect(pcm.length).toBe(96_000);
    const sounds = (fromMs: number) => [440, 1_000].map((hz) => strengthOf(pcm.subarray(fromMs * 48, (fromMs + 300) * 48), hz) > 0.05);
    expect([sounds(100), sounds(600), sounds(1_100), sounds(1_600)]).toEqual([
      [true, false],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });
});
