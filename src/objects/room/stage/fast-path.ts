import { Monitor } from "../../../core/audio/monitor.ts";
import type { Speech } from "../../../core/audio/speech.ts";
import { queuedOn, send } from "../../sockets.ts";

/** What may wait on a speaker's line, in bytes: a second of three voices at 32 kbit/s and more. What is older helps nobody to talk. */
const QUEUE_BYTES = 16 * 1024;
/** Where the runtime tells of no queues, a line that has said nothing for so long gets nothing more, in ms: pages ping every 2 s. */
const SILENT_MS = 10_000;

/** Somebody on stage: his socket, his voice, and when anything last came from him. */
export type Ear = { readonly socket: WebSocket; readonly voice: number | undefined; readonly heardAt: number };

/** The stage's own sound: what each says goes to all others at once, whether or not the audience hears it. */
export class FastPath {
  readonly #ears: () => Iterable<Ear>;
  #monitor: Monitor | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param ears who is on stage, asked at every tick */
  constructor(ears: () => Iterable<Ear>) {
    this.#ears = ears;
  }

  /** Somebody said something that the stage is to hear. */
  hear(voice: number, speech: Speech): void {
    const now = Date.now();
    // Seconds rise from life to life of this object, and a life is longer than a second.
    this.#monitor ??= new Monitor(Math.floor(now / 1_000), now);
    this.#monitor.hear(voice, speech, now);
    if (this.#timer === undefined) this.#arm();
  }

  /** The voice was muted or replaced. */
  silence(voice: number): void {
    this.#monitor?.silence(voice);
  }

  #arm(): void {
    const due = this.#monitor?.dueMs;
    this.#timer = due === undefined ? undefined : setTimeout(() => this.#tick(), Math.max(0, due - Date.now()));
  }

  #tick(): void {
    const now = Date.now();
    const mix = this.#monitor?.tick(now);
    if (mix !== undefined) {
      for (const { socket, voice, heardAt } of this.#ears()) {
        const queued = queuedOn(socket);
        const isBehind = queued === undefined ? now - heardAt > SILENT_MS : queued > QUEUE_BYTES;
        // Left out, and told by the sequence: a conversation waits for nobody's line.
        if (!isBehind) send(socket, mix.without(voice));
      }
    }
    this.#arm();
  }
}
