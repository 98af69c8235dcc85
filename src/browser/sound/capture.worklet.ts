import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { Resampler } from "./resampler.ts";
import type { CapturedFrame } from "./worklet-messages.ts";

const NO_INPUT = new Float32Array(128);

/** Cuts the microphone into frames of exactly 20 ms at 48 kHz, stamped by sample count; some encoders crackle on anything else. */
class Capture extends AudioWorkletProcessor {
  readonly #resampler = sampleRate === SAMPLE_RATE_HZ ? undefined : new Resampler(sampleRate, SAMPLE_RATE_HZ);
  #pcm = new Float32Array(FRAME_SAMPLES);
  #filled = 0;
  /** Where the frame that is being filled begins, in samples at 48 kHz; counted on, so that frames follow each other exactly. */
  #at: number | undefined;
  /** The audio clock that the next block must bear if none was left out. */
  #expected = 0;

  process(inputs: Float32Array[][]): boolean {
    // No input (the track ended, or is only starting): time goes on all the same, as silence.
    const input = inputs[0]?.[0] ?? NO_INPUT;
    if (this.#at === undefined || currentFrame !== this.#expected) {
      this.#at = Math.round((currentFrame * SAMPLE_RATE_HZ) / sampleRate) - this.#filled;
    }
    this.#expected = currentFrame + input.length;
    for (const sample of this.#resampler?.push(input) ?? input) this.#take(sample, this.#at);
    return true;
  }

  #take(sample: number, at: number): void {
    this.#pcm[this.#filled++] = sample;
    if (this.#filled < FRAME_SAMPLES) return;
    const frame: CapturedFrame = { at, pcm: this.#pcm };
    this.port.postMessage(frame, [frame.pcm.buffer]);
    this.#pcm = new Float32Array(FRAME_SAMPLES);
    this.#filled = 0;
    this.#at = at + FRAME_SAMPLES;
  }
}

registerProcessor("canopy-capture", Capture);
