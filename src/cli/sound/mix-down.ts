import { type FileHandle, open } from "node:fs/promises";
import { OpusDecoder } from "opus-decoder";
import { BLOCK_FLAG, type Chunk, type VoiceBlock } from "../../core/audio/chunk.ts";
import { FRAME_SAMPLES, SAMPLE_RATE_HZ, SAMPLES_PER_MS } from "../../core/audio/format.ts";
import { Mixer } from "../../core/audio/mixer.ts";

/** Length of a WAV header without anything that is not needed, in bytes. */
const WAV_HEADER_BYTES = 44;
/** A pause of the room longer than this is closed up, in ms: nobody wants to hear half an hour of nothing. */
const LONGEST_PAUSE_MS = 2_000;

/** Where mixed sound goes, piece after piece; `finish` completes it. */
export type Sink = { write(pcm: Float32Array): Promise<void>; finish(): Promise<void> };

/** All voices decoded and mixed, mono, 48 kHz, as they are heard. */
export class MixDown {
  readonly #sink: Sink;
  readonly #mixer = new Mixer();
  readonly #voices = new Map<string, OpusDecoder<48_000>>();
  #work: Promise<void> = Promise.resolve();
  /** The end of what was heard, on the room's timeline, and where that lies in the file. */
  #heard: { readonly epoch: number; readonly endMs: number; readonly shift: number } | undefined;
  #written = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Mixes into a WAV file. @throws as `open` does, if the file cannot be written */
  static async create(path: string): Promise<MixDown> {
    return new MixDown(await WavFile.create(path));
  }

  /**
   * Takes one chunk; its frames are copied. Chunks come in order.
   *
   * @param atMs where it sounds in the file; else after what came before, as the room's own time has it
   */
  add(chunk: Chunk, atMs?: number): void {
    // A Buffer's slice is a view, and the bytes below are about to be read over.
    const blocks = chunk.blocks.map((block) => ({ ...block, frames: block.frames.map((frame) => new Uint8Array(frame)) }));
    this.#work = this.#work.then(() => this.#take({ ...chunk, blocks }, atMs));
  }

  /** Resolves when all that was added is mixed: for who adds faster than that. */
  async drained(): Promise<void> {
    await this.#work;
  }

  /** Completes the file. @param lengthMs how long it is to be; else as long as what was added */
  async finish(lengthMs?: number): Promise<void> {
    await this.#work;
    await this.#render(lengthMs === undefined ? this.#end : lengthMs * SAMPLES_PER_MS);
    await this.#sink.finish();
    for (const decoder of this.#voices.values()) decoder.free();
  }

  get #end(): number {
    return this.#heard === undefined ? 0 : this.#heard.endMs * SAMPLES_PER_MS + this.#heard.shift;
  }

  async #take(chunk: Chunk, atMs: number | undefined): Promise<void> {
    const shift = this.#shiftOf(chunk, atMs);
    this.#heard = { epoch: chunk.epoch, endMs: chunk.roomTimeMs + chunk.durationMs, shift };
    const start = chunk.roomTimeMs * SAMPLES_PER_MS + shift;
    // What lies before this chunk can still be faded by it, but for what is older than a frame.
    await this.#render(start - FRAME_SAMPLES);
    for (const block of chunk.blocks) {
      const pcm = await this.#decode(`${chunk.epoch}:${block.voice}`, block);
      this.#mixer.add({ voice: block.voice, start: start + block.offsetSamples, pcm, ends: (block.flags & BLOCK_FLAG.ends) !== 0 });
    }
  }

  /** What is to be added to the chunk's room time, in samples. */
  #shiftOf({ epoch, roomTimeMs }: Chunk, atMs: number | undefined): number {
    if (atMs !== undefined) return (atMs - roomTimeMs) * SAMPLES_PER_MS;
    const before = this.#heard;
    const paused = before === undefined ? 0 : roomTimeMs - before.endMs;
    const goesOn = before?.epoch === epoch && paused <= LONGEST_PAUSE_MS;
    return goesOn ? before.shift : this.#end - roomTimeMs * SAMPLES_PER_MS;
  }

  async #decode(key: string, { frames, flags }: VoiceBlock): Promise<Float32Array> {
    let decoder = this.#voices.get(key);
    if (decoder === undefined) {
      decoder = new OpusDecoder({ channels: 1, streamCount: 1, coupledStreamCount: 0, channelMappingTable: [0], preSkip: 0 });
      this.#voices.set(key, decoder);
      await decoder.ready;
    } else if ((flags & BLOCK_FLAG.starts) !== 0) await decoder.reset();
    const pcm = new Float32Array(frames.length * FRAME_SAMPLES);
    for (const [index, frame] of frames.entries()) {
      const decoded = decoder.decodeFrame(frame).channelData[0];
      if (decoded !== undefined) pcm.set(decoded.subarray(0, FRAME_SAMPLES), index * FRAME_SAMPLES);
    }
    return pcm;
  }

  async #render(end: number): Promise<void> {
    const samples = end - this.#written;
    if (samples <= 0) return;
    const out = new Float32Array(samples);
    this.#mixer.mix(out, this.#written);
    this.#written = end;
    this.#mixer.forget(end);
    await this.#sink.write(out);
  }
}

/** A WAV file: mono, 48 kHz, 16 bit. */
export class WavFile implements Sink {
  readonly #file: FileHandle;
  #written = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws as `open` does, if the file cannot be written */
  static async create(path: string): Promise<WavFile> {
    const file = await open(path, "w");
    await file.write(new Uint8Array(WAV_HEADER_BYTES));
    return new WavFile(file);
  }

  async write(pcm: Float32Array): Promise<void> {
    this.#written += pcm.length;
    await this.#file.write(Int16Array.from(pcm, (sample) => Math.round(32_767 * Math.max(-1, Math.min(1, sample)))));
  }

  async finish(): Promise<void> {
    await this.#file.write(wavHeader(this.#written), 0, WAV_HEADER_BYTES, 0);
    await this.#file.close();
  }
}

/** A header for so many samples: RIFF, PCM, one channel (Multimedia Programming Interface 1.0, 1991). */
function wavHeader(samples: number): Buffer {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const bytes = 2 * samples;
  header.write("RIFF", 0);
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + bytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(SAMPLE_RATE_HZ, 24);
  header.writeUInt32LE(2 * SAMPLE_RATE_HZ, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
