import { type Chunk, chunksIn, decodeChunk, soundsIn } from "../../core/audio/chunk.ts";
import { type LaneName, Lanes } from "../../core/audio/lanes.ts";
import { BEFORE_ALL, comparePositions, formatPosition, type Position } from "../../core/audio/position.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { ListenerSays } from "../../core/wire/listener-says.ts";
import type { ListenerHears, State, Welcome } from "../../core/wire/messages.ts";
import { parseListenerHears } from "../../core/wire/parse.ts";
import { comeBackTold } from "../../core/wire/room-states.ts";
import { Link } from "../line/link.ts";
import type { LinkEnd, LinkPhase } from "../line/link-mind.ts";
import { whyNot } from "../line/why-not.ts";
import { cachedLanes } from "./cached-lane.ts";
import { type Hearing, newsOf } from "./hearing.ts";
import { listenProtocols, type Me } from "./me.ts";

/** Live sound comes ten times a second: 3 s of nothing is suspicious, and a living link answers within 2 s. */
const PATIENCE = { silentMs: 3_000, answerMs: 2_000 };
/** Where the room wants to know that sound arrives, it is told this seldom, in ms. */
const ACK_MS = 5_000;
/** A cut connection is soon back, and the leaf replays; after so long, in ms, the cached lane is heard until it is. */
const CUT_OFF_MS = 2_500;

/** What a line tells, and asks. */
export type LineHears = {
  /** @param counts false for what is late on purpose: it tells nothing about the line */
  chunk(chunk: Chunk, counts: boolean): void;
  news(news: Partial<Hearing>): void;
  /** What is known so far. */
  hearing(): Hearing;
  /** True while he reads captions. */
  reads(): boolean;
  /** False lets a message fall: nobody hears it. */
  mayHear(): boolean;
};

/** A listener's line to a room, by whichever lane: every chunk once, in order; and what the room says. */
export class Line {
  readonly #hears: LineHears;
  readonly #link: Link;
  readonly #lanes: Lanes<readonly State[]>;
  #greeting: Position = BEFORE_ALL;
  #skipGreeting = false;
  #welcomes = 0;
  #acks = false;
  #ackedAt = 0;
  #cutOffAt: number | undefined;

  constructor(room: string, me: Me, hears: LineHears) {
    this.#hears = hears;
    const lanes = {
      hear: (bytes: Uint8Array, lane: LaneName, replayed: boolean) => this.#hear(bytes, lane, replayed),
      gap: ({ from, to }: { readonly from: Position; readonly to: Position }) => this.#missed(from, to),
    };
    this.#lanes = new Lanes(
      cachedLanes(me.invitation, () => hears.reads()),
      lanes,
      (states) => {
        for (const state of states) hears.news(newsOf(state));
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
      protocols: listenProtocols(me),
      patience: PATIENCE,
      probe: () => "ping",
      expectsSound: () => hears.hearing().phase === "live",
      onText: (text) => this.#text(parseListenerHears(text)),
      onBinary: (bytes) => this.#binary(bytes),
      onChange: (link, end) => {
        this.#watchCut(link, end);
        const before = hears.hearing();
        if (link !== before.link || end !== before.end) hears.news({ link, end });
      },
      askWhy: () => whyNot(room, me.invitation),
    });
  }

  get isIdle(): boolean {
    return this.#link.phase === "idle";
  }

  /** Opens the line, for somebody who has heard nothing yet. */
  start(): void {
    this.#lanes.forget();
    this.#link.start();
  }

  /** Says something to the room's people, or to the leaf. False if there is no line at this moment. */
  say(said: ListenerSays): boolean {
    return this.#link.send(JSON.stringify(said));
  }

  /** Lets go of both lanes. */
  stop(): void {
    this.#link.stop();
    this.#lanes.stop();
    this.#hears.news({ lane: "live", full: false });
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
        this.#hears.news({ lane: this.#lanes.lane, full: true });
        break;
      default:
        if (said !== undefined) this.#hears.news(newsOf(said));
    }
  }

  #welcomed(said: Welcome): void {
    this.#welcomes++;
    this.#greeting = { epoch: said.epoch, sequence: said.sequence };
    if (!said.states.some(({ type }) => type === "status")) this.#hears.news({ stride: 1 });
    this.#acks = said.acks === true;
    // Who comes after a move finds the room as it is, and has nothing to be told.
    const news = said.states.filter((state) => state.type !== "moved" || this.#welcomes > 1);
    for (const state of news) this.#hears.news(newsOf(state));
    // What sounded last, long ago perhaps, is not what a newcomer to a quiet room came for.
    this.#skipGreeting = this.#lanes.heard === undefined && this.#hears.hearing().phase !== "live";
    this.#lanes.welcomed(said.segments);
    this.#hears.news({ welcomes: this.#welcomes, reconnects: this.#welcomes - 1, lane: this.#lanes.lane, full: false });
  }

  #missed(from: Position, to: Position): void {
    const chunks = from.epoch === to.epoch ? to.sequence - from.sequence - 1 : 0;
    const chunkMs = this.#hears.hearing().room?.chunkMs ?? 0;
    this.#hears.news({ missed: { ms: chunks * chunkMs, anew: from.epoch !== to.epoch } });
  }

  /** A connection that does not come back at once: the cached lane fills the time. */
  #watchCut(link: LinkPhase, end: LinkEnd | undefined): void {
    if (link === "open" || link === "idle" || link === "ended") this.#cutOffAt = undefined;
    else if (link === "waiting" && this.#hears.hearing().link === "open") {
      this.#cutOffAt = performance.now();
      this.#lanes.lost();
    }
    // The cached lane hands on what it has fetched of a room that is over, and ends by itself.
    if (link === "ended" && end?.code !== ENDING.ended.code) this.#lanes.stop();
    if (this.#cutOffAt === undefined || performance.now() - this.#cutOffAt < CUT_OFF_MS || !this.#hears.mayHear()) return;
    this.#cutOffAt = undefined;
    this.#lanes.away();
    this.#hears.news({ lane: this.#lanes.lane });
  }

  #binary(bytes: Uint8Array): void {
    if (!this.#hears.mayHear()) return;
    this.#acknowledge();
    this.#lanes.live(bytes);
  }

  #hear(bytes: Uint8Array, lane: LaneName, late: boolean): void {
    if (!this.#hears.mayHear()) return;
    for (const { at, end } of chunksIn(bytes)) {
      const chunk = decodeChunk(bytes, at);
      if ("malformed" in chunk) continue;
      const replayed = comparePositions(chunk, this.#greeting);
      if (lane === "live" && replayed <= 0 && this.#skipGreeting) continue;
      // Silence may have been held back on purpose: it tells nothing about the line, unless it is the newest there is.
      const isTelling = lane === "cached" || (replayed >= 0 && (soundsIn(bytes, at) || end === bytes.byteLength));
      this.#hears.chunk(chunk, !late && isTelling);
    }
  }

  #acknowledge(): void {
    if (!this.#acks || performance.now() - this.#ackedAt < ACK_MS) return;
    this.#ackedAt = performance.now();
    this.#link.send("ping");
  }
}
