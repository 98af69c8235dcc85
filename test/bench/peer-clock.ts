import { joinChunks } from "../../src/core/audio/chunk.ts";
import { benchChunk } from "./sound.ts";

/** How a peer sends; `bundle` chunks go into one message. */
export type PeerSound = { readonly chunkMs: number; readonly bundle: number };

/**
 * The clock of a server that has none of its own: every `chunkMs` a chunk is due, and goes to everybody, alone or with others.
 *
 * It does not drift, and leaves nothing out: what is late goes at once, one chunk a turn, so that a server which cannot keep up shows it by
 * its lag. Runs in workerd and in Node.
 */
export class PeerClock {
  readonly #sound: PeerSound;
  readonly #broadcast: (message: Uint8Array<ArrayBuffer>) => void;
  #dueMs = 0;
  #sequence = 0;
  #waiting: Uint8Array[] = [];

  constructor(sound: PeerSound, broadcast: (message: Uint8Array<ArrayBuffer>) => void) {
    this.#sound = sound;
    this.#broadcast = broadcast;
  }

  /** The first chunk is due one chunk from now. */
  start(): void {
    if (this.#dueMs !== 0) return;
    this.#dueMs = Date.now() + this.#sound.chunkMs;
    this.#arm();
  }

  #arm(): void {
    setTimeout(() => this.#tick(), Math.max(0, this.#dueMs - Date.now()));
  }

  #tick(): void {
    this.#waiting.push(benchChunk(++this.#sequence, this.#dueMs, this.#sound.chunkMs));
    this.#dueMs += this.#sound.chunkMs;
    if (this.#waiting.length >= this.#sound.bundle) {
      this.#broadcast(new Uint8Array(joinChunks(this.#waiting)));
      this.#waiting = [];
    }
    this.#arm();
  }
}
