import { SILENCE_LEVEL } from "../../core/audio/format.ts";
import { encodeSpeech } from "../../core/audio/speech.ts";
import type { Socket } from "../line/socket.ts";
import type { Loudness } from "../sound/loudness.ts";
import { OpusSource } from "./opus-source.ts";
import { Pacer, type PacerFigures, SAY_EVERY_MS } from "./pacer.ts";

/** What may wait on the line to the room, in bytes, before live sound is rather left out: half a second at 256 kbit/s, more of less. */
const MAX_UNSENT_BYTES = 16 * 1024;

/** A source that is connected, as the bridge needs it. */
export type Inlet = {
  /** It cannot be taken: a sentence for whoever looks after the encoder. */
  turnAway(says: string): void;
  pause(): void;
  resume(): void;
};

/** What the bridge did so far. */
export type BridgeFigures = PacerFigures & {
  /** Bytes of sound that came. */
  readonly bytes: number;
  /** The loudest moment since this was asked last, in −dBov. */
  readonly level: number;
};

/** From whichever source is connected to the room's stage: one source at a time, the newest. */
export class Bridge {
  readonly #loudness: Pick<Loudness, "level">;
  readonly #title: (title: string) => void;
  readonly #pacer = new Pacer(performance.now());
  readonly #timer: NodeJS.Timeout;
  #socket: Socket | undefined;
  #inlet: Inlet | undefined;
  #isPaused = false;
  #bytes = 0;
  #level: number = SILENCE_LEVEL;

  /** @param title told what the stream says that it is called */
  constructor(loudness: Pick<Loudness, "level">, title: (title: string) => void) {
    this.#loudness = loudness;
    this.#title = title;
    this.#timer = setInterval(() => this.#say(), SAY_EVERY_MS);
  }

  /** From here on what is due is said there; undefined while there is no line. */
  set socket(socket: Socket | undefined) {
    this.#socket = socket;
  }

  /** True once the source is gone and all that it brought has been said. */
  get isDone(): boolean {
    return this.#pacer.isDone;
  }

  figures(): BridgeFigures {
    const figures = { ...this.#pacer.figures, bytes: this.#bytes, level: this.#level };
    this.#level = SILENCE_LEVEL;
    return figures;
  }

  /** A source has come. @returns where its bytes go, and its end; of a source that another has replaced, both change nothing */
  connect(inlet: Inlet): { bytes(bytes: Uint8Array): void; ended(): void } {
    this.#inlet = inlet;
    this.#isPaused = false;
    let isAnew = true;
    const source = new OpusSource({
      frame: (frame, starts) => {
        const level = this.#loudness.level([frame]);
        this.#level = Math.min(this.#level, level);
        this.#pacer.take(frame, level, starts || isAnew, performance.now());
        isAnew = false;
      },
      title: this.#title,
      refused: (says) => inlet.turnAway(says),
    });
    return {
      bytes: (bytes) => {
        if (this.#inlet !== inlet) return;
        this.#bytes += bytes.byteLength;
        source.push(bytes);
        this.#pause(inlet);
      },
      ended: () => {
        if (this.#inlet !== inlet) return;
        this.#inlet = undefined;
        this.#pacer.over();
      },
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    const socket = this.#socket;
    const isHeard = socket !== undefined && socket.unsentBytes < MAX_UNSENT_BYTES;
    for (const speech of this.#pacer.due(performance.now(), isHeard)) socket?.sendBinary(encodeSpeech(speech));
    if (this.#inlet !== undefined) this.#pause(this.#inlet);
  }

  #pause(inlet: Inlet): void {
    if (this.#pacer.wantsMore !== this.#isPaused) return;
    this.#isPaused = !this.#isPaused;
    if (this.#isPaused) inlet.pause();
    else inlet.resume();
  }
}
