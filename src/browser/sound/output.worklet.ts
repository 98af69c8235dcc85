import { Player } from "../../core/audio/player.ts";
import type { FromOutput, OutputOptions, ToOutput } from "./worklet-messages.ts";

/** Blocks of 128 samples between two reports: 40 ms, so that a ring follows a voice. */
const REPORT_BLOCKS = 15;

/** The audio thread of a listener: every voice into one output, by one player. */
class Output extends AudioWorkletProcessor {
  readonly #patience: OutputOptions["patience"];
  #player: Player;
  #blocks = 0;

  constructor({ processorOptions }: { readonly processorOptions?: OutputOptions } = {}) {
    super();
    this.#patience = processorOptions?.patience;
    this.#player = new Player(this.#patience);
    this.port.onmessage = ({ data }: MessageEvent<ToOutput>) => this.#told(data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const first = channels[0];
    if (first === undefined) return true;
    this.#player.render(first, currentFrame);
    for (const other of channels.slice(1)) other.set(first);
    if (++this.#blocks % REPORT_BLOCKS === 0) this.#report(first.length);
    return true;
  }

  #told(message: ToOutput): void {
    switch (message.tell) {
      case "chunk":
        this.#player.arrived(message.chunk, currentFrame);
        return;
      case "go-live":
        this.#player.goLive(currentFrame);
        return;
      case "start-anew":
        this.#player = new Player(this.#patience);
        return;
    }
  }

  #report(blockSamples: number): void {
    const said: FromOutput = {
      facts: this.#player.facts(currentFrame),
      levels: this.#player.levels(blockSamples * REPORT_BLOCKS),
    };
    this.port.postMessage(said);
  }
}

registerProcessor("canopy-output", Output);
