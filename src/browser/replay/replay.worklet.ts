import { ReplayPlayer, type Wish } from "../../core/audio/replay-player.ts";
import type { FromReplay, ToReplay } from "./messages.ts";

/** Blocks of 128 samples between two reports: 40 ms, so that a ring follows a voice. */
const REPORT_BLOCKS = 15;

/** The audio thread of a replay: every voice into one output, one line after another. */
class Replay extends AudioWorkletProcessor {
  #line = 0;
  #player = new ReplayPlayer();
  #wish: Wish = { playing: false, speed: 1, skipsPauses: false };
  #blocks = 0;
  #wasSounding = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToReplay>) => this.#told(data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const first = channels[0];
    if (first === undefined) return true;
    this.#player.render(first);
    for (const other of channels.slice(1)) other.set(first);
    const { sounding } = this.#player.facts();
    // That sound begins is told at once: somebody pressed a button and waits.
    if (++this.#blocks % REPORT_BLOCKS === 0 || sounding !== this.#wasSounding) this.#report(first.length);
    this.#wasSounding = sounding;
    return true;
  }

  #told(message: ToReplay): void {
    switch (message.tell) {
      case "begin":
        this.#line = message.line;
        this.#player = new ReplayPlayer();
        this.#player.wish(this.#wish);
        return;
      case "chunk":
        this.#player.hear(message.chunk);
        return;
      case "finish":
        this.#player.finish();
        return;
      case "wish":
        this.#wish = message.wish;
        this.#player.wish(message.wish);
        return;
    }
  }

  #report(blockSamples: number): void {
    const said: FromReplay = {
      line: this.#line,
      facts: this.#player.facts(),
      levels: this.#player.levels(blockSamples * REPORT_BLOCKS),
    };
    this.port.postMessage(said);
  }
}

registerProcessor("canopy-replay", Replay);
