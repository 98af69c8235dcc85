import { chunksIn, decodeChunk } from "../../core/audio/chunk.ts";
import { TALKING } from "../../core/audio/jitter-buffer.ts";
import type { VoiceLevel } from "../../core/audio/mixer.ts";
import { ChunkDecoder } from "../sound/chunk-decoder.ts";
import { decoderMaker } from "../sound/decoder.ts";
import { Output } from "../sound/output.ts";

/**
 * What who is on stage hears of the others: the fast path's chunks, with little delay. His own voice is never among them, so there is nothing to
 * echo but what his loudspeaker gives his microphone, which the browser's echo cancellation takes out.
 */
export class StageEars {
  readonly #output: Output;
  #preparing: Promise<void> | undefined;
  #decoder: ChunkDecoder | undefined;
  #closed = false;

  /**
   * @param onLevels how loud each voice is that sounds, some 25 times a second
   * @param onChange `held` may have changed
   */
  constructor(onLevels: (levels: readonly VoiceLevel[]) => void, onChange: () => void) {
    this.#output = new Output(({ levels }) => onLevels(levels), onChange, TALKING);
  }

  /** True while the browser lets nothing out: a touch of the page, told by `touched`, gives it free. */
  get held(): boolean {
    return !this.#output.sounding;
  }

  /** Opens the ears. Best called within a click; else the first touch lets them sound. @throws LoadFault if the player cannot be fetched */
  async open(): Promise<void> {
    const unlocked = this.#output.unlock();
    unlocked.catch(() => undefined);
    this.#preparing ??= this.#prepare().catch((fault: unknown) => {
      this.#preparing = undefined;
      throw fault;
    });
    await this.#preparing;
    // A browser that waits for a touch leaves the promise open: `held` tells of it.
  }

  /** A gesture: a chance to give sound free that the browser held back. */
  touched(): void {
    if (!this.#closed) this.#output.nudge();
  }

  /** A new connection: what was heard before does not go on. */
  startAnew(): void {
    this.#output.startAnew();
  }

  /** A message of the fast path: chunks. */
  hear(message: Uint8Array): void {
    // What nobody can hear yet would only pile up.
    if (this.#closed || this.#output.context.state !== "running") return;
    for (const { at } of chunksIn(message)) {
      const chunk = decodeChunk(message, at);
      if (!("malformed" in chunk)) this.#decoder?.take(chunk, true, performance.now());
    }
  }

  /** @param volume 0 silent, 1 as it was spoken */
  set volume(volume: number) {
    this.#output.volume = volume;
  }

  close(): void {
    this.#closed = true;
    this.#decoder?.close();
    this.#decoder = undefined;
    void this.#output.close();
  }

  async #prepare(): Promise<void> {
    await this.#output.load();
    const make = await decoderMaker();
    if (!this.#closed) this.#decoder = new ChunkDecoder(make, (chunk) => this.#output.play(chunk));
  }
}
