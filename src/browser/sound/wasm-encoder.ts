import { Application, createEncoder } from "libopus-wasm";
import { FRAME_SAMPLES, SAMPLE_RATE_HZ, SPEECH_KBPS } from "../../core/audio/format.ts";
import type { Encoded, Encoder } from "./codec.ts";

/** libopus in WebAssembly, for browsers without an Opus encoder of their own (182 KB, gzipped). */
export async function makeWasmEncoder(onEncoded: Encoded): Promise<Encoder> {
  const encoder = await createEncoder({
    sampleRate: SAMPLE_RATE_HZ,
    channels: 1,
    frameSize: FRAME_SAMPLES,
    application: Application.Voip,
    bitrate: SPEECH_KBPS * 1_000,
  });
  return {
    encode: (pcm) => onEncoded(new Uint8Array(encoder.encodeFloat(pcm))),
    close: () => encoder.free(),
  };
}
