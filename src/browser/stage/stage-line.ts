import type { StageHears, StageSays } from "../../core/wire/messages.ts";
import { parseStageHears } from "../../core/wire/parse.ts";
import { RoomClock } from "../captions/room-clock.ts";
import { Link } from "../line/link.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import { RoundTrip } from "../line/round-trip.ts";
import { whyNoStage } from "../line/why-not.ts";
import { every } from "../sound/every.ts";

/** The line is measured this often, in ms, and is dead if nothing answers for patience's sum. */
const PING_MS = 2_000;
const PATIENCE = { silentMs: 5_000, answerMs: 3_000 };
/** What was said is let go out before a connection is closed, in ms. */
const FAREWELL_MS = 200;

/** What the line tells its owner. */
export type StageLineNews = {
  readonly onSaid: (said: StageHears) => void;
  /** What the others on stage say: chunks. */
  readonly onSound: (message: Uint8Array) => void;
  readonly onChange: (phase: LinkPhase, end: LinkEnd | undefined) => void;
  /** It was measured just now; told only while it is open. */
  readonly onMeasured: () => void;
};

/** The connection of who is on stage to the room, with how long it takes there and back, and what time it is there. */
export class StageLine {
  readonly #link: Link;
  readonly #roundTrip = new RoundTrip();
  readonly #clock = new RoomClock();
  readonly #news: StageLineNews;
  #stopMeasuring: (() => void) | undefined;

  /** @param ticket what opens the stage of `room` */
  constructor(room: string, ticket: string, news: StageLineNews) {
    this.#news = news;
    this.#link = new Link({
      url: () => `${location.origin.replace("http", "ws")}/rooms/${room}/stage`,
      protocols: ["canopy.v1", `ticket.${ticket}`],
      patience: PATIENCE,
      every,
      probe: () => this.#ping(),
      expectsSound: () => true,
      onText: (text) => this.#said(parseStageHears(text)),
      onBinary: news.onSound,
      onChange: (phase, end) => this.#changed(phase, end),
      askWhy: () => whyNoStage(room, ticket),
    });
  }

  /** What it does not get rid of, in bytes. */
  get unsentBytes(): number {
    return this.#link.unsentBytes;
  }

  /** There and back, in ms; undefined before that is known. */
  get roundTripMs(): number | undefined {
    return this.#roundTrip.ms(performance.now());
  }

  /** Connects; also takes the stage back from another window. */
  start(): void {
    this.#stopMeasuring ??= every(PING_MS, () => this.#measure());
    this.#link.start();
  }

  /** Lets go of the connection, a moment later: what was said last is still on its way out. */
  stop(): void {
    this.#stopMeasuring?.();
    this.#stopMeasuring = undefined;
    setTimeout(() => this.#link.stop(), FAREWELL_MS);
  }

  /** False if there is no line at this moment. */
  say(message: StageSays): boolean {
    return this.#link.send(JSON.stringify(message));
  }

  /** Sends sound. False if there is no line at this moment. */
  send(message: Uint8Array<ArrayBuffer>): boolean {
    return this.#link.send(message);
  }

  /** The room's time at an instant of this page's clock, in ms; undefined before it is known. */
  roomTimeAt(at: number): number | undefined {
    return this.#clock.at(at);
  }

  #said(said: StageHears | undefined): void {
    if (said === undefined) return;
    if (said.type === "pong") {
      this.#roundTrip.answered(said.id, performance.now());
      this.#clock.answered(said.id, said.roomTime);
    }
    this.#news.onSaid(said);
  }

  #changed(phase: LinkPhase, end: LinkEnd | undefined): void {
    if (phase !== "open") {
      this.#roundTrip.forget();
      this.#clock.forget();
    }
    this.#news.onChange(phase, end);
  }

  #measure(): void {
    if (this.#link.phase !== "open") return;
    this.#link.send(this.#ping());
    this.#news.onMeasured();
  }

  #ping(): string {
    const now = performance.now();
    const rttMs = this.#roundTrip.ms(now);
    const id = this.#roundTrip.sent(now);
    this.#clock.sent(id, now);
    const ping: StageSays = { type: "ping", id, ...(rttMs === undefined ? {} : { rttMs }) };
    return JSON.stringify(ping);
  }
}
