import { Talkspurts, type Voiced } from "../captions/talkspurts.ts";
import { SilenceWatch } from "../line/silence-watch.ts";
import { isUncleaned, type MicrophoneChoice } from "../sound/microphone.ts";
import { type SpeechLine, SpeechSender, type SpokenFrame } from "../sound/speech-sender.ts";
import { SideSounds } from "./side-sounds.ts";
import type { Studio } from "./studio.ts";
import { StudioMicrophone } from "./studio-microphone.ts";

/** Two would halve the messages that the room reads and cost everybody 20 ms; one host's 50 a second are nothing to it. */
const FRAMES_PER_MESSAGE = 1;
/** A line that left frames out is called too slow for so long after, in ms. */
const LOSSY_MS = 10_000;

/** What the mouth asks of its owner, and tells him. */
export type StageMouthNews = {
  /** How all stands now: it decides whether what is said goes out. */
  readonly studio: () => Studio;
  readonly onChange: (news: Partial<Studio>) => void;
  /** A microphone is open, though the browser may hold it back until a touch. */
  readonly onOpened: () => void;
};

/** What who is on stage says: microphone, sound file and browser tab, gated, and sent while he is to be heard. */
export class StageMouth {
  readonly #news: StageMouthNews;
  readonly #sender: SpeechSender;
  readonly #microphone: StudioMicrophone;
  readonly #talk = new Talkspurts();
  readonly #silence = new SilenceWatch();
  /** A sound file and a browser tab that are mixed into what is said: for the page to choose, play and stop. */
  readonly sides: SideSounds;
  #uncleaned = false;
  #leftOut = 0;
  #leftOutAt = Number.NEGATIVE_INFINITY;

  constructor(line: SpeechLine, news: StageMouthNews) {
    this.#news = news;
    this.#sender = new SpeechSender(line, FRAMES_PER_MESSAGE);
    this.#microphone = new StudioMicrophone({
      onFrame: (frame) => this.#spoken(frame),
      onLevel: (level) => this.#leveled(level),
      onChange: news.onChange,
      onOpened: () => {
        this.#silence.begin(performance.now());
        news.onOpened();
      },
      onMouth: (mouth) => this.sides.attach(mouth),
    });
    this.sides = new SideSounds((told) => {
      this.#sender.everything = this.#uncleaned || this.sides.sounding;
      news.onChange(told);
    });
  }

  /** The microphone's level just now, −dBov. */
  get level(): number {
    return this.#microphone.level;
  }

  get device(): { readonly id: string | undefined; readonly label: string } | undefined {
    return this.#microphone.device;
  }

  /** What the microphone captures, for who recognizes it; undefined while none is open. */
  get track(): MediaStreamTrack | undefined {
    return this.#microphone.track;
  }

  /** When there was a voice last, by this page's clock. */
  get voiced(): Voiced | undefined {
    return this.#talk.last;
  }

  /** Frames left out because the line could not take them. */
  get leftOut(): number {
    return this.#sender.leftOut;
  }

  /** Opens the microphone, or another one. */
  async open(choice: MicrophoneChoice): Promise<void> {
    this.#sender.restart();
    this.#uncleaned = isUncleaned(choice.cleaning);
    this.#sender.everything = this.#uncleaned || this.sides.sounding;
    await this.#microphone.open(choice);
  }

  /** Lets a held-back microphone run; only within a gesture does the browser allow it. */
  async wake(): Promise<void> {
    await this.#microphone.wake();
  }

  /** Records four seconds and plays them back as listeners would hear them. */
  check(): void {
    this.#microphone.check();
  }

  stopCheck(): void {
    this.#microphone.stopCheck();
  }

  /** Whether one is to be heard changes here: who hears a voice is told that this was all of it, and a silent microphone is given time anew. */
  turn(): void {
    this.#sender.finish();
    this.#silence.begin(performance.now());
  }

  /** The line was lost, or the room mutes: the next voice starts a talkspurt. */
  restart(): void {
    this.#sender.restart();
  }

  /** True if the line could not take all of it some seconds ago. To be asked every few seconds. */
  isLossy(): boolean {
    const now = performance.now();
    if (this.#sender.leftOut > this.#leftOut) this.#leftOutAt = now;
    this.#leftOut = this.#sender.leftOut;
    return now - this.#leftOutAt < LOSSY_MS;
  }

  /** Lets go of the microphone and of the tab. */
  shut(): void {
    this.sides.closeTab();
    this.#microphone.close();
  }

  /** Lets go of everything, for good. */
  close(): void {
    this.#sender.finish();
    this.sides.close();
    this.#microphone.close();
  }

  #spoken(frame: SpokenFrame): void {
    const { wanted, rehearsing, muted, link } = this.#news.studio();
    if (!(wanted || rehearsing) || muted || link !== "open") return;
    this.#sender.take(frame);
  }

  #leveled(level: number): void {
    this.#talk.frame(this.#sender.speaking, performance.now());
    const nothing = this.#silence.silent(level, this.#sender.speaking, performance.now());
    const { onAir, muted, microphone, silent: before } = this.#news.studio();
    const silent = nothing && onAir && !muted && microphone === "open";
    if (silent !== before) this.#news.onChange({ silent });
  }
}
