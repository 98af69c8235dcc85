import { chunksIn, readHeader } from "../core/audio/chunk.ts";

/** What an ear must know of a message of sound. */
export type Sound = {
  /** The chunks in it, in order. */
  readonly chunks: readonly { readonly epoch: number; readonly sequence: number; readonly dueMs: number; readonly durationMs: number }[];
};

/** So many messages are remembered; every leaf hears the same bytes within a few hundred ms. */
const REMEMBERED = 512;

/** Reads each message once, however many hear it: the same bytes travel to every leaf. */
export class SoundReader {
  readonly #read = new Map<Uint8Array, Sound>();
  #last: Uint8Array | undefined;
  #lastSound: Sound = { chunks: [] };

  read(message: Uint8Array): Sound {
    if (message === this.#last) return this.#lastSound;
    const sound = this.#read.get(message) ?? this.#parse(message);
    this.#last = message;
    this.#lastSound = sound;
    return sound;
  }

  #parse(message: Uint8Array): Sound {
    const chunks: { epoch: number; sequence: number; dueMs: number; durationMs: number }[] = [];
    for (const { at } of chunksIn(message)) {
      const header = readHeader(message, at);
      if (header !== undefined) chunks.push(header);
    }
    const sound = { chunks };
    if (this.#read.size >= REMEMBERED) this.#read.clear();
    this.#read.set(message, sound);
    return sound;
  }
}
