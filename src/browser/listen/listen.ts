import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { ListenerSays } from "../../core/wire/listener-says.ts";
import { ChunkDecoder } from "../sound/chunk-decoder.ts";
import { decoderMaker } from "../sound/decoder.ts";
import { Output } from "../sound/output.ts";
import type { FromOutput } from "../sound/worklet-messages.ts";
import type { Glimpse } from "./glimpse.ts";
import { type Hearing, isOver, NOTHING_YET } from "./hearing.ts";
import { Line } from "./line.ts";
import { meIn } from "./me.ts";

/** A phone that put the page to sleep gets no more sound after so long, in ms: nobody hears it, and it would pile up. */
const ASLEEP_MS = 30_000;
/** After the end, so long a silence means that all was heard, in ms. */
const DRAINED_MS = 2_000;
/** Sound that is not let out so long after the click is held back, in ms; a phone in a call may leave the question open for ever. */
const HELD_AFTER_MS = 1_000;

/** The listener's engine: line → decoders → audio thread. It shows nothing; `onChange` tells when there is news. */
export class Listening {
  readonly #output: Output;
  readonly #line: Line;
  readonly #onChange: () => void;
  readonly #onLevels: (levels: readonly VoiceLevel[]) => void;
  /** The listener reads captions: in the cached lane they must be asked for. */
  reading = false;
  #preparing: Promise<void> | undefined;
  #decoder: ChunkDecoder | undefined;
  #clickedAt = 0;
  #clickedNow = false;
  #asleepSince: number | undefined;
  #silentSince: number | undefined;
  #state: Hearing;

  /** @throws if this browser knows no AudioContext */
  constructor(room: string, glimpse: Glimpse, onChange: () => void, onLevels: (levels: readonly VoiceLevel[]) => void) {
    this.#state = { ...NOTHING_YET, ...glimpse };
    this.#onChange = onChange;
    this.#onLevels = onLevels;
    this.#output = new Output(
      (report) => this.#reported(report),
      () => this.#soundChanged(),
    );
    this.#line = new Line(room, meIn(room), {
      chunk: (chunk, counts) => this.#decoder?.take(chunk, counts, performance.now()),
      news: (news) => this.#set(news),
      hearing: () => this.#state,
      reads: () => this.reading,
      mayHear: () => !this.#fellAsleep(),
    });
  }

  get state(): Hearing {
    return this.#state;
  }

  /**
   * Makes ready what needs no click: the audio thread's code, and which decoder there is. May be tried again.
   *
   * @throws LoadFault if a part cannot be fetched
   */
  prepare(): Promise<void> {
    this.#preparing ??= this.#prepare().catch((fault: unknown) => {
      this.#preparing = undefined;
      throw fault;
    });
    return this.#preparing;
  }

  /** Begins to listen, at the live edge; nothing once it is over. Call it from a click. @throws as `prepare` does */
  async listen(): Promise<void> {
    if (this.#state.listening || isOver(this.#state)) return;
    this.#clickedAt = performance.now();
    this.#clickedNow = true;
    this.#asleepSince = undefined;
    this.#silentSince = undefined;
    this.#set({ listening: true, firstSoundMs: undefined, missed: undefined });
    const unlocked = this.#output.unlock();
    setTimeout(() => {
      this.#clickedNow = false;
      this.#soundChanged();
    }, HELD_AFTER_MS);
    // What fails in both is told once, by the first.
    unlocked.catch(() => undefined);
    // Sound may come before the browser lets it out, never before there is somebody to decode it.
    await this.prepare();
    this.#beginIfIdle();
    await unlocked;
    this.#soundChanged();
  }

  /** Stops listening; `listen` begins again at the live edge. */
  async pause(): Promise<void> {
    if (!this.#state.listening) return;
    this.#set({ listening: false, held: false });
    this.#line.stop();
    await this.#output.rest();
  }

  /** What the room's own page says, for those who do not listen; who listens knows better. */
  glimpsed(glimpse: Glimpse): void {
    if (!this.#state.listening && !isOver(this.#state)) this.#set(glimpse);
  }

  /** Says something to the room's people: a reaction, a hand, a question. False if there is no line at this moment. */
  say(said: ListenerSays): boolean {
    return this.#line.say(said);
  }

  goLive(): void {
    this.#output.goLive();
  }

  set volume(volume: number) {
    this.#output.volume = volume;
  }

  /** A gesture: a chance to give sound free that a browser or a phone held back. */
  touched(): void {
    if (this.#state.listening) this.#output.nudge();
  }

  async #prepare(): Promise<void> {
    await this.#output.load();
    this.#decoder ??= new ChunkDecoder(await decoderMaker(), (chunk) => this.#output.play(chunk));
  }

  #beginIfIdle(): void {
    if (!this.#state.listening || this.#decoder === undefined || !this.#line.isIdle) return;
    this.#output.startAnew();
    this.#line.start();
  }

  #reported({ facts, levels }: FromOutput): void {
    if (facts.playing && this.#state.firstSoundMs === undefined && this.#state.listening) {
      this.#set({ firstSoundMs: Math.round(performance.now() - this.#clickedAt) });
    }
    this.#onLevels(levels);
    this.#set({ facts });
    if (!isOver(this.#state) || facts.playing) this.#silentSince = undefined;
    else this.#silentSince ??= performance.now();
    if (this.#silentSince !== undefined && performance.now() - this.#silentSince > DRAINED_MS) void this.pause();
  }

  #soundChanged(): void {
    if (!this.#state.listening) return;
    if (this.#output.context.state === "running") {
      this.#asleepSince = undefined;
      this.#beginIfIdle();
    } else {
      this.#asleepSince ??= performance.now();
    }
    this.#set({ held: !this.#clickedNow && !this.#output.sounding });
    this.#releaseIfHeld();
  }

  /** What is held back when it is all over will never be let out. */
  #releaseIfHeld(): void {
    if (this.#state.held && isOver(this.#state)) void this.pause();
  }

  #fellAsleep(): boolean {
    if (this.#asleepSince === undefined || performance.now() - this.#asleepSince < ASLEEP_MS) return false;
    this.#line.stop();
    return true;
  }

  #set(news: Partial<Hearing>): void {
    this.#state = { ...this.#state, ...news };
    this.#onChange();
    if (news.link !== undefined) this.#releaseIfHeld();
  }
}
