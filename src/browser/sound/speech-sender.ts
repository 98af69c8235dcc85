import { FRAME_SAMPLES, SILENCE_LEVEL } from "../../core/audio/format.ts";
import { encodeSpeech, MAX_SPEECH_FRAMES } from "../../core/audio/speech.ts";
import { VoiceGate } from "./voice-gate.ts";

/** More than this unsent, and frames are left out until it has drained: 8 s at 32 kbit/s would come too late anyway. In bytes. */
const CLOGGED_BYTES = 32_000;
/** Drained to this, sending goes on, in bytes: half a second. */
const DRAINED_BYTES = 2_000;

/** One encoded frame: where it stands on the speaker's clock, in samples, and its level in −dBov. */
export type SpokenFrame = { readonly sample: number; readonly level: number; readonly packet: Uint8Array };

/** Where messages go, and how much of them waits there. */
export type SpeechLine = {
  readonly unsentBytes: () => number;
  /** False if there is no line at this moment. */
  readonly send: (message: Uint8Array<ArrayBuffer>) => boolean;
};

/**
 * Encoded frames in, messages to the room out: gated, and packed `framesPerMessage` together (two halve the messages that the
 * room must read and cost 20 ms). What cannot be sent is left out and the next talkspurt starts anew: late speech is worse than none.
 */
export class SpeechSender {
  readonly #line: SpeechLine;
  readonly #framesPerMessage: number;
  readonly #gate = new VoiceGate<SpokenFrame>();
  #packed: SpokenFrame[] = [];
  #starts = false;
  #next: number | undefined;
  #clogged = false;
  /** Frames that should have been heard and were left out. */
  leftOut = 0;

  constructor(line: SpeechLine, framesPerMessage: number) {
    this.#line = line;
    this.#framesPerMessage = framesPerMessage;
  }

  /** True while the voice passes the gate. */
  get speaking(): boolean {
    return this.#gate.open;
  }

  /** For music: soft sounds and long decays are sent too, and only silence is not. */
  set everything(everything: boolean) {
    this.#gate.everything = everything;
  }

  take(frame: SpokenFrame): void {
    // The clock jumped (the page slept): what comes is a new talkspurt.
    if (this.#next !== undefined && frame.sample !== this.#next) this.restart();
    this.#next = frame.sample + FRAME_SAMPLES;
    const passed = this.#gate.pass(frame, frame.level);
    if (passed === undefined) return;
    this.#packed.push(...passed.frames);
    this.#starts ||= passed.starts;
    if (this.#packed.length >= this.#framesPerMessage || passed.ends) this.#flush(passed.ends);
  }

  /** Nothing more is said for now, on purpose: whoever hears it is told, so that it is no loss. */
  finish(): void {
    const next = this.#next;
    if (this.speaking && next !== undefined) {
      const ended = { sample: next >>> 0, level: SILENCE_LEVEL, starts: false, ends: true, frames: [] };
      this.#line.send(encodeSpeech(ended));
    }
    this.restart();
  }

  /** Sound was or will be interrupted (a lost line, off air, muted): the next voice starts a talkspurt. */
  restart(): void {
    this.#gate.shut();
    this.#packed = [];
    this.#starts = false;
  }

  #flush(ends: boolean): void {
    const frames = this.#packed.slice(-MAX_SPEECH_FRAMES);
    const first = frames[0];
    this.#packed = [];
    if (first === undefined) return;
    this.#clogged = this.#line.unsentBytes() > (this.#clogged ? DRAINED_BYTES : CLOGGED_BYTES);
    const message = encodeSpeech({
      sample: first.sample >>> 0,
      level: Math.min(...frames.map(({ level }) => level)),
      starts: this.#starts,
      ends,
      frames: frames.map(({ packet }) => packet),
    });
    const sent = !this.#clogged && this.#line.send(message);
    if (!sent) {
      this.leftOut += frames.length;
      this.restart();
      return;
    }
    this.#starts = false;
  }
}
