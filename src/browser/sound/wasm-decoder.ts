import { OpusDecoder } from "opus-decoder";
import { FRAME_SAMPLES } from "../../core/audio/format.ts";
import type { Decoded, Decoder } from "./codec.ts";

/** Opus in WebAssembly, for browsers whose WebCodecs do not know it. */
export class WasmDecoder implements Decoder {
  readonly #onDecoded: Decoded;
  readonly #onLost: () => void;
  readonly #decoder = new OpusDecoder({ channels: 1, streamCount: 1, coupledStreamCount: 0, channelMappingTable: [0], preSkip: 0 });
  // Loading and resetting take a while; whatever comes meanwhile waits its turn.
  #turn: Promise<void>;

  constructor(onDecoded: Decoded, onLost: () => void) {
    this.#onDecoded = onDecoded;
    this.#onLost = onLost;
    this.#turn = this.#decoder.ready;
  }

  decode(frame: Uint8Array, start: number): void {
    this.#then(() => {
      const pcm = this.#decoder.decodeFrame(frame).channelData[0];
      // A frame that cannot be decoded is silence; those behind it are none the worse.
      this.#onDecoded(start, pcm === undefined || pcm.length === 0 ? new Float32Array(FRAME_SAMPLES) : pcm.slice());
    });
  }

  reset(): void {
    this.#then(() => this.#decoder.reset());
  }

  close(): void {
    this.#then(() => this.#decoder.free());
  }

  #then(work: () => void | Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(() => this.#onLost());
  }
}
