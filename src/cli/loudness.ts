import { OpusDecoder } from "opus-decoder";
import { SILENCE_LEVEL } from "../core/audio/format.ts";

/** Measures how loud frames are, by decoding them one after another as they are sent. */
export class Loudness {
  readonly #decoder: OpusDecoder;

  private constructor(decoder: OpusDecoder) {
    this.#decoder = decoder;
  }

  /** Readies a decoder (WebAssembly, so it takes a moment). */
  static async create(channels: number): Promise<Loudness> {
    const decoder = new OpusDecoder({
      channels,
      streamCount: 1,
      coupledStreamCount: channels - 1,
      channelMappingTable: [0, 1].slice(0, channels),
    });
    await decoder.ready;
    return new Loudness(decoder);
  }

  /** The level of these frames, in −dBov as the wire has it: 0 is the loudest, 127 silence. */
  level(frames: readonly Uint8Array[]): number {
    const { channelData } = this.#decoder.decodeFrames([...frames]);
    const samples = channelData[0] ?? new Float32Array(0);
    let power = 0;
    for (const sample of samples) power += sample * sample;
    if (power === 0) return SILENCE_LEVEL;
    // 0 dBov is the loudest that fits: a full-scale square wave, whose power is 1 (RFC 6464 §3).
    return Math.round(Math.min(SILENCE_LEVEL, Math.max(0, -10 * Math.log10(power / samples.length))));
  }
}
