import { chunkLength } from "../core/audio/chunk.ts";
import { parseListenerHears } from "../core/wire/parse.ts";
import { Continuity, type Heard } from "./continuity.ts";
import { Socket, type SocketEnding } from "./socket.ts";
import { count, Histogram, type Spread } from "./stats.ts";

/** What a whole crowd measured, added up while it listens. */
export class CrowdTally {
  readonly join = new Histogram();
  readonly firstAudio = new Histogram();
  /** Arrival of a chunk, by this machine's clock, less the time at which it was due; greetings left out. */
  readonly lag = new Histogram();
  readonly failures = new Map<string, number>();
  readonly endings = new Map<string, number>();
  dialed = 0;
  joined = 0;
  /** Listeners that are connected now. */
  present = 0;
}

/** One of a crowd: joins, reads the headers of chunks and nothing more, checks that none is missing. */
export class CrowdListener {
  readonly #tally: CrowdTally;
  readonly #continuity = new Continuity();
  readonly #dialedAt = performance.now();
  readonly #socket: Socket;
  #isOpen = false;
  #leaving = false;
  #greetedEpoch = 0;
  #greetedSequence = 0;
  #lastAt: number | undefined;
  #longestGapMs = 0;

  constructor(url: URL, tally: CrowdTally) {
    this.#tally = tally;
    tally.dialed++;
    this.#socket = new Socket(url, [], {
      opened: () => this.#opened(),
      text: (text) => this.#text(text),
      binary: (message) => this.#binary(message),
      ended: (ending) => this.#ended(ending),
    });
  }

  /** Leaves politely; that is no ending to report. */
  leave(): void {
    this.#leaving = true;
    this.#socket.close();
  }

  /** What it heard so far. */
  heard(): Heard {
    return this.#continuity.heard();
  }

  /** The longest time between two messages of sound, in ms, while it listened. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  #opened(): void {
    this.#isOpen = true;
    this.#tally.joined++;
    this.#tally.present++;
    this.#tally.join.add(performance.now() - this.#dialedAt);
  }

  #text(text: string): void {
    // Most texts are counts that come every second: only these two matter here, and parsing is dear in a crowd.
    if (!text.includes('"welcome"') && !text.includes('"gap"')) return;
    const said = parseListenerHears(text);
    if (said?.type === "gap") this.#continuity.gap(said.to);
    if (said?.type !== "welcome") return;
    this.#greetedEpoch = said.epoch;
    this.#greetedSequence = said.sequence;
  }

  /** Reads bytes 6-13 and 18-25 of each chunk; core/audio/chunk.ts draws them. */
  #binary(message: Buffer): void {
    const now = performance.now();
    if (this.#lastAt === undefined) this.#tally.firstAudio.add(now - this.#dialedAt);
    else this.#longestGapMs = Math.max(this.#longestGapMs, now - this.#lastAt);
    this.#lastAt = now;
    const wall = Date.now();
    let at = 0;
    for (let length = chunkLength(message, at); length !== undefined; length = chunkLength(message, at)) {
      const epoch = message.readUInt32BE(at + 6);
      const sequence = message.readUInt32BE(at + 10);
      const isGreeting = epoch < this.#greetedEpoch || (epoch === this.#greetedEpoch && sequence <= this.#greetedSequence);
      if (this.#continuity.hear(epoch, sequence) && !isGreeting) this.#tally.lag.add(wall - message.readDoubleBE(at + 18));
      at += length;
    }
  }

  #ended(ending: SocketEnding): void {
    if (this.#isOpen) this.#tally.present--;
    if (this.#leaving) return;
    const key = ending.how === "closed" ? `${ending.code} ${ending.reason}`.trim() : "";
    if (this.#isOpen) count(this.#tally.endings, key);
    else if (ending.how === "refused") count(this.#tally.failures, `${ending.status} ${ending.code}`);
    else count(this.#tally.failures, ending.how === "unreachable" ? ending.detail : key);
  }
}

/** What a crowd found; times in ms. */
export type CrowdReport = {
  readonly listeners: number;
  readonly joined: number;
  readonly failed: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Connections that ended before the crowd left, by close code and reason. */
  readonly endings: Readonly<Record<string, number>>;
  /** Joined, but never heard a chunk. */
  readonly deaf: number;
  readonly joinMs: Spread;
  readonly firstAudioMs: Spread;
  readonly lagMs: Spread;
  readonly chunks: number;
  readonly holes: number;
  readonly repeats: number;
  readonly gaps: number;
  readonly longestGapMs: number;
  /** How late this tool's own process ran its timers: what it adds to every time above. */
  readonly ownDelayMs: { readonly p99: number; readonly max: number };
};

/** Adds up a crowd. */
export function report(tally: CrowdTally, listeners: readonly CrowdListener[], ownDelayMs: CrowdReport["ownDelayMs"]): CrowdReport {
  const heard = listeners.map((listener) => listener.heard());
  const sum = (of: (heard: Heard) => number): number => heard.reduce((total, one) => total + of(one), 0);
  const failed = [...tally.failures.values()].reduce((total, one) => total + one, 0);
  return {
    listeners: tally.dialed,
    joined: tally.joined,
    failed,
    failures: Object.fromEntries(tally.failures),
    endings: Object.fromEntries(tally.endings),
    deaf: heard.filter((one) => one.chunks === 0).length - failed,
    joinMs: tally.join.spread(),
    firstAudioMs: tally.firstAudio.spread(),
    lagMs: tally.lag.spread(),
    chunks: sum((one) => one.chunks),
    holes: sum((one) => one.holes),
    repeats: sum((one) => one.repeats),
    gaps: sum((one) => one.gaps),
    longestGapMs: Math.round(Math.max(0, ...listeners.map((listener) => listener.longestGapMs))),
    ownDelayMs,
  };
}
