import { CHUNK_FLAG, chunkLength } from "../../core/audio/chunk.ts";
import { formatPosition } from "../../core/audio/position.ts";
import { backoffMs } from "../../core/backoff.ts";
import { parseListenerHears } from "../../core/wire/parse.ts";
import { Continuity, type Heard } from "../continuity.ts";
import { Socket, type SocketEnding } from "../socket.ts";
import { count } from "../stats.ts";
import { returns } from "../stay.ts";
import type { GroupTimes, PartTally } from "./tally.ts";
import { groupOf, type Role } from "./wish.ts";

/** So long a silence is a stall, in ms: what a player's buffer cannot hide. */
const STALL_MS = 1_000;
/** So long a line may be silent before it is probed, and so long an answer may take, in ms; as in browser/listen.ts. */
const SILENT_MS = 3_000;
const ANSWER_MS = 2_000;

/** Where one listener connects, and who he is. */
export type ListenerPlan = {
  readonly url: string;
  readonly role: Role;
  /** When he was to come, on `performance.now()`'s clock: joins are timed from here, so that a tool that was late hides nothing. */
  readonly dueAt: number;
  readonly source: string | undefined;
  readonly comeBack: boolean;
};

/** One of a crowd: joins, reads the headers of chunks and nothing more, checks that none is missing, comes back as players do. */
export class CrowdListener {
  readonly role: Role;
  readonly #plan: ListenerPlan;
  readonly #tally: PartTally;
  readonly #times: GroupTimes;
  readonly #continuity = new Continuity();
  #socket: Socket | undefined;
  #open = false;
  #everOpen = false;
  #leaving = false;
  #paused = false;
  #killing = false;
  #isDiverted = false;
  #attempt = 0;
  #tries = 0;
  #waiting: NodeJS.Timeout | undefined;
  /** What the server told of when to come back, in ms; undefined before it told. */
  #windowMs: number | undefined;
  #lostAt: number | undefined;
  #greetedEpoch = 0;
  #greetedSequence = 0;
  #heardAt = 0;
  #probedAt: number | undefined;
  /** When the sound that has come is over, if it is played at once; undefined before any and where silence follows. */
  #soundUntil: number | undefined;
  #everHeard = false;
  #longestGapMs = 0;
  #stalls = 0;
  #lastLagMs = Number.POSITIVE_INFINITY;

  constructor(plan: ListenerPlan, tally: PartTally) {
    this.#plan = plan;
    this.role = plan.role;
    this.#tally = tally;
    this.#times = tally.times[groupOf(plan.role)];
    tally.dialed++;
    this.#dial();
  }

