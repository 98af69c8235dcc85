import { FRAME_MS, FRAME_SAMPLES } from "../../core/audio/format.ts";
import { encodeSpeech, MAX_SPEECH_FRAMES } from "../../core/audio/speech.ts";
import type { Socket } from "../line/socket.ts";
import type { Loudness } from "../sound/loudness.ts";
import type { OpusFile } from "../sound/ogg.ts";

/** How often what is due is sent, in ms: two frames a message, as a page does. */
const SEND_EVERY_MS = 2 * FRAME_MS;
/**
 * How late the first message is on purpose, in ms. The room lays a talkspurt's timeline by how late the last frame of its first message
 * is: what comes later than that makes the timeline slip, which is heard. So long may this process be kept from sending.
 */
const START_LATE_MS = 100;

/** Where a file stands. */
export type Progress = { readonly spokenMs: number; readonly totalMs: number };

/**
 * Speaks a file in real time, frame by frame, on a clock that does not drift: what is due follows from when it started.
 *
 * A file can wait: while the line is down it pauses, and nothing of it is lost. The speaker's own sample clock goes on,
 * as a microphone's would, so that the room hears the pause as the silence it was.
 */
export class Speaker {
  readonly #file: OpusFile;
  readonly #loop: boolean;
  readonly #loudness: Pick<Loudness, "level">;
  readonly #done: () => void;
  /** Frames of the file spoken so far, over all of its rounds. */
  #spoken = 0;
  readonly #clockStartMs = performance.now();
  #first: NodeJS.Timeout | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param done called once, when the last frame has been sent; never with `loop` */
  constructor(file: OpusFile, loop: boolean, loudness: Pick<Loudness, "level">, done: () => void) {
    this.#file = file;
    this.#loop = loop;
    this.#loudness = loudness;
    this.#done = done;
  }

  /** Speaks on `socket` from where the file stands, until `pause()` or the end of the file. */
  speak(socket: Socket): void {
    this.pause();
    const startedMs = performance.now();
    const firstFrame = this.#spoken;
    // Whole frames of the clock that have passed: positions stay multiples of 20 ms.
    const firstTick = Math.round((startedMs - this.#clockStartMs) / FRAME_MS);
    const send = (): void => {
      // Always pairs, so that every message is as late as the one before.
      const dueFrames = 2 + 2 * Math.floor((performance.now() - startedMs) / SEND_EVERY_MS);
      while (this.#spoken - firstFrame < dueFrames && !this.#isOver()) {
        const starts = this.#spoken === firstFrame;
        // The first message is a pair as well, and all of it late: what else is due follows in a message of its own.
        const frames = this.#next(starts ? 2 : dueFrames - (this.#spoken - firstFrame));
        const sample = ((firstTick + this.#spoken - firstFrame) * FRAME_SAMPLES) % 2 ** 32;
        this.#spoken += frames.length;
        socket.sendBinary(encodeSpeech({ sample, level: this.#loudness.level(frames), starts, ends: this.#isOver(), frames }));
      }
      if (!this.#isOver()) return;
      this.pause();
      this.#done();
    };
    this.#first = setTimeout(() => {
      send();
      this.#timer = setInterval(send, SEND_EVERY_MS);
    }, START_LATE_MS);
  }

  /** Stops speaking where it is. */
  pause(): void {
    clearTimeout(this.#first);
    clearInterval(this.#timer);
  }

  /** How much has been spoken; the total is that of one round. */
  progress(): Progress {
    return { spokenMs: this.#spoken * FRAME_MS, totalMs: this.#file.frames.length * FRAME_MS };
  }

  /** Up to `due` frames from where the file stands; a message never reaches from one round into the next. */
  #next(due: number): readonly Uint8Array[] {
    const index = this.#spoken % this.#file.frames.length;
    return this.#file.frames.slice(index, index + Math.min(due, MAX_SPEECH_FRAMES));
  }

  #isOver(): boolean {
    return !this.#loop && this.#spoken >= this.#file.frames.length;
  }
}
