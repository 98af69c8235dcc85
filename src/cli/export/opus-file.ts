import { Application, createEncoder, type OpusEncoderHandle } from "libopus-wasm";
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { ENCODER_PRE_SKIP } from "../../core/audio/ogg.ts";
import type { Sink } from "../sound/mix-down.ts";
import { OpusWriter } from "../sound/ogg.ts";

/** What several voices at once are encoded at, in bit/s: half as much again as one is in a room. */
const MIX_BPS = 48_000;
/** Pages that may wait for the disk, in packets: ten seconds. */
const MOST_WAITING = 500;

/** An Ogg Opus file of mixed sound, mono, encoded by libopus. */
export class OpusFileSink implements Sink {
  readonly #writer: OpusWriter;
  readonly #encoder: OpusEncoderHandle;
  /** What does not fill a frame yet. */
  readonly #frame = new Float32Array(FRAME_SAMPLES);
  #filled = 0;

  private constructor(writer: OpusWriter, encoder: OpusEncoderHandle) {
    this.#writer = writer;
    this.#encoder = encoder;
  }

  static async create(path: string): Promise<OpusFileSink> {
    const encoder = await createEncoder({
      sampleRate: SAMPLE_RATE_HZ,
      channels: 1,
      frameSize: FRAME_SAMPLES,
      application: Application.Audio,
      bitrate: MIX_BPS,
    });
    return new OpusFileSink(new OpusWriter(path, 1, ENCODER_PRE_SKIP), encoder);
  }

  async write(pcm: Float32Array): Promise<void> {
    for (let at = 0; at < pcm.length; ) {
      const some = pcm.subarray(at, at + FRAME_SAMPLES - this.#filled);
      this.#frame.set(some, this.#filled);
      this.#filled += some.length;
      at += some.length;
      if (this.#filled === FRAME_SAMPLES) this.#encode();
      if (this.#writer.packets % MOST_WAITING === 0) await this.#writer.drained();
    }
  }

  /** What does not fill the last frame is silence. */
  async finish(): Promise<void> {
    if (this.#filled > 0) this.#encode();
    await this.#writer.finish();
    this.#encoder.free();
  }

  #encode(): void {
    this.#frame.fill(0, this.#filled);
    this.#filled = 0;
    this.#writer.add(new Uint8Array(this.#encoder.encodeFloat(this.#frame)));
  }
}
