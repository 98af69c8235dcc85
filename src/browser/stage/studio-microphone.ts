import { SILENCE_LEVEL } from "../../core/audio/format.ts";
import { words } from "../page/words.ts";
import { type MicrophoneChoice, sayMicrophoneFault } from "../sound/microphone.ts";
import type { SpokenFrame } from "../sound/speech-sender.ts";
import type { Mouth } from "./side-sounds.ts";
import { SoundCheck } from "./sound-check.ts";
import type { Studio } from "./studio.ts";
import { StudioInput } from "./studio-input.ts";

/** A microphone that is lost sooner than this is not replaced by another one: that one might be lost as soon, for ever. In ms. */
const LASTING_MS = 2_000;

/** What the studio's microphone tells its owner. */
export type MicrophoneNews = {
  readonly onFrame: (frame: SpokenFrame) => void;
  /** The newest frame's level, −dBov. */
  readonly onLevel: (level: number) => void;
  readonly onChange: (news: Partial<Pick<Studio, "microphone" | "fault" | "notice" | "check">>) => void;
  /** A microphone is open, though the browser may hold it back until a touch. */
  readonly onOpened: () => void;
  /** Where other sounds can be mixed in from here on; undefined while no microphone is open. */
  readonly onMouth: (mouth: Mouth | undefined) => void;
};

/** The host's microphone through a whole show: opened, changed, lost, replaced, tried out. */
export class StudioMicrophone {
  readonly #news: MicrophoneNews;
  readonly #input: StudioInput;
  readonly #check: SoundCheck;
  #choice: MicrophoneChoice | undefined;
  #openedAt = 0;
  #level = SILENCE_LEVEL;

  constructor(news: MicrophoneNews) {
    this.#news = news;
    this.#check = new SoundCheck((check, fault) =>
      news.onChange({ check, ...(fault !== undefined && { notice: words.studio.microphone.notPlayedBack }) }),
    );
    this.#input = new StudioInput(
      (frame) => this.#framed(frame),
      (level) => this.#leveled(level),
      (fault) => this.#failed(fault),
      () => this.#lost(),
    );
  }

  /** The level just now, −dBov. */
  get level(): number {
    return this.#level;
  }

  get device(): { readonly id: string | undefined; readonly label: string } | undefined {
    return this.#input.microphone?.device;
  }

  /** What the open microphone captures; undefined while none is open. */
  get track(): MediaStreamTrack | undefined {
    return this.#input.microphone?.track;
  }

  /** Opens the chosen microphone in place of the one before, or another one if the chosen one is gone. */
  async open(choice: MicrophoneChoice): Promise<void> {
    this.#choice = choice;
    this.#check.stop();
    this.#news.onMouth(undefined);
    this.#news.onChange({ microphone: "opening", fault: undefined, notice: undefined });
    try {
      const opened = await this.#input.open(choice);
      if (opened === "superseded") return;
      this.#openedAt = performance.now();
      this.#follow();
      this.#news.onMouth(this.#input.microphone);
      if (opened === "another") this.#notice(words.studio.microphone.gone);
      this.#news.onOpened();
    } catch (fault) {
      this.#failed(fault);
    }
  }

  close(): void {
    this.#check.stop();
    this.#news.onMouth(undefined);
    this.#input.close();
    this.#news.onChange({ microphone: "closed", fault: undefined, notice: undefined });
  }

  /** Lets a held-back microphone run; only within a gesture does the browser allow it. */
  async wake(): Promise<void> {
    await this.#input.microphone?.wake();
  }

  /** Records four seconds and plays them back as listeners would hear them. */
  check(): void {
    this.#check.start();
  }

  stopCheck(): void {
    this.#check.stop();
  }

  #follow(): void {
    const context = this.#input.microphone?.context;
    const tell = () => {
      if (context !== this.#input.microphone?.context) return;
      this.#news.onChange({ microphone: context?.state === "running" ? "open" : "held" });
    };
    context?.addEventListener("statechange", tell);
    tell();
  }

  #framed(frame: SpokenFrame): void {
    const context = this.#input.microphone?.context;
    if (context !== undefined) this.#check.take(frame.packet, context);
    this.#news.onFrame(frame);
  }

  #leveled(level: number): void {
    this.#level = level;
    this.#news.onLevel(level);
  }

  /** The microphone went away: another one, if there is any, is better than none. */
  #lost(): void {
    const choice = this.#choice;
    if (choice === undefined || performance.now() - this.#openedAt < LASTING_MS) {
      this.#failed(new DOMException("The microphone is gone", "NotFoundError"));
      return;
    }
    void this.open({ ...choice, deviceId: undefined }).then(() => this.#notice(words.studio.microphone.lost));
  }

  #notice(why: string): void {
    const label = this.device?.label;
    if (label !== undefined) this.#news.onChange({ notice: words.studio.microphone.nowIn(why, label) });
  }

  #failed(fault: unknown): void {
    this.#check.stop();
    this.#news.onMouth(undefined);
    this.#input.close();
    this.#news.onChange({ microphone: "fault", fault: sayMicrophoneFault(fault) });
  }
}
