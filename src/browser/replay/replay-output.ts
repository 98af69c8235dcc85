import type { HeardChunk } from "../../core/audio/player.ts";
import type { Wish } from "../../core/audio/replay-player.ts";
import { SoundOut } from "../sound/sound-out.ts";
import type { FromReplay, ToReplay } from "./messages.ts";

/** The ears of who hears what was kept. */
export class ReplayOutput extends SoundOut<ToReplay, FromReplay> {
  constructor(onReport: (report: FromReplay) => void, onChange: () => void) {
    super({ file: "replay", name: "canopy-replay" }, false, onReport, onChange);
  }

  /** A new line: what was heard, or waits to be, is forgotten. */
  begin(line: number): void {
    this.tell({ tell: "begin", line });
  }

  /** Hands the next chunk of the line to the audio thread; its sound is gone from here. */
  hear(chunk: HeardChunk): void {
    this.tell(
      { tell: "chunk", chunk },
      chunk.sounds.map(({ pcm }) => pcm.buffer),
    );
  }

  finish(): void {
    this.tell({ tell: "finish" });
  }

  wish(wish: Wish): void {
    this.tell({ tell: "wish", wish });
  }
}
