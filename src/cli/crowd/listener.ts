import { randomBytes } from "node:crypto";
import { type LaneName, Lanes, type OpenLane } from "../../core/audio/lanes.ts";
import { formatPosition, type Position } from "../../core/audio/position.ts";
import { backoffMs } from "../../core/backoff.ts";
import type { ListenerSays } from "../../core/wire/listener-says.ts";
import { parseListenerHears } from "../../core/wire/parse.ts";
import { Socket, type SocketEnding } from "../line/socket.ts";
import { returns } from "../line/stay.ts";
import { count } from "../listen/stats.ts";
import { Hearing } from "./hearing.ts";
import type { GroupTimes, PartTally } from "./tally.ts";
import { groupOf, type Role } from "./wish.ts";

/** So long a line may be silent before it is probed, and so long an answer may take, in ms; as in browser/listen/listen.ts. */
const SILENT_MS = 3_000;
const ANSWER_MS = 2_000;
/** Where the leaf asks for it, new sound is acknowledged this often at most, in ms; as in browser/listen/listen.ts. */
const ACK_MS = 5_000;
/** Who asks does it this often, in ms: a leaf takes one question in ten seconds. */
const ASK_MS = 11_000;

/** Where one listener connects, and who he is. */
export type ListenerPlan = {
  readonly url: string;
  readonly role: Role;
  /** When he was to come, on `performance.now()`'s clock: joins are timed from here, so that a tool that was late hides nothing. */
  readonly dueAt: number;
  readonly source: string | undefined;
  readonly comeBack: boolean;
  /** What he says besides listening; nothing if it is missing. */
  readonly answers?: { readonly reacts: boolean; readonly asks: boolean };
  /** How the cached lane is opened. */
  readonly openLane: OpenLane<unknown>;
};

/** One of a crowd: joins, listens, checks that no chunk is missing, comes back as players do. */
export class CrowdListener {
  readonly role: Role;
  readonly hearing: Hearing;
  readonly #plan: ListenerPlan;
  readonly #tally: PartTally;
  readonly #times: GroupTimes;
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
  #lanes: Lanes<unknown> | undefined;
  #segments: string | undefined;
  /** True from a welcome to the first sound after it. */
  #isGreeting = false;
  #acks = false;
  #ackedAt = 0;
  #heardAt = 0;
  #probedAt: number | undefined;
  #saidHearing = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** Who asks is somebody. */
  readonly #protocols: readonly string[];