  /** Leaves politely; that is no ending to report. */
  leave(): void {
    this.#leaving = true;
    clearTimeout(this.#waiting);
    this.#socket?.close();
  }

  /** What it heard so far. */
  heard(): Heard {
    return this.#continuity.heard();
  }

  /** Chunks that are missing, and gaps that were told, so far. */
  get holes(): number {
    return this.#continuity.holes;
  }

  get gaps(): number {
    return this.#continuity.gaps;
  }

  /** Silences of more than a second. */
  get stalls(): number {
    return this.#stalls;
  }

  /** The longest silence that a player without a buffer would have had, in ms. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  /** True of who is connected, reads, and heard something within `withinMs` that was no later than that. */
  isLive(now: number, withinMs: number): boolean {
    return this.#open && !this.#paused && now - this.#heardAt <= withinMs && this.#lastLagMs <= withinMs;
  }

  /** Reads no more until `resume`. */
  pause(): void {
    this.#paused = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket?.resume();
  }

  /** Loses the connection without a word; comes back as from any loss. */
  kill(): void {
    this.#killing = true;
    this.#socket?.reset("killed by the crowd itself");
  }

  /** A second has passed: a line that fell silent is probed, then given up. `soundFlows`: something should be coming all the time. */
  second(now: number, soundFlows: boolean): void {
    if (!this.#open || this.#paused || !soundFlows) return;
    if (this.#probedAt !== undefined) {
      if (now - this.#probedAt > ANSWER_MS) this.#socket?.drop("a silent line");
    } else if (now - this.#heardAt > SILENT_MS) {
      this.#probedAt = now;
      this.#socket?.sendText("ping");
    }
  }

  #dial(): void {
    const url = new URL(this.#plan.url);
    const { last } = this.#continuity;
    if (last !== undefined) url.searchParams.set("from", formatPosition(last));
    this.#tries++;
    this.#socket = new Socket(
      url,
      [],
      {
        opened: () => this.#opened(),
        text: (text) => this.#text(text),
        binary: (message) => this.#binary(message),
        ended: (ending) => this.#ended(ending),
      },
      this.#plan.source,
    );
  }

  #opened(): void {
    const now = performance.now();
    this.#open = true;
    this.#heardAt = now;
    this.#probedAt = undefined;
    this.#tally.present++;
    if (this.#tries === 1) this.#settled();
    if (this.#everOpen) return;
    this.#everOpen = true;
    this.#tally.joined++;
    this.#times.join.add(now - this.#plan.dueAt);
  }

  #text(text: string): void {
    this.#alive(performance.now());
    // Most texts are counts that come every second: parsing each is dear in a crowd.
    const told = /"comeBackMs":(\d{1,6})/.exec(text)?.[1];
    if (told !== undefined) this.#windowMs = Number(told);
    if (text.includes('"type":"lane"')) this.#diverted();
    if (!text.includes('"welcome"') && !text.includes('"gap"')) return;
    const said = parseListenerHears(text);
    if (said?.type === "gap") this.#continuity.gap(said.to);
    if (said?.type !== "welcome") return;
    if (this.#isDiverted) this.#tally.cameLive++;
    this.#isDiverted = false;
    this.#greetedEpoch = said.epoch;
    this.#greetedSequence = said.sequence;
  }

  /** Reads bytes 4, 6-13 and 18-27 of each chunk; core/audio/chunk.ts draws them. */
  #binary(message: Buffer): void {
    const now = performance.now();
    this.#alive(now);
    this.#sound(now);
    const wall = Date.now();
    let soundMs = 0;
    let flags = 0;
    let at = 0;
    for (let length = chunkLength(message, at); length !== undefined; length = chunkLength(message, at)) {
      const epoch = message.readUInt32BE(at + 6);
      const sequence = message.readUInt32BE(at + 10);
      const isGreeting = epoch < this.#greetedEpoch || (epoch === this.#greetedEpoch && sequence <= this.#greetedSequence);
      if (this.#continuity.hear(epoch, sequence)) {
        this.#tally.chunks++;
        if (!isGreeting) {
          this.#lastLagMs = wall - message.readDoubleBE(at + 18);
          this.#times.lag.add(this.#lastLagMs);
        }
      }
      flags = message.readUInt8(at + 4);
      soundMs += message.readUInt16BE(at + 26);
      at += length;
    }
    this.#soundUntil = (flags & CHUNK_FLAG.silenceFollows) === 0 ? now + soundMs : undefined;
  }

  /** There is no seat on the tree at the moment: the server hangs up, and wants to be asked again later. */
  #diverted(): void {
    if (!this.#isDiverted) this.#tally.diverted++;
    this.#isDiverted = true;
  }

  #alive(now: number): void {
    this.#heardAt = now;
    this.#probedAt = undefined;
    this.#attempt = 0;
  }

  /** A message of sound has come. */
  #sound(now: number): void {
    this.#tally.messages++;
    if (!this.#everHeard) {
      this.#everHeard = true;
      this.#times.firstAudio.add(now - this.#plan.dueAt);
    }
    if (this.#lostAt !== undefined) {
      this.#tally.returned++;
      this.#times.back.add(now - this.#lostAt);
      this.#lostAt = undefined;
    }
    if (this.#soundUntil === undefined) return;
    const gapMs = now - this.#soundUntil;
    if (gapMs > this.#longestGapMs) this.#longestGapMs = gapMs;
    if (gapMs <= STALL_MS) return;
    this.#stalls++;
    this.#tally.stalls++;
  }

  #ended(ending: SocketEnding): void {
    const wasOpen = this.#open;
    this.#open = false;
    this.#socket = undefined;
    if (wasOpen) this.#tally.present--;
    if (this.#leaving) return;
    if (wasOpen) {
      // Who was never let onto the tree has lost nothing.
      if (!this.#isDiverted) {
        this.#lostAt ??= performance.now();
        this.#tally.lost++;
      }
      if (!this.#killing && !this.#isDiverted) count(this.#tally.endings, whyOf(ending));
      this.#killing = false;
    } else if (this.#tries === 1) {
      this.#settled();
      count(this.#tally.failures, whyOf(ending));
    }
    // The server answered before the crowd was let loose, so its address is right.
    if (!this.#plan.comeBack || !returns(ending, true)) return;
    const waitMs = backoffMs(this.#attempt++, Math.random(), this.#windowMs);
    this.#waiting = setTimeout(() => this.#dial(), waitMs);
  }

  #settled(): void {
    this.#tally.settled++;
  }
}

function whyOf(ending: SocketEnding): string {
  switch (ending.how) {
    case "closed":
      return `${ending.code} ${ending.reason}`.trim();
    case "refused":
      return `${ending.status} ${ending.code}`;
    case "unreachable":
      return ending.detail;
  }
}
