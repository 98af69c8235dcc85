import { FRAME_SAMPLES } from "../core/audio/format.ts";
import type { CapturedFrame } from "./worklet-messages.ts";

/** Cuts the microphone into frames of exactly 20 ms, stamped by sample count; some encoders crackle on anything else. */
class Capture extends AudioWorkletProcessor {
  #pcm = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const input = inputs[0]?.[0];
    // No input (the track ended, or is only starting): time goes on all the same, as silence.
    const length = input?.length ?? 128;
    for (let i = 0; i < length; i++) {
      this.#pcm[this.#filled++] = input?.[i] ?? 0;
      if (this.#filled < FRAME_SAMPLES) continue;
      const frame: CapturedFrame = { at: currentFrame + i + 1 - FRAME_SAMPLES, pcm: this.#pcm };
      this.port.postMessage(frame, [frame.pcm.buffer]);
      this.#pcm = new Float32Array(FRAME_SAMPLES);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("canopy-capture", Capture);
