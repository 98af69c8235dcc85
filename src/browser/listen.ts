import { chunksIn, decodeChunk, soundsIn } from "../core/audio/chunk.ts";
import { type LaneName, Lanes } from "../core/audio/lanes.ts";
import type { VoiceLevel } from "../core/audio/mixer.ts";
import { BEFORE_ALL, comparePositions, formatPosition, type Position } from "../core/audio/position.ts";
import type { ListenerHears, State, Welcome } from "../core/wire/messages.ts";
import { parseListenerHears } from "../core/wire/parse.ts";
import { comeBackTold } from "../core/wire/room-states.ts";
import { whyNot } from "./api.ts";
import { openCachedLane } from "./cached-lane.ts";
import { ChunkDecoder } from "./chunk-decoder.ts";
import { decoderMaker } from "./decoder.ts";
import type { Glimpse } from "./glimpse.ts";
import { type Hearing, isOver, NOTHING_YET, newsOf } from "./hearing.ts";
import { Link } from "./link.ts";
import type { LinkPhase } from "./link-mind.ts";
import { Output } from "./output.ts";
import type { FromOutput } from "./worklet-messages.ts";

/** Live sound comes ten times a second: 3 s of nothing is suspicious, and a living link answers within 2 s. */
const PATIENCE = { silentMs: 3_000, answerMs: 2_000 };
/** A phone that put the page to sleep gets no more sound after so long, in ms: nobody hears it, and it would pile up. */
const ASLEEP_MS = 30_000;
/** Where the room wants to know that sound arrives, it is told this seldom, in ms. */
const ACK_MS = 5_000;
/** A cut connection is soon back, and the leaf replays; after so long, in ms, the cached lane is heard until it is. */
const CUT_OFF_MS = 2_500;
/** After the end, so long a silence means that all was heard, in ms. */
const DRAINED_MS = 2_000;
/** Sound that is not let out so long after the click is held back, in ms; a phone in a call may leave the question open for ever. */
const HELD_AFTER_MS = 1_000;