  constructor(plan: ListenerPlan, tally: PartTally) {
    this.#plan = plan;
    this.role = plan.role;
    this.#protocols = plan.answers?.asks === true ? ["canopy.v1", `me.${randomBytes(16).toString("base64url")}`] : [];
    this.#tally = tally;
    this.#times = tally.times[groupOf(plan.role)];
    this.hearing = new Hearing(tally, this.#times, plan.dueAt);
    tally.dialed++;
    this.#dial();
  }

  /** Leaves politely; that is no ending to report. */
  leave(): void {
    this.#leaving = true;
    clearTimeout(this.#waiting);
    this.#lanes?.stop();
    this.#socket?.close();
  }

  /** True of who is connected, reads, and heard something within `withinMs` that was no later than that. */
  isLive(now: number, withinMs: number): boolean {
    return this.#open && !this.#paused && now - this.#heardAt <= withinMs && this.hearing.lastLagMs <= withinMs;
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
    if (!this.#open) return;
    this.#killing = true;
    this.#socket?.reset("killed by the crowd itself");
  }

  /**
   * A second has passed: new sound is acknowledged where that is asked for; a line that fell silent is probed, then given up.
   *
   * @param soundFlows something should be coming all the time
   */
  second(now: number, soundFlows: boolean): void {
    if (!this.#open || this.#paused || !soundFlows) return;
    this.#answer(now);
    if (this.#acks && this.#heardAt > this.#ackedAt && now - this.#ackedAt >= ACK_MS) {
      this.#ackedAt = now;
      this.#socket?.sendText("ping");
    }
    if (this.#probedAt !== undefined) {
      if (now - this.#probedAt > ANSWER_MS) this.#socket?.drop("a silent line");
    } else if (now - this.#heardAt > SILENT_MS) {
      this.#probedAt = now;
      this.#socket?.sendText("ping");
    }
  }

  /** Says what players say, once he hears. */
  #answer(now: number): void {
    const { answers } = this.#plan;
    if (answers === undefined || this.hearing.stand === undefined) return;
    if (!this.#saidHearing) this.#say({ type: "hearing", hearing: true });
    this.#saidHearing = true;
    if (answers.reacts) this.#say({ type: "react", reaction: "clap" });
    if (!answers.asks || now - this.#askedAt < ASK_MS) return;
    this.#askedAt = now;
    this.#say({ type: "question", id: randomBytes(12).toString("base64url"), name: "Crowd", text: "Is anybody there?" });
  }

  #say(says: ListenerSays): void {
    this.#socket?.sendText(JSON.stringify(says));
  }

  #dial(): void {
    const url = new URL(this.#plan.url);
    const { stand } = this.hearing;
    if (stand !== undefined) url.searchParams.set("from", formatPosition(stand));
    this.#tries++;
    this.#socket = new Socket(
      url,
      this.#protocols,
      {
        opened: () => this.#opened(),
        text: (text) => this.#text(text),
        binary: (message) => {
          const now = performance.now();
          this.#alive(now);
          this.#isGreeting = false;
          if (this.#lanes === undefined) this.hearing.message(message, now);
          else this.#lanes.live(message);
        },
        ended: (ending) => this.#ended(ending),
      },
      this.#plan.source,
    );
  }

  #opened(): void {
    const now = performance.now();
    this.#open = true;
    this.#heardAt = now;
    this.#saidHearing = false;
    this.#probedAt = undefined;
    this.#tally.present++;
    if (this.#tries === 1) this.#tally.settled++;
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
    if (!/"type":"(welcome|gap|lane)"/.test(text)) return;
    const said = parseListenerHears(text);
    switch (said?.type) {
      case "gap":
        // Who comes back after too long has the gap filled by the cached lane, as far as it can be.
        if (this.#lanes === undefined && !this.#isGreeting) this.hearing.gap(said.to);
        else this.#lanesNow().told({ from: said.from, to: said.to });
        return;
      case "welcome":
        this.#setDiverted(false);
        this.#acks = said.acks === true;
        this.hearing.greeted(said);
        this.#segments = said.segments;
        this.#isGreeting = true;
        this.#lanes?.welcomed(said.segments);
        return;
      case "lane":
        // There is no seat on the tree at the moment: the server hangs up, and wants to be asked again later.
        this.#setDiverted(true);
        this.#lanesNow().diverted(said.segments);
        return;
    }
  }

  #setDiverted(isDiverted: boolean): void {
    if (isDiverted === this.#isDiverted) return;
    this.#isDiverted = isDiverted;
    this.#tally.cached += isDiverted ? 1 : -1;
    if (isDiverted) this.#tally.diverted++;
    else this.#tally.cameLive++;
  }

  /** From the first time that the tree is not enough, this listener has two lanes; until then it is spared their cost. */
  #lanesNow(): Lanes<unknown> {
    if (this.#lanes !== undefined) return this.#lanes;
    const { hearing } = this;
    const hears = {
      hear: (bytes: Uint8Array, lane: LaneName, replayed: boolean) =>
        hearing.message(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), performance.now(), replayed || lane === "cached"),
      gap: ({ to }: { to: Position }) => hearing.gap(to),
    };
    this.#lanes = new Lanes<unknown>(this.#plan.openLane, hears, undefined, hearing.stand);
    this.#lanes.welcomed(this.#segments);
    return this.#lanes;
  }

  #alive(now: number): void {
    this.#heardAt = now;
    this.#probedAt = undefined;
    this.#attempt = 0;
  }

  #ended(ending: SocketEnding): void {
    const wasOpen = this.#open;
    this.#open = false;
    this.#socket = undefined;
    if (wasOpen) this.#tally.present--;
    if (this.#leaving) return;
    if (!wasOpen && this.#tries === 1) {
      this.#tally.settled++;
      count(this.#tally.failures, whyOf(ending));
    }
    // Who was never let onto the tree has lost nothing.
    if (wasOpen && !this.#isDiverted) this.#lost(ending);
    // The server answered before the crowd was let loose, so its address is right.
    if (!this.#plan.comeBack || !returns(ending, true)) return;
    const waitMs = backoffMs(this.#attempt++, Math.random(), this.#windowMs);
    this.#waiting = setTimeout(() => this.#dial(), waitMs);
  }

  #lost(ending: SocketEnding): void {
    this.hearing.lost(performance.now());
    this.#lanes?.lost();
    this.#tally.lost++;
    if (!this.#killing) count(this.#tally.endings, whyOf(ending));
    this.#killing = false;
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
