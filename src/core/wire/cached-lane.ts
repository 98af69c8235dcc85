import { type LaneEffect, LaneMind, type Stand } from "../audio/lane-mind.ts";
import type { OpenLane } from "../audio/lanes.ts";
import type { Position } from "../audio/position.ts";
import type { SegmentName } from "../audio/segment.ts";
import { parseLaneHead } from "./lane-head.ts";
import type { State } from "./messages.ts";

/** Who reads captions here reads the newest states this often, in ms: a text of captions holds four lines, which two people say in that time. */
const NEWS_MS = 4_000;
/** An answer that takes longer is to be given up, in ms. */
export const LANE_ANSWER_MS = 5_000;

/** What a cached lane needs of the machine that it runs on. */
export type LaneMachine = {
  /** Ms of a clock that only goes forward. */
  now(): number;
  /** Rings once after so long, in ms, and forgets what was to ring before; undefined: nothing rings. */
  wake(afterMs: number | undefined, ring: () => void): void;
  /** What stands at `name` below the lane's address. It never rejects: status 0 stands for a line that failed, or took LANE_ANSWER_MS. */
  ask(name: string): Promise<{ readonly status: number; readonly body: Uint8Array }>;
  /** UTF-8 as text. */
  textOf(body: Uint8Array): string;
};

type Tells = Parameters<OpenLane<readonly State[]>>[3];

/** Runs one LaneMind on a machine: one timer, one request at a time (and one for its head, while captions are read). */
export class CachedLane {
  readonly #machine: LaneMachine;
  readonly #tells: Tells;
  readonly #reads: () => boolean;
  readonly #mind: LaneMind;
  #stopped = false;
  #newsAt = Number.NEGATIVE_INFINITY;

  /** @param reads true while the listener reads captions; the rest as in OpenLane */
  constructor(
    machine: LaneMachine,
    heard: Stand | undefined,
    until: Position | undefined,
    tells: Tells,
    reads: () => boolean = () => false,
  ) {
    this.#machine = machine;
    this.#tells = tells;
    this.#reads = reads;
    this.#mind = new LaneMind(heard, until);
    this.#perform(this.#mind.start(machine.now()));
  }

  /** Ends it, without a word. */
  stop(): void {
    this.#stopped = true;
    this.#machine.wake(undefined, () => undefined);
  }

  #perform(effects: readonly LaneEffect[]): void {
    for (const effect of effects) {
      if (this.#stopped) return;
      switch (effect.do) {
        case "fetch-head":
          void this.#fetchHead();
          break;
        case "fetch":
          void this.#fetch(effect.name);
          break;
        case "hear":
          this.#tells.hear(effect.bytes, effect.replayed);
          break;
        case "gap":
          this.#tells.gap(effect.gap);
          break;
        case "done":
          this.stop();
          this.#tells.done();
          break;
      }
    }
    this.#arm();
  }

  #arm(): void {
    if (this.#stopped) return;
    const { wakeAt } = this.#mind;
    const isDue = wakeAt !== undefined && wakeAt !== Number.POSITIVE_INFINITY;
    const afterMs = isDue ? Math.max(0, wakeAt - this.#machine.now()) : undefined;
    this.#machine.wake(afterMs, () => this.#perform(this.#mind.second(this.#machine.now())));
  }

  async #fetchHead(): Promise<void> {
    const { status, body } = await this.#machine.ask("head");
    const news = status === 200 ? parseLaneHead(this.#machine.textOf(body)) : undefined;
    if (this.#stopped) return;
    if (news === undefined) return this.#none(status);
    this.#newsAt = this.#machine.now();
    this.#tells.states(news.states);
    this.#perform(this.#mind.head(news.head, this.#machine.now()));
  }

  /** Between two heads that the lane itself needs: for the sake of what is said in words. */
  async #fetchNews(): Promise<void> {
    this.#newsAt = this.#machine.now();
    const { status, body } = await this.#machine.ask("head");
    const news = status === 200 ? parseLaneHead(this.#machine.textOf(body)) : undefined;
    if (news !== undefined && !this.#stopped) this.#tells.states(news.states);
  }

  async #fetch(name: SegmentName): Promise<void> {
    const { status, body } = await this.#machine.ask(`${name.epoch}/${name.index}`);
    if (this.#stopped) return;
    if (status !== 200) return this.#none(status);
    this.#perform(this.#mind.segment(name, body, this.#machine.now()));
    if (this.#reads() && this.#machine.now() - this.#newsAt >= NEWS_MS) void this.#fetchNews();
  }

  #none(status: number): void {
    this.#perform(status === 410 ? this.#mind.over(this.#machine.now()) : this.#mind.missing(this.#machine.now()));
  }
}
