import type { VoiceLevel } from "../../core/audio/mixer.ts";
import { replayMs } from "../../core/audio/recording.ts";
import { type ReplayEffect, ReplayMind } from "../../core/audio/replay-mind.ts";
import type { Wish } from "../../core/audio/replay-player.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import { decoderMaker } from "../sound/decoder.ts";
import type { Archive } from "./fetching.ts";
import type { FromReplay } from "./messages.ts";
import { type Replay, UNHEARD } from "./replay.ts";
import { ReplayEar } from "./replay-ear.ts";
import { ReplayOutput } from "./replay-output.ts";

/** While something waits for a time it is looked at so often, in ms. */
const TICK_MS = 250;
/** What is recorded is asked anew so often, in ms, while the room goes on: so much later one hears what is said … */
const GROWING_MS = 10_000;
/** … and after its end, in ms: so much later one hears that it was deleted. */
const KEPT_MS = 30_000;
/** A manifest that failed is not asked for again before so long, in ms. */
const LOOK_MS = 2_000;
/** Sound fades out before the audio thread rests, in ms. */
const FADE_MS = 60;
/** Sound that is not let out so long after the click is held back, in ms. */
const HELD_AFTER_MS = 1_000;

/** A replay's engine: archive → mind → ear. It shows nothing; `onChange` tells when there is news. */
export class Replaying {
  readonly #archive: Archive;
  readonly #output: ReplayOutput;
  readonly #onChange: () => void;
  readonly #onLevels: (levels: readonly VoiceLevel[], epoch: number | undefined) => void;
  readonly #ear: ReplayEar;
  #preparing: Promise<void> | undefined;
  #mind: ReplayMind | undefined;
  #wantedAt: number | undefined;
  #startMs: number;
  #toldLosses = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #looking = false;
  #state: Replay = UNHEARD;

  /**
   * @param startMs where it begins, in ms of replay time
   * @param onLevels how loud whose voices are; voices are of that epoch
   * @throws if this browser knows no AudioContext
   */
  constructor(
    archive: Archive,
    startMs: number,
    onChange: () => void,
    onLevels: (levels: readonly VoiceLevel[], epoch: number | undefined) => void,
  ) {
    this.#archive = archive;
    this.#startMs = startMs;
    this.#onChange = onChange;
    this.#onLevels = onLevels;
    this.#output = new ReplayOutput(
      (report) => this.#reported(report),
      () => this.#soundChanged(),
    );
    this.#ear = new ReplayEar(this.#output);
    setInterval(() => this.#tick(), TICK_MS);
  }

  get state(): Replay {
    return this.#state;
  }

  /** What was played so far, for who compares. */
  get heard(): { readonly chunks: number; readonly hash: string } {
    return this.#ear.heard;
  }

