import { afterEach, expect, it, vi } from "vitest";
import { ChunkDecoder } from "../../../../src/browser/sound/chunk-decoder.ts";
import { decoderMaker } from "../../../../src/browser/sound/decoder.ts";
import type { HeardChunk } from "../../../../src/core/audio/player.ts";

afterEach(() => vi.unstubAllGlobals());

it("a backlog of twenty talkspurts that is decoded in one turn loses no frame", async () => {
  vi.stubGlobal("AudioDecoder", SlowDecoder);
  vi.stubGlobal(
    "EncodedAudioChunk",
    class {
      readonly timestamp: number;
      constructor(of: { timestamp: number }) {
        this.timestamp = of.timestamp;
      }
    },
  );
  const heard: HeardChunk[] = [];
  const decoder = new ChunkDecoder(await decoderMaker(), (chunk) => heard.push(chunk));
  for (let sequence = 1; sequence <= 200; sequence++) {
    const spurt = (sequence - 1) % 10;
    const flags = spurt === 0 ? 1 : spurt === 9 ? 2 : 0;
    const frames = Array.from({ length: 5 }, () => Uint8Array.of(1));
    const block = { voice: 1, level: 30, flags, offsetSamples: 0, frames };
    decoder.take(
      { version: 1, flags: 0, epoch: 1, sequence, roomTimeMs: sequence * 100, dueMs: 0, durationMs: 100, blocks: [block] },
      false,
      0,
    );
  }
  await vi.waitFor(() => expect(heard).toHaveLength(200));
  expect(heard.flatMap(({ sounds }) => sounds).filter(({ pcm }) => pcm.some((sample) => sample !== 1))).toEqual([]);
});

/** As WebCodecs': what is put in comes out later, from every decoder in its own time, and reset() drops what is inside. */
class SlowDecoder {
  static readonly isConfigSupported = () => Promise.resolve({ supported: true });
  state = "unconfigured";
  readonly #output: (data: object) => void;
  #inside: { timestamp: number }[] = [];
  #first: number | undefined;
  #out = 0;

  static #made = 0;
  readonly #delayMs = SlowDecoder.#made++ === 0 ? 20 : 1;

  constructor({ output }: { output: (data: object) => void }) {
    this.#output = output;
  }

  configure(): void {
    this.state = "configured";
    this.#first = undefined;
    this.#out = 0;
  }

  decode(frame: { timestamp: number }): void {
    this.#first ??= frame.timestamp;
    this.#inside.push(frame);
    setTimeout(() => this.#step(), this.#delayMs);
  }

  reset(): void {
    this.state = "unconfigured";
    this.#inside = [];
  }

  async flush(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  close(): void {
    this.state = "closed";
  }

  #step(): void {
    if (this.#inside.shift() === undefined) return;
    const timestamp = (this.#first ?? 0) + this.#out++ * 20_000;
    this.#output({ timestamp, numberOfFrames: 960, copyTo: (pcm: Float32Array) => pcm.fill(1), close: () => undefined });
  }
}
