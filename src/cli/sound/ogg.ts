import { randomInt } from "node:crypto";
import { access, type FileHandle, open } from "node:fs/promises";
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input, type InputAudioTrack } from "mediabunny";
import { FRAME_MS, FRAME_SAMPLES, MAX_FRAME_BYTES, SAMPLE_RATE_HZ } from "../../core/audio/format.ts";
import { MAX_SEGMENTS, oggPage, opusHead, opusHeaderPages, opusTags, segmentsOf } from "../../core/audio/ogg.ts";
import { opusSamples } from "../../core/audio/opus.ts";
import { Halt } from "../problem.ts";

/** Packets on a page: a second, so that a recording that is cut off has lost no more than that. */
const PAGE_PACKETS = 1_000 / FRAME_MS;

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
  readonly #serial = randomInt(2 ** 32);
  readonly #file: Promise<FileHandle>;
  /** What will stand on the next page: a page is written when the one after it begins, so that the last one can say so. */
  #waiting: Uint8Array[] = [];
  #segments = 0;
  #sequence = 2;
  #packets = 0;
  /** Writes happen one after another, off the path of who adds. */
  #tail: Promise<unknown>;
  #fault: unknown;

  /** @param preSkip samples that a player drops at the start, until its decoder has settled */
  constructor(path: string, channels: number, preSkip: number) {
    this.path = path;
    this.#file = open(path, "w");
    this.#tail = this.#file.catch(() => {});
    this.#write(opusHeaderPages(this.#serial, opusHead(channels, preSkip), opusTags([])));
  }

  /** Packets so far. */
  get packets(): number {
    return this.#packets;
  }

  /** Adds one packet of 20 ms. The bytes are kept until they are written: hand over a copy. */
  add(packet: Uint8Array): void {
    const segments = segmentsOf(packet.byteLength);
    if (this.#waiting.length === PAGE_PACKETS || this.#segments + segments > MAX_SEGMENTS) this.#page(false);
    this.#waiting.push(packet);
    this.#segments += segments;
    this.#packets++;
  }

  /** Resolves when all that was added is written, or could not be: for who adds faster than a disk writes. */
  async drained(): Promise<void> {
    await this.#tail;
  }

  /** Writes what is left and closes the file. @throws what went wrong while writing */
  async finish(): Promise<void> {
    this.#page(true);
    await this.#tail;
    await this.#file.then((file) => file.close()).catch(() => {});
    if (this.#fault !== undefined) throw new Halt(`${this.path} could not be written: ${String(this.#fault)}`);
  }

  #page(last: boolean): void {
    const place = { serial: this.#serial, sequence: this.#sequence++, granule: this.#packets * FRAME_SAMPLES, last };
    this.#write(oggPage(this.#waiting, place));
    this.#waiting = [];
    this.#segments = 0;
  }

  #write(bytes: Uint8Array): void {
    this.#tail = this.#tail
      .then(async () => (await this.#file).write(bytes))
      .catch((fault: unknown) => {
        this.#fault ??= fault;
      });
  }
}
