import { access } from "node:fs/promises";
import {
  ALL_FORMATS,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  FilePathSource,
  FilePathTarget,
  Input,
  type InputAudioTrack,
  OggOutputFormat,
  Output,
} from "mediabunny";
import { FRAME_MS, FRAME_SAMPLES, MAX_FRAME_BYTES, SAMPLE_RATE_HZ } from "../core/audio/format.ts";
import { opusSamples } from "../core/audio/opus.ts";
import { Halt } from "./problem.ts";

/** Samples that libopus's decoder looks ahead at 48 kHz; what an encoder's own pre-skip is. */
export const ENCODER_PRE_SKIP = 312;
/** What a decoder needs to settle when a stream is entered midway: 80 ms (RFC 7845 §4.2), in samples. */
export const MIDWAY_PRE_SKIP = 3_840;

/** An Opus file, ready to be spoken: frames of 20 ms, and whether they carry two channels. */
export type OpusFile = { readonly frames: readonly Uint8Array[]; readonly channels: number };

/**
 * The frames of an Ogg (or WebM) Opus file.
 *
 * @throws Halt if it is not there, is not Opus, or its frames are not 20 ms: with the line that converts it.
 */
export async function readOpusFile(path: string): Promise<OpusFile> {
  await access(path).catch(() => {
    throw new Halt(`There is no file ${path} to speak.`);
  });
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const track = (await input.canRead()) ? await input.getPrimaryAudioTrack() : null;
    if (track === null || (await track.getCodec()) !== "opus") throw new Halt(`${path} is no Opus file. ${convertLine(path)}`);
    const channels = await track.getNumberOfChannels();
    if (channels > 2) throw new Halt(`${path} has ${channels} channels; a voice has one or two. ${convertLine(path)}`);
    return { frames: await framesOf(track, path), channels };
  } finally {
    input.dispose();
  }
}

async function framesOf(track: InputAudioTrack, path: string): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const { data } of new EncodedPacketSink(track).packets()) {
    if (opusSamples(data) !== FRAME_SAMPLES || data.byteLength > MAX_FRAME_BYTES) {
      const found = opusSamples(data) / (SAMPLE_RATE_HZ / 1_000);
      throw new Halt(`${path} holds Opus packets of ${found} ms; a room carries packets of ${FRAME_MS} ms. ${convertLine(path)}`);
    }
    frames.push(new Uint8Array(data));
  }
  if (frames.length === 0) throw new Halt(`${path} holds no sound. ${convertLine(path)}`);
  return frames;
}

function convertLine(path: string): string {
  return `Convert it: ffmpeg -i "${path}" -ac 1 -c:a libopus -b:a 32k -frame_duration 20 talk.opus`;
}

/** An Ogg Opus file that grows packet by packet (RFC 7845). Packets are 20 ms each and follow each other without a hole. */
export class OpusWriter {
  readonly path: string;
  readonly #source = new EncodedAudioPacketSource("opus");
  readonly #output: Output;
  readonly #head: Uint8Array;
  readonly #channels: number;
  #packets = 0;
  /** Writes happen one after another, off the path of who adds. */
  #tail: Promise<void>;
  #fault: unknown;

  /** @param preSkip samples that a player drops at the start, until its decoder has settled */
  constructor(path: string, channels: number, preSkip: number) {
    this.path = path;
    this.#channels = channels;
    this.#head = opusHead(channels, preSkip);
    // A page a second, so that a recording that is cut off has lost no more than that.
    this.#output = new Output({ format: new OggOutputFormat({ maximumPageDuration: 1 }), target: new FilePathTarget(path) });
    this.#output.addAudioTrack(this.#source);
    this.#tail = this.#output.start();
  }

  /** Packets so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Adds one packet of 20 ms. The bytes are kept until they are written: hand over a copy. */
  add(packet: Uint8Array): void {
    const at = (this.#packets++ * FRAME_MS) / 1_000;
    const encoded = new EncodedPacket(packet, "key", at, FRAME_MS / 1_000);
    const config = { codec: "opus", numberOfChannels: this.#channels, sampleRate: SAMPLE_RATE_HZ, description: this.#head };
    this.#tail = this.#tail
      .then(() => this.#source.add(encoded, { decoderConfig: config }))
      .catch((fault: unknown) => {
        this.#fault ??= fault;
      });
  }

  /** Writes what is left and closes the file. @throws what went wrong while writing */
  async finish(): Promise<void> {
    await this.#tail;
    if (this.#fault !== undefined) throw new Halt(`${this.path} could not be written: ${String(this.#fault)}`);
    await this.#output.finalize();
  }
}

/**
 * The identification header (RFC 7845 §5.1).
 *
 *     bytes 0-7    "OpusHead"
 *     byte  8      version, 1
 *     byte  9      channels
 *     bytes 10-11  pre-skip, u16 little-endian, in samples at 48 kHz
 *     bytes 12-15  rate of what was encoded, u32 little-endian, in Hz; for information only
 *     bytes 16-17  gain, 0
 *     byte  18     mapping family, 0: mono or stereo
 */
function opusHead(channels: number, preSkip: number): Uint8Array {
  const head = Buffer.alloc(19);
  head.write("OpusHead", 0, "latin1");
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(preSkip, 10);
  head.writeUInt32LE(SAMPLE_RATE_HZ, 12);
  return head;
}
