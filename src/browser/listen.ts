import { chunksIn, decodeChunk } from "../core/audio/chunk.ts";
import type { VoiceLevel } from "../core/audio/mixer.ts";
import type { PlayerFacts } from "../core/audio/player.ts";
import { BEFORE_ALL, comparePositions, formatPosition, type Position } from "../core/audio/position.ts";
import type { AudienceState, ListenerHears, RoomState, StageState, State, Welcome } from "../core/wire/messages.ts";
import { parseListenerHears } from "../core/wire/parse.ts";
import { whyNot } from "./api.ts";
import { ChunkDecoder } from "./chunk-decoder.ts";
import { decoderMaker } from "./decoder.ts";
import { Link } from "./link.ts";
import type { LinkEnd, LinkPhase } from "./link-mind.ts";
import { Output } from "./output.ts";
import type { FromOutput } from "./worklet-messages.ts";

/** Live sound comes ten times a second: 3 s of nothing is suspicious, and a living link answers within 2 s. */
const PATIENCE = { silentMs: 3_000, answerMs: 2_000 };
/** A phone that put the page to sleep gets no more sound after so long, in ms: nobody hears it, and it would pile up. */
const ASLEEP_MS = 30_000;

/** What the listener hears of the room, as far as it is known. */
export type Hearing = {
  readonly link: LinkPhase;
  readonly end: LinkEnd | undefined;
  readonly listening: boolean;
  readonly room: RoomState | undefined;
  readonly stage: StageState | undefined;
  readonly audience: AudienceState | undefined;
  /** Chunks that the room said will not come, in ms; grows, and names the newest reason. */
  readonly missed: { readonly ms: number; readonly anew: boolean } | undefined;
  readonly facts: PlayerFacts | undefined;
  /** From the click to the first sound, in ms. */
  readonly firstSoundMs: number | undefined;
  /** Connections opened after the first. */
  readonly reconnects: number;
  /** The browser or the phone holds the sound back; a touch gives it free. */
  readonly held: boolean;
};

