import { OpusDecoder } from "opus-decoder";
import { SILENCE_LEVEL } from "../../core/audio/format.ts";

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

  /** The level of these frames, of the louder channel where there are two, in −dBov as the wire has it: 0 is the loudest, 127 silence. */
  level(frames: readonly Uint8Array[]): number {
    const { channelData } = this.#decoder.decodeFrames([...frames]);
    let loudest = 0;
    for (const samples of channelData) {
      let power = 0;
      for (const sample of samples) power += sample * sample;
      loudest = Math.max(loudest, power / samples.length);
    }
    // Also where there were no samples at all.
    if (!(loudest > 0)) return SILENCE_LEVEL;
    // 0 dBov is the loudest that fits: a full-scale square wave, whose power is 1 (RFC 6464 §3).
    return Math.round(Math.min(SILENCE_LEVEL, Math.max(0, -10 * Math.log10(loudest))));
  }
}
