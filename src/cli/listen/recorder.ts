import { join, parse } from "node:path";
import { BLOCK_FLAG, type Chunk, type VoiceBlock } from "../../core/audio/chunk.ts";
import { FRAME_SAMPLES, SAMPLES_PER_MS } from "../../core/audio/format.ts";
import { ENCODER_PRE_SKIP, MIDWAY_PRE_SKIP } from "../../core/audio/ogg.ts";
import { SILENT_PACKET } from "../../core/audio/opus.ts";
import { OpusWriter } from "../sound/ogg.ts";

/**
 * Writes what was heard: one Ogg Opus file per voice, all on one timeline that starts with the first chunk.
 *
 * Where a voice did not sound its file holds silence, so a second of the room is a second of the file.
 */
export class Recorder {
  readonly #path: string;
  readonly #tracks = new Map<number, OpusWriter>();
  #epoch: { readonly number: number; readonly startMs: number } | undefined;
  #firstMs = 0;

  /** @param path the first voice's file; the next ones become `heard.2.opus`, `heard.3.opus`, … */
  constructor(path: string) {
    this.#path = path;
  }

  /** The files so far, in the order in which their voices first sounded. */
  get paths(): readonly string[] {
    return [...this.#tracks.values()].map((track) => track.path);
  }

  /** Takes one chunk; its frames are copied. */
  add(chunk: Chunk): void {
    const startMs = this.#timeOf(chunk);
    for (const block of chunk.blocks) this.#addBlock(block, startMs * SAMPLES_PER_MS + block.offsetSamples);
  }

  /** Completes every file. */
  async finish(): Promise<void> {
    for (const track of this.#tracks.values()) await track.finish();
  }

  #addBlock(block: VoiceBlock, atSample: number): void {
    const track = this.#trackOf(block, atSample);
    // Rounded to whole frames, always from the absolute position: what is rounded here is made good by the next silence.
    const silent = Math.round(atSample / FRAME_SAMPLES) - track.packets;
    for (let left = silent; left > 0; left--) track.add(SILENT_PACKET);
    // Not slice(): a Buffer's slice is a view, and the bytes below are about to be read over.
    for (const frame of block.frames) track.add(new Uint8Array(frame));
  }

  #trackOf(block: VoiceBlock, atSample: number): OpusWriter {
    const known = this.#tracks.get(block.voice);
    if (known !== undefined) return known;
    const { dir, name, ext } = parse(this.#path);
    const number = this.#tracks.size + 1;
    const path = number === 1 ? this.#path : join(dir, `${name}.${number}${ext}`);
    const isFresh = (block.flags & BLOCK_FLAG.starts) !== 0 || atSample >= FRAME_SAMPLES;
    // Bit 2 of a packet's first byte says stereo (RFC 6716 §3.1).
    const channels = ((block.frames[0]?.[0] ?? 0) & 4) === 0 ? 1 : 2;
    const track = new OpusWriter(path, channels, isFresh ? ENCODER_PRE_SKIP : MIDWAY_PRE_SKIP);
    this.#tracks.set(block.voice, track);
    return track;
  }

  /** Where the chunk starts on the recording's timeline, in ms. A new epoch goes on where the root's own clock says. */
  #timeOf(chunk: Chunk): number {
    const epochStartMs = chunk.dueMs - chunk.durationMs - chunk.roomTimeMs;
    if (this.#epoch === undefined) this.#firstMs = epochStartMs + chunk.roomTimeMs;
    if (this.#epoch?.number !== chunk.epoch) this.#epoch = { number: chunk.epoch, startMs: epochStartMs };
    return this.#epoch.startMs + chunk.roomTimeMs - this.#firstMs;
  }
}
