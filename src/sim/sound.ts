import { chunkLength, chunksIn, readHeader } from "../core/audio/chunk.ts";

/** What an ear must know of a chunk. */
export type HeardChunk = { readonly epoch: number; readonly sequence: number; readonly dueMs: number; readonly durationMs: number };

/** What an ear must know of a message of sound. */
export type Sound = {
  /** The chunks in it, in order. */
  readonly chunks: readonly HeardChunk[];
  /** The last of them, if each follows the one before: who hears the first rightly, hears all of them rightly. */
  readonly endOfRun: HeardChunk | undefined;
  /** How long they last together, in ms. */
  readonly ms: number;
};

/** So many single chunks are remembered, by the lowest bits of their sequence: more than any leaf is behind another. A power of two. */
const SINGLE = 1_024;
/** So many longer messages are remembered: what thousands of newcomers are greeted with. */
const LONG = 2_048;

type Known = { readonly message: Uint8Array; readonly sound: Sound };

/** Reads each message once, however many hear it: the same bytes travel to every leaf. */
export class SoundReader {
  readonly #single = new Array<Known | undefined>(SINGLE).fill(undefined);
  readonly #long = new Map<Uint8Array, Sound>();

  read(message: Uint8Array): Sound {
    if (chunkLength(message, 0) !== message.byteLength) return this.#readLong(message);
    // Bytes 12 and 13 (core/audio/chunk.ts).
    const slot = (((message[12] ?? 0) << 8) | (message[13] ?? 0)) & (SINGLE - 1);
    const known = this.#single[slot];
    if (known?.message === message) return known.sound;
    const sound = parsed(message);
    this.#single[slot] = { message, sound };
    return sound;
  }

  #readLong(message: Uint8Array): Sound {
    const known = this.#long.get(message);
    if (known !== undefined) return known;
    const sound = parsed(message);
    if (this.#long.size >= LONG) this.#long.clear();
    this.#long.set(message, sound);
    return sound;
  }
}

function parsed(message: Uint8Array): Sound {
  const chunks: HeardChunk[] = [];
  let ms = 0;
  for (const { at } of chunksIn(message)) {
    const header = readHeader(message, at);
    if (header === undefined) continue;
    chunks.push(header);
    ms += header.durationMs;
  }
  const [first, last] = [chunks[0], chunks.at(-1)];
  const isRun =
    first !== undefined && chunks.every(({ epoch, sequence }, index) => epoch === first.epoch && sequence === first.sequence + index);
  return { chunks, endOfRun: isRun ? last : undefined, ms };
}
