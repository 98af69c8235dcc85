import { Application, createEncoder } from "libopus-wasm";
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../../src/core/audio/format.ts";

/** So many 20 ms Opus packets of a steady tone, as a page would make them. */
export async function toneFrames(hz: number, frames: number, loudness = 0.3): Promise<Uint8Array[]> {
  const encoder = await createEncoder({
    sampleRate: SAMPLE_RATE_HZ,
    channels: 1,
    frameSize: FRAME_SAMPLES,
    application: Application.Voip,
    bitrate: 32_000,
  });
  const packets = Array.from({ length: frames }, (_, frame) => {
    const pcm = Float32Array.from({ length: FRAME_SAMPLES }, (_, index) => {
      return loudness * Math.sin((2 * Math.PI * hz * (frame * FRAME_SAMPLES + index)) / SAMPLE_RATE_HZ);
    });
    return new Uint8Array(encoder.encodeFloat(pcm));
  });
  encoder.free();
  return packets;
}

/** How strong a tone is in a sound: its amplitude (Goertzel's algorithm). */
export function strengthOf(pcm: Float32Array, hz: number): number {
  const step = 2 * Math.cos((2 * Math.PI * hz) / SAMPLE_RATE_HZ);
  let [one, two] = [0, 0];
  for (const sample of pcm) [one, two] = [sample + step * one - two, one];
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - step * one * two))) / pcm.length;
}
