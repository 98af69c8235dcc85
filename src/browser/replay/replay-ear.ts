import type { LineChunk } from "../../core/audio/replay-line.ts";
import { ChunkDecoder } from "../sound/chunk-decoder.ts";
import type { MakeDecoder } from "../sound/codec.ts";
import { HeardHash } from "./heard-hash.ts";
import type { ReplayOutput } from "./replay-output.ts";

/** A line's way to the ear: chunks → decoders → audio thread. Each seek begins a line, with decoders of its own. */
export class ReplayEar {
  readonly #output: ReplayOutput;
  readonly #heard = new HeardHash();
  #make: MakeDecoder | undefined;
  #decoder: ChunkDecoder | undefined;
  #line = 0;
  /** Chunks that are in the decoders, and whether any more will follow on this line. */
  #left = 0;
  #isWhole = false;

  constructor(output: ReplayOutput) {
    this.#output = output;
  }

  /** What makes decoders here. Until it is known nothing sounds. */
  set make(make: MakeDecoder) {
    this.#make = make;
  }

  /** True once there is something to decode with. */
  get isReady(): boolean {
    return this.#make !== undefined;
  }

  /** The line that sounds now: what is told of another one is of no importance any more. */
  get line(): number {
    return this.#line;
  }

  /** What was played so far, for who compares. */
  get heard(): { readonly chunks: number; readonly hash: string } {
    return this.#heard;
  }

  /** A new line: what comes late out of the decoders before belongs to nobody. */
  begin(): void {
    const line = ++this.#line;
    this.#decoder?.close();
    this.#decoder =
      this.#make &&
      new ChunkDecoder(this.#make, (chunk) => {
        if (line !== this.#line) return;
        this.#output.hear(chunk);
        this.#left--;
        if (this.#left === 0 && this.#isWhole) this.#output.finish();
      });
    this.#left = 0;
    this.#isWhole = false;
    this.#heard.begin();
    this.#output.begin(line);
  }

  /** The next chunk of the line. */
  take({ chunk, bytes, lineMs }: LineChunk): void {
    if (lineMs + chunk.durationMs > 0) this.#heard.add(bytes);
    this.#left++;
    // On the line of this seek: what the room's clock said is in the mind's pieces.
    this.#decoder?.take({ ...chunk, roomTimeMs: lineMs }, false, performance.now());
  }

  /** No more will follow. What is put into the decoders comes out later: the line is whole once all of it has. */
  finish(): void {
    this.#isWhole = true;
    if (this.#left === 0) this.#output.finish();
  }

  /** To be called now and then: frames that hold everything back for too long are given up. */
  mend(): void {
    this.#decoder?.mend(performance.now());
  }
}
