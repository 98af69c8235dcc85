import { FRAME_MS, SAMPLE_RATE_HZ, SPEECH_KBPS } from "../../core/audio/format.ts";
import type { Encoded, Encoder } from "./codec.ts";

/** Browsers that are known to encode Opus by themselves; the sentence for whom none works. */
export const BROWSERS_THAT_ENCODE = "Chrome, Edge, Firefox, or Safari 26 and later";

const CONFIG: AudioEncoderConfig = {
  codec: "opus",
  sampleRate: SAMPLE_RATE_HZ,
  numberOfChannels: 1,
  bitrate: SPEECH_KBPS * 1_000,
  // Standard fields (WebCodecs Opus registration §3) that not every browser knows; unknown ones are ignored.
  opus: { frameDuration: FRAME_MS * 1_000, application: "voip" } as OpusEncoderConfig,
};

/**
 * The browser's own Opus encoder where it has one, else libopus in WebAssembly, loaded only then.
 *
 * @throws if neither can be had
 */
export async function makeEncoder(onEncoded: Encoded, onFault: (fault: unknown) => void): Promise<Encoder> {
  if (typeof AudioEncoder !== "undefined") {
    const known = await AudioEncoder.isConfigSupported(CONFIG).catch(() => undefined);
    if (known?.supported === true) return new NativeEncoder(onEncoded, onFault);
  }
  const { makeWasmEncoder } = await import("./wasm-encoder.ts");
  return makeWasmEncoder(onEncoded);
}

/** WebCodecs' AudioEncoder. */
class NativeEncoder implements Encoder {
  readonly #encoder: AudioEncoder;
  #samples = 0;

  constructor(onEncoded: Encoded, onFault: (fault: unknown) => void) {
    this.#encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        onEncoded(packet);
      },
      error: onFault,
    });
    this.#encoder.configure(CONFIG);
  }

  encode(pcm: Float32Array<ArrayBuffer>): void {
    const data = new AudioData({
      format: "f32-planar",
      sampleRate: SAMPLE_RATE_HZ,
      numberOfFrames: pcm.length,
      numberOfChannels: 1,
      timestamp: (this.#samples / SAMPLE_RATE_HZ) * 1_000_000,
      data: pcm,
    });
    this.#samples += pcm.length;
    if (this.#encoder.state === "configured") this.#encoder.encode(data);
    data.close();
  }

  close(): void {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}