  /** Asks what is recorded, and makes ready what needs no click. May be called again. @throws LoadFault if a part cannot be fetched */
  prepare(): Promise<void> {
    void this.#look();
    this.#preparing ??= this.#prepare().catch((fault: unknown) => {
      this.#preparing = undefined;
      throw fault;
    });
    return this.#preparing;
  }

  /** Plays on; from the start where it was at the end. Call it from a click, the first time. @throws as `prepare` does */
  async play(): Promise<void> {
    if (this.#state.phase !== "ready" || this.#state.wish.playing) return;
    this.#wantedAt = performance.now();
    if (this.#state.finished) this.seek(0);
    this.#set({ toSoundMs: undefined, loss: undefined });
    this.wish({ playing: true });
    setTimeout(() => this.#soundChanged(), HELD_AFTER_MS);
    const unlocked = this.#output.unlock();
    // What fails in both is told once, by the first.
    unlocked.catch(() => undefined);
    await this.prepare();
    await unlocked;
    this.#soundChanged();
  }

  async pause(): Promise<void> {
    this.wish({ playing: false });
    this.#set({ waiting: false, held: false });
    await new Promise((faded) => setTimeout(faded, FADE_MS));
    if (!this.#state.wish.playing) await this.#output.rest();
  }

  /** Changes what the listener wishes. */
  wish(wish: Partial<Wish>): void {
    this.#set({ wish: { ...this.#state.wish, ...wish } });
    this.#output.wish(this.#state.wish);
  }

  /** Goes to `ms` of replay time, playing or not. */
  seek(ms: number): void {
    const mind = this.#mind;
    if (mind === undefined) return;
    this.#wantedAt = performance.now();
    this.#perform(mind.seek(ms, performance.now()));
    this.#set({ positionMs: mind.positionMs, finished: false, caughtUp: false, loss: undefined, toSoundMs: undefined });
  }

  set volume(volume: number) {
    this.#output.volume = volume;
  }

  /** A gesture: a chance to give sound free that a browser or a phone held back. */
  touched(): void {
    if (this.#state.wish.playing) this.#output.nudge();
  }

  async #prepare(): Promise<void> {
    const [make] = await Promise.all([decoderMaker(), this.#output.load()]);
    this.#ear.make = make;
    this.#output.wish(this.#state.wish);
    this.#startIfReady();
  }

  /** Asks what is recorded by now. */
  async #look(): Promise<void> {
    if (this.#looking || this.#isOver || performance.now() - this.#lookedAt < LOOK_MS) return;
    this.#looking = true;
    const found = await this.#archive.recording();
    this.#looking = false;
    this.#lookedAt = performance.now();
    if (typeof found !== "string") return this.#found(found);
    if (found === "unreachable") {
      // What is known goes on; the mind says what does not come.
      if (this.#mind === undefined) this.#set({ phase: found });
    } else this.#end(found === "none" && this.#state.phase === "ready" ? "deleted" : found);
  }

  #found(news: RecordingNews): void {
    this.#set({ phase: "ready", news, durationMs: replayMs(news) });
    if (this.#mind === undefined) return this.#startIfReady();
    const effects = this.#mind.known(news, news.ended, performance.now());
    if (effects === false) this.#end("deleted");
    else this.#perform(effects);
  }

  #startIfReady(): void {
    const { news } = this.#state;
    if (this.#mind !== undefined || !this.#ear.isReady || news === undefined) return;
    this.#mind = new ReplayMind(news, news.ended);
    this.#perform(this.#mind.seek(this.#startMs, performance.now()));
    this.#set({ positionMs: this.#mind.positionMs });
  }

  get #isOver(): boolean {
    return this.#state.phase === "deleted" || this.#state.phase === "none" || this.#state.phase === "locked";
  }

  /** There is nothing to hear any more. */
  #end(phase: "deleted" | "none" | "locked"): void {
    this.#mind = undefined;
    this.#archive.drop();
    this.#begin();
    this.#set({ phase, news: undefined });
    void this.pause();
  }

  #perform(effects: readonly ReplayEffect[]): void {
    for (const effect of effects) {
      switch (effect.do) {
        case "begin":
          this.#archive.drop();
          this.#begin();
          break;
        case "fetch":
          void this.#fetch(effect.name);
          break;
        case "hear":
          for (const chunk of effect.chunks) this.#ear.take(chunk);
          break;
        case "finish":
          this.#ear.finish();
          break;
        case "look":
          void this.#look();
          break;
      }
    }
  }

  #begin(): void {
    this.#toldLosses = 0;
    this.#ear.begin();
  }

  async #fetch(name: SegmentName): Promise<void> {
    const path = this.#state.news?.segments;
    const mind = this.#mind;
    const found = path === undefined ? undefined : await this.#archive.segment(path, name);
    if (found === undefined || mind === undefined || mind !== this.#mind) return;
    const now = performance.now();
    this.#perform(typeof found === "string" ? mind.notGot(name, found, now) : mind.got(name, found, now));
    this.#onChange();
  }

  #reported({ line, facts, levels }: FromReplay): void {
    const mind = this.#mind;
    if (mind === undefined || line !== this.#ear.line) return;
    const { playing, speed } = this.#state.wish;
    this.#perform(mind.plays(facts.lineMs, playing ? speed : 0, performance.now()));
    this.#onLevels(levels, mind.line.epochAt(facts.lineMs));
    const { losses } = mind.line;
    const passed = losses.filter(({ lineMs }) => lineMs <= facts.lineMs).length;
    const loss = passed > this.#toldLosses ? losses[passed - 1] : this.#state.loss;
    this.#toldLosses = passed;
    if (facts.sounding && this.#wantedAt !== undefined) {
      this.#set({ toSoundMs: Math.round(performance.now() - this.#wantedAt) });
      this.#wantedAt = undefined;
    }
    const { stalls, finished } = facts;
    const isNewlyFinished = finished && !this.#state.finished;
    this.#set({ positionMs: mind.positionMs, waiting: facts.starving, loss, stalls, finished, ...this.#standing(mind) });
    if (isNewlyFinished) void this.pause();
  }

  #standing(mind: ReplayMind): Pick<Replay, "trouble" | "caughtUp"> {
    return { trouble: mind.isInTrouble, caughtUp: mind.isCaughtUp };
  }

  #tick(): void {
    const { phase, news } = this.#state;
    const everyMs = phase === "unreachable" ? LOOK_MS : news?.ended === false ? GROWING_MS : KEPT_MS;
    const isDue = performance.now() - this.#lookedAt >= everyMs;
    if (isDue && !this.#isOver && document.visibilityState === "visible") void this.#look();
    if (this.#mind === undefined) return;
    this.#ear.mend();
    this.#perform(this.#mind.second(performance.now()));
    const standing = this.#standing(this.#mind);
    if (standing.trouble !== this.#state.trouble || standing.caughtUp !== this.#state.caughtUp) this.#set(standing);
  }

  #soundChanged(): void {
    const isLate = this.#wantedAt === undefined || performance.now() - this.#wantedAt >= HELD_AFTER_MS;
    this.#set({ held: this.#state.wish.playing && isLate && !this.#output.sounding });
  }

  #set(news: Partial<Replay>): void {
    this.#state = { ...this.#state, ...news };
    this.#onChange();
  }
}
