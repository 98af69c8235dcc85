import { FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../core/audio/format.ts";
import { decoderMaker } from "./decoder.ts";

/** Length of a sound check, in frames: 4 s. */
export const CHECK_FRAMES = 4_000 / FRAME_MS;
/** A decoder that does not give everything back within this has lost some, in ms. */
const DECODING_MS = 2_000;

/** Plays encoded frames back as listeners would hear them: through Opus, not around it. Ends when the last has sounded. */
export async function playBack(context: AudioContext, packets: readonly Uint8Array[]): Promise<void> {
  const pcm = await decodeAll(packets);
  const buffer = new AudioBuffer({ length: Math.max(1, pcm.length), sampleRate: SAMPLE_RATE_HZ });
  buffer.copyToChannel(pcm, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  await new Promise<void>((done) => {
    source.onended = () => done();
    source.start();
  });
}

async function decodeAll(packets: readonly Uint8Array[]): Promise<Float32Array<ArrayBuffer>> {
  const make = await decoderMaker();
  const pcm = new Float32Array(packets.length * FRAME_SAMPLES);
  await new Promise<void>((done) => {
    const end = () => {
      clearTimeout(timer);
      decoder.close();
      done();
    };
    const timer = setTimeout(end, DECODING_MS);
    const decoder = make((start, part) => {
      pcm.set(part.subarray(0, Math.max(0, pcm.length - start)), start);
      if (start + FRAME_SAMPLES >= pcm.length) end();
    }, end);
    for (const [index, packet] of packets.entries()) decoder.decode(packet, index * FRAME_SAMPLES);
  });
  return pcm;
}
