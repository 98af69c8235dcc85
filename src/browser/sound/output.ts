import type { Patience } from "../../core/audio/jitter-buffer.ts";
import type { HeardChunk } from "../../core/audio/player.ts";
import { SoundOut } from "./sound-out.ts";
import type { FromOutput, OutputOptions, ToOutput } from "./worklet-messages.ts";

/** The ears of who listens live: the mixing worklet with its jitter buffer. */
export class Output extends SoundOut<ToOutput, FromOutput> {
  /**
   * @param patience for who speaks with those whom he hears: he hears as directly as the browser can, and his microphone stays open
   * @param onChange sound may have been stopped or let out, by the browser or the phone; see `sounding`
   */
  constructor(onReport: (report: FromOutput) => void, onChange: () => void, patience?: Patience) {
    const options: OutputOptions = { patience };
    super({ file: "output", name: "canopy-output", options }, patience !== undefined, onReport, onChange);
  }

  /** Hands a chunk to the audio thread; its sound is gone from here. */
  play(chunk: HeardChunk): void {
    this.tell(
      { tell: "chunk", chunk },
      chunk.sounds.map(({ pcm }) => pcm.buffer),
    );
  }

  goLive(): void {
    this.tell({ tell: "go-live" });
  }

  /** Forgets everything that was heard or waits to be. */
  startAnew(): void {
    this.tell({ tell: "start-anew" });
  }
}
