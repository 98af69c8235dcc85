import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Application, createEncoder } from "libopus-wasm";
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../../src/core/audio/format.ts";
import { oggPage, opusHead, opusHeaderPages, opusTags } from "../../src/core/audio/ogg.ts";
import { temporaryFolder } from "./server.ts";

/** A file with one tone on the left and another on the right, so many seconds of it. */
export async function stereoToneFile(leftHz: number, rightHz: number, seconds: number): Promise<string> {
  const encoder = await createEncoder({
    sampleRate: SAMPLE_RATE_HZ,
    channels: 2,
    frameSize: FRAME_SAMPLES,
    application: Application.Audio,
    bitrate: 96_000,
  });
  const pages = [opusHeaderPages(1, opusHead(2, 312), opusTags([]))];
  for (let second = 0; second < seconds; second++) {
    const frames = Array.from({ length: 50 }, (_, frame) => {
      const pcm = Float32Array.from({ length: 2 * FRAME_SAMPLES }, (_, index) => {
        const at = (second * 50 + frame) * FRAME_SAMPLES + Math.floor(index / 2);
        return 0.4 * Math.sin((2 * Math.PI * (index % 2 === 0 ? leftHz : rightHz) * at) / SAMPLE_RATE_HZ);
      });
      return new Uint8Array(encoder.encodeFloat(pcm));
    });
    pages.push(oggPage(frames, { serial: 1, sequence: 2 + second, granule: (second + 1) * SAMPLE_RATE_HZ, last: second + 1 === seconds }));
  }
  encoder.free();
  const path = join(await temporaryFolder(), "stereo.opus");
  await writeFile(path, Buffer.concat(pages));
  return path;
}
