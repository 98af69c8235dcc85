import { FRAME_MS, SAMPLES_PER_MS, SILENCE_LEVEL } from "../../core/audio/format.ts";
import type { Encoder } from "../sound/codec.ts";
import { makeEncoder } from "../sound/encoder.ts";
import { Microphone, type MicrophoneChoice } from "../sound/microphone.ts";
import type { SpokenFrame } from "../sound/speech-sender.ts";
import { levelOf } from "../sound/voice-gate.ts";
import type { CapturedFrame } from "../sound/worklet-messages.ts";

/** What became of a choice: the chosen microphone is open, or another one in its place, or something newer was asked for. */
export type Opened = "chosen" | "another" | "superseded";

/** What becomes of a host's sound before it is sent: microphone → level → Opus. One at a time; a new choice replaces the old. */
export class StudioInput {
  readonly #onFrame: (frame: SpokenFrame) => void;
  readonly #onLevel: (level: number) => void;
  readonly #onFault: (fault: unknown) => void;
  readonly #onLost: () => void;
  #microphone: Microphone | undefined;
  #encoder: Encoder | undefined;
  #pending: { readonly sample: number; readonly level: number }[] = [];
  /** What the audio clock is added to, so that the speaker's clock goes on rising over reloads and new microphones, in samples. */
  #base = 0;
  #opening = 0;

  /** @param onLost the open microphone was unplugged, or the browser took it away */
  constructor(
    onFrame: (frame: SpokenFrame) => void,
    onLevel: (level: number) => void,
    onFault: (fault: unknown) => void,
    onLost: () => void,
  ) {
    this.#onFrame = onFrame;
    this.#onLevel = onLevel;
    this.#onFault = onFault;
    this.#onLost = onLost;
  }

  get microphone(): Microphone | undefined {
    return this.#microphone;
  }

  /**
   * Opens the chosen microphone, and lets go of the one before. Where the chosen one is gone, any other is taken.
   *
   * @throws what getUserMedia throws, or "no-encoder" as an Error's message
   */
  async open(choice: MicrophoneChoice): Promise<Opened> {
    this.close();
    const mine = this.#opening;
    try {
      const encoder = this.#encoder ?? (await this.#makeEncoder());
      // Whoever was quicker made one, too: one is enough.
      if (this.#encoder !== undefined && this.#encoder !== encoder) encoder.close();
      this.#encoder ??= encoder;
      if (mine !== this.#opening) return "superseded";
      const { microphone, opened } = await this.#openAny(choice, mine);
      if (mine !== this.#opening) {
        microphone.close();
        return "superseded";
      }
      this.#microphone = microphone;
      this.#base = Math.round(Date.now() * SAMPLES_PER_MS - microphone.context.currentTime * 1_000 * SAMPLES_PER_MS);
      return opened;
    } catch (fault) {
      if (mine !== this.#opening) return "superseded";
      throw fault;
    }
  }

  close(): void {
    this.#opening++;
    this.#microphone?.close();
    this.#microphone = undefined;
    // The next one's frames have no place on the speaker's clock before its own start is known.
    this.#base = 0;
    this.#onLevel(SILENCE_LEVEL);
  }

  async #openAny(choice: MicrophoneChoice, mine: number): Promise<{ microphone: Microphone; opened: Opened }> {
    const open = (one: MicrophoneChoice) =>
      Microphone.open(
        one,
        (frame) => mine === this.#opening && this.#captured(frame),
        () => mine === this.#opening && this.#onLost(),
      );
    try {
      return { microphone: await open(choice), opened: "chosen" };
    } catch (fault) {
      if (choice.deviceId === undefined || !isGone(fault)) throw fault;
      return { microphone: await open({ ...choice, deviceId: undefined }), opened: "another" };
    }
  }

  async #makeEncoder(): Promise<Encoder> {
    try {
      return await makeEncoder(
        (packet) => this.#encoded(packet),
        (cause) => this.#encoderFailed(cause),
      );
    } catch (cause) {
      throw new Error("no-encoder", { cause });
    }
  }

  /** An encoder that failed once encodes nothing any more: the next `open` makes another. */
  #encoderFailed(cause: unknown): void {
    this.#encoder = undefined;
    this.#pending = [];
    this.#onFault(new Error("encoder-failed", { cause }));
  }

  #captured({ at, pcm }: CapturedFrame): void {
    if (this.#base === 0 || this.#encoder === undefined) return;
    const level = levelOf(pcm);
    this.#onLevel(level);
    this.#pending.push({ sample: this.#base + at, level });
    // An encoder that swallowed frames would shift all the following ones: half a second behind, none of them is right.
    if (this.#pending.length > 500 / FRAME_MS) this.#pending = this.#pending.slice(-1);
    try {
      this.#encoder.encode(pcm);
    } catch (cause) {
      this.#encoderFailed(cause);
    }
  }

  #encoded(packet: Uint8Array<ArrayBuffer>): void {
    const frame = this.#pending.shift();
    if (frame !== undefined) this.#onFrame({ ...frame, packet });
  }
}

/** True if the wanted device is not there; false if the browser or the person says no to any. */
function isGone(fault: unknown): boolean {
  return fault instanceof DOMException && (fault.name === "OverconstrainedError" || fault.name === "NotFoundError");
}
