import { FRAME_MS, SAMPLES_PER_MS, SILENCE_LEVEL } from "../core/audio/format.ts";
import type { Encoder } from "./codec.ts";
import { makeEncoder } from "./encoder.ts";
import { Microphone, type MicrophoneChoice } from "./microphone.ts";
import type { SpokenFrame } from "./speech-sender.ts";
import { levelOf } from "./voice-gate.ts";
import type { CapturedFrame } from "./worklet-messages.ts";

/** What becomes of a host's sound before it is sent: microphone → level → Opus. One at a time; a new choice replaces the old. */
export class StudioInput {
  readonly #onFrame: (frame: SpokenFrame) => void;
  readonly #onLevel: (level: number) => void;
  readonly #onFault: (fault: unknown) => void;
  #microphone: Microphone | undefined;
  #encoder: Encoder | undefined;
  #pending: { readonly sample: number; readonly level: number }[] = [];
  /** What the audio clock is added to, so that the speaker's clock goes on rising over reloads and new microphones, in samples. */
  #base = 0;
  #opening = 0;

  constructor(onFrame: (frame: SpokenFrame) => void, onLevel: (level: number) => void, onFault: (fault: unknown) => void) {
    this.#onFrame = onFrame;
    this.#onLevel = onLevel;
    this.#onFault = onFault;
  }

  get microphone(): Microphone | undefined {
    return this.#microphone;
  }

  /**
   * Opens the chosen microphone, and lets go of the one before. False if another was chosen meanwhile, which is opening or open.
   *
   * @throws what getUserMedia throws, or "no-encoder" as an Error's message
   */
  async open(choice: MicrophoneChoice): Promise<boolean> {
    this.close();
    const mine = ++this.#opening;
    this.#encoder ??= await makeEncoder((packet) => this.#encoded(packet), this.#onFault).catch((cause: unknown) => {
      throw new Error("no-encoder", { cause });
    });
    const microphone = await Microphone.open(
      choice,
      (frame) => mine === this.#opening && this.#captured(frame),
      () => this.#onFault(new DOMException("The microphone is gone", "NotFoundError")),
    );
    if (mine !== this.#opening) {
      microphone.close();
      return false;
    }
    this.#microphone = microphone;
    this.#base = Math.round(Date.now() * SAMPLES_PER_MS - microphone.context.currentTime * 1_000 * SAMPLES_PER_MS);
    return true;
  }

  close(): void {
    this.#opening++;
    this.#microphone?.close();
    this.#microphone = undefined;
    this.#onLevel(SILENCE_LEVEL);
  }

  #captured({ at, pcm }: CapturedFrame): void {
    if (this.#base === 0) return;
    const level = levelOf(pcm);
    this.#onLevel(level);
    this.#pending.push({ sample: this.#base + at, level });
    // An encoder that swallowed frames would shift all the following ones: half a second behind, none of them is right.
    if (this.#pending.length > 500 / FRAME_MS) this.#pending = this.#pending.slice(-1);
    this.#encoder?.encode(pcm);
  }

  #encoded(packet: Uint8Array<ArrayBuffer>): void {
    const frame = this.#pending.shift();
    if (frame !== undefined) this.#onFrame({ ...frame, packet });
  }
}