/** The listener's engine: socket → decoders → audio thread. It shows nothing; `onChange` tells when there is news. */
export class Listening {
  readonly #output: Output;
  readonly #link: Link;
  readonly #onChange: () => void;
  readonly #onLevels: (levels: readonly VoiceLevel[]) => void;
  #decoder: ChunkDecoder | undefined;
  #heard: Position = BEFORE_ALL;
  #greeting: Position = BEFORE_ALL;
  #skipGreeting = false;
  #clickedAt = 0;
  #asleepSince: number | undefined;
  #welcomes = 0;
  #state: Hearing = {
    link: "idle",
    end: undefined,
    listening: false,
    room: undefined,
    stage: undefined,
    audience: undefined,
    missed: undefined,
    facts: undefined,
    firstSoundMs: undefined,
    reconnects: 0,
    held: false,
  };

  constructor(room: string, onChange: () => void, onLevels: (levels: readonly VoiceLevel[]) => void) {
    this.#onChange = onChange;
    this.#onLevels = onLevels;
    this.#output = new Output((report) => this.#reported(report));
    this.#output.context.addEventListener("statechange", () => this.#contextChanged());
    const url = new URL(`/rooms/${room}/listen`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#link = new Link({
      url: () => {
        if (this.#heard !== BEFORE_ALL) url.searchParams.set("from", formatPosition(this.#heard));
        else url.searchParams.delete("from");
        return url.href;
      },
      patience: PATIENCE,
      probe: () => "ping",
      expectsSound: () => this.#state.room?.phase === "live",
      onText: (text) => this.#text(parseListenerHears(text)),
      onBinary: (bytes) => this.#binary(bytes),
      onChange: (link, end) => {
        if (link !== this.#state.link || end !== this.#state.end) this.#set({ link, end });
      },
      askWhy: () => whyNot(room),
    });
  }

  get state(): Hearing {
    return this.#state;
  }

  /** Makes ready what needs no click: the audio thread's code, and which decoder there is. */
  async prepare(): Promise<void> {
    await this.#output.load();
    this.#decoder ??= new ChunkDecoder(await decoderMaker(), (chunk) => this.#output.play(chunk));
  }

  /** Begins to listen, at the live edge. Call it from a click. */
  async listen(): Promise<void> {
    if (this.#state.listening) return;
    this.#clickedAt = performance.now();
    this.#set({ listening: true, firstSoundMs: undefined, missed: undefined });
    const unlocked = this.#output.unlock();
    // Sound may come before the browser lets it out, never before there is somebody to decode it.
    await this.prepare();
    if (this.#state.listening) this.#begin();
    await unlocked;
    this.#contextChanged();
  }

  /** Stops listening; `listen` begins again at the live edge. */
  async pause(): Promise<void> {
    if (!this.#state.listening) return;
    this.#set({ listening: false, held: false });
    this.#link.stop();
    await this.#output.rest();
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

  #begin(): void {
    this.#heard = BEFORE_ALL;
    this.#output.startAnew();
    this.#link.start();
  }

  #text(said: ListenerHears | undefined): void {
    switch (said?.type) {
      case undefined:
        break;
      case "welcome":
        this.#welcomed(said);
        break;
      case "gap": {
        const chunks = said.from.epoch === said.to.epoch ? said.to.sequence - said.from.sequence - 1 : 0;
        const before = this.#state.missed?.ms ?? 0;
        this.#set({ missed: { ms: before + chunks * (this.#state.room?.chunkMs ?? 0), anew: said.reason === "epoch" } });
        break;
      }
      default:
        if (said !== undefined) this.#set(newsOf(said));
    }
  }

  #welcomed(said: Welcome): void {
    this.#welcomes++;
    this.#greeting = { epoch: said.epoch, sequence: said.sequence };
    for (const state of said.states) this.#set(newsOf(state));
    // What sounded last, long ago perhaps, is not what a newcomer to a quiet room came for.
    this.#skipGreeting = this.#heard === BEFORE_ALL && this.#state.room?.phase !== "live";
    this.#set({ reconnects: this.#welcomes - 1 });
  }

  #binary(bytes: Uint8Array): void {
    if (this.#fellAsleep()) return;
    for (const { at } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      if ("malformed" in chunk) continue;
      const position: Position = { epoch: chunk.epoch, sequence: chunk.sequence };
      if (comparePositions(position, this.#heard) <= 0) continue;
      this.#heard = position;
      const replayed = comparePositions(position, this.#greeting);
      if (replayed <= 0 && this.#skipGreeting) continue;
      this.#decoder?.take(chunk, replayed >= 0);
    }
  }

  #reported({ facts, levels }: FromOutput): void {
    if (facts.playing && this.#state.firstSoundMs === undefined && this.#state.listening) {
      this.#set({ firstSoundMs: Math.round(performance.now() - this.#clickedAt) });
    }
    this.#onLevels(levels);
    this.#set({ facts });
  }

  #contextChanged(): void {
    const running = this.#output.context.state === "running";
    if (running) {
      this.#asleepSince = undefined;
      if (this.#state.listening && this.#link.phase === "idle") this.#begin();
    } else {
      this.#asleepSince ??= performance.now();
    }
    this.#set({ held: this.#state.listening && !running });
  }

  #fellAsleep(): boolean {
    if (this.#asleepSince === undefined || performance.now() - this.#asleepSince < ASLEEP_MS) return false;
    this.#link.stop();
    return true;
  }

  #set(news: Partial<Hearing>): void {
    this.#state = { ...this.#state, ...news };
    this.#onChange();
  }
}

/** What a state changes of what is known. */
function newsOf(state: State): Partial<Hearing> {
  switch (state.type) {
    case "room":
      return { room: state };
    case "stage":
      return { stage: state };
    case "audience":
      return { audience: state };
  }
}