/** The listener's engine: socket → decoders → audio thread. It shows nothing; `onChange` tells when there is news. */
export class Listening {
  readonly #output: Output;
  readonly #link: Link;
  readonly #onChange: () => void;
  readonly #onLevels: (levels: readonly VoiceLevel[]) => void;
  #preparing: Promise<void> | undefined;
  #decoder: ChunkDecoder | undefined;
  readonly #lanes: Lanes<readonly State[]>;
  #cutOffAt: number | undefined;
  #greeting: Position = BEFORE_ALL;
  #skipGreeting = false;
  #clickedAt = 0;
  #clickedNow = false;
  #asleepSince: number | undefined;
  #silentSince: number | undefined;
  #welcomes = 0;
  #acks = false;
  #ackedAt = 0;
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
    this.#lanes = new Lanes(
      openCachedLane,
      {
        hear: (bytes, lane, replayed) => this.#hear(bytes, lane, replayed),
        gap: ({ from, to }) => this.#missed(from, to),
      },
      (states) => {
        for (const state of states) this.#set(newsOf(state));
      },
    );
    const url = new URL(`/rooms/${room}/listen`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#link = new Link({
      url: () => {
        const { heard } = this.#lanes;
        if (heard !== undefined) url.searchParams.set("from", formatPosition(heard));
        else url.searchParams.delete("from");
        return url.href;
      },
      patience: PATIENCE,
      probe: () => "ping",
      expectsSound: () => this.#state.phase === "live",
      onText: (text) => this.#text(parseListenerHears(text)),
      onBinary: (bytes) => this.#binary(bytes),
      onChange: (link, end) => {
        this.#watchCut(link);
        if (link === this.#state.link && end === this.#state.end) return;
        this.#set({ link, end });
        this.#releaseIfHeld();
      },
      askWhy: () => whyNot(room),
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
    this.#stop();
    await this.#output.rest();
  }

  /** What the room's own page says, for those who do not listen; who listens knows better. */
  glimpsed(glimpse: Glimpse): void {
    if (!this.#state.listening && !isOver(this.#state)) this.#set(glimpse);
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
    if (!this.#state.listening || this.#decoder === undefined || this.#link.phase !== "idle") return;
    this.#lanes.forget();
    this.#output.startAnew();
    this.#link.start();
  }

  #text(said: ListenerHears | undefined): void {
    if (said !== undefined) this.#link.told(comeBackTold(said));
    switch (said?.type) {
      case undefined:
        break;
      case "welcome":
        this.#welcomed(said);
        break;
      case "gap":
        this.#lanes.told({ from: said.from, to: said.to });
        break;
      case "lane":
        this.#lanes.diverted(said.segments);
        this.#set({ lane: this.#lanes.lane, full: true });
        break;
      default:
        if (said !== undefined) this.#set(newsOf(said));
    }
  }

  #welcomed(said: Welcome): void {
    this.#welcomes++;
    this.#greeting = { epoch: said.epoch, sequence: said.sequence };
    if (!said.states.some(({ type }) => type === "status")) this.#set({ stride: 1 });
    this.#acks = said.acks === true;
    // Who comes after a move finds the room as it is, and has nothing to be told.
    const news = said.states.filter((state) => state.type !== "moved" || this.#welcomes > 1);
    for (const state of news) this.#set(newsOf(state));
    // What sounded last, long ago perhaps, is not what a newcomer to a quiet room came for.
    this.#skipGreeting = this.#lanes.heard === undefined && this.#state.phase !== "live";
    this.#lanes.welcomed(said.segments);
    this.#set({ reconnects: this.#welcomes - 1, lane: this.#lanes.lane, full: false });
  }

  #missed(from: Position, to: Position): void {
    const chunks = from.epoch === to.epoch ? to.sequence - from.sequence - 1 : 0;
    this.#set({ missed: { ms: chunks * (this.#state.room?.chunkMs ?? 0), anew: from.epoch !== to.epoch } });
  }

  /** A connection that does not come back at once: the cached lane fills the time. */
  #watchCut(link: LinkPhase): void {
    if (link === "open" || link === "idle" || link === "ended") this.#cutOffAt = undefined;
    else if (link === "waiting" && this.#state.link === "open") {
      this.#cutOffAt = performance.now();
      this.#lanes.lost();
    }
    if (link === "ended") this.#lanes.stop();
    if (this.#cutOffAt === undefined || performance.now() - this.#cutOffAt < CUT_OFF_MS || this.#asleepSince !== undefined) return;
    this.#cutOffAt = undefined;
    this.#lanes.away();
    this.#set({ lane: this.#lanes.lane });
  }

  /** Lets go of both lanes. */
  #stop(): void {
    this.#link.stop();
    this.#lanes.stop();
    this.#set({ lane: "live", full: false });
  }

  #binary(bytes: Uint8Array): void {
    if (this.#fellAsleep()) return;
    this.#acknowledge();
    this.#lanes.live(bytes);
  }

  #hear(bytes: Uint8Array, lane: LaneName, late: boolean): void {
    if (lane === "cached" && this.#fellAsleep()) return;
    for (const { at, end } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      if ("malformed" in chunk) continue;
      const position: Position = { epoch: chunk.epoch, sequence: chunk.sequence };
      const replayed = comparePositions(position, this.#greeting);
      if (lane === "live" && replayed <= 0 && this.#skipGreeting) continue;
      // Silence may have been held back on purpose: it tells nothing about the line, unless it is the newest there is.
      const isTelling = lane === "cached" || (replayed >= 0 && (soundsIn(bytes, at) || end === bytes.byteLength));
      this.#decoder?.take(chunk, !late && isTelling, performance.now());
    }
  }

  #acknowledge(): void {
    if (!this.#acks || performance.now() - this.#ackedAt < ACK_MS) return;
    this.#ackedAt = performance.now();
    this.#link.send("ping");
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
    this.#stop();
    return true;
  }

  #set(news: Partial<Hearing>): void {
    this.#state = { ...this.#state, ...news };
    this.#onChange();
  }
}
