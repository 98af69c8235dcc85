import { type LaneEffect, LaneMind, type Stand } from "../../core/audio/lane-mind.ts";
import type { OpenLane } from "../../core/audio/lanes.ts";
import type { Position } from "../../core/audio/position.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import { parseLaneHead } from "../../core/wire/lane-head.ts";
import type { State } from "../../core/wire/messages.ts";

/** Who reads captions here reads the newest states this often, in ms: a text of captions holds four lines, which two people say in that time. */
const NEWS_MS = 4_000;
/** An answer that takes longer is given up, in ms. */
const ANSWER_MS = 5_000;

type Tells = Parameters<OpenLane<readonly State[]>>[3];

/**
 * Opens cached lanes of this page's server; for Lanes.
 *
 * @param ticket that lets one into a private room
 * @param reads true while the listener reads captions
 */
export function cachedLanes(ticket: string | undefined, reads: () => boolean): OpenLane<readonly State[]> {
  const headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
  return (path, heard, until, tells) => new CachedLane(path, headers, heard, until, tells, reads);
}

/** Runs one LaneMind: one timer, one request at a time. */
class CachedLane {
  readonly #path: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #tells: Tells;
  readonly #mind: LaneMind;
  readonly #reads: () => boolean;
  readonly #stopped = new AbortController();
  #timer: number | undefined;
  #newsAt = Number.NEGATIVE_INFINITY;

  constructor(
    path: string,
    headers: Readonly<Record<string, string>>,
    heard: Stand | undefined,
    until: Position | undefined,
    tells: Tells,
    reads: () => boolean,
  ) {
    this.#path = path;
    this.#headers = headers;
    this.#tells = tells;
    this.#reads = reads;
    this.#mind = new LaneMind(heard, until);
    this.#perform(this.#mind.start(performance.now()));
  }

  /** Ends it, without a word. */
  stop(): void {
    this.#stopped.abort();
    window.clearTimeout(this.#timer);
  }

  #perform(effects: readonly LaneEffect[]): void {
    for (const effect of effects) {
      if (this.#stopped.signal.aborted) return;
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
    window.clearTimeout(this.#timer);
    const wakeAt = this.#mind.wakeAt;
    if (this.#stopped.signal.aborted || wakeAt === undefined || wakeAt === Number.POSITIVE_INFINITY) return;
    const second = () => this.#perform(this.#mind.second(performance.now()));
    this.#timer = window.setTimeout(second, Math.max(0, wakeAt - performance.now()));
  }

  async #fetchHead(): Promise<void> {
    const { status, body } = await this.#ask("head");
    const news = status === 200 ? parseLaneHead(new TextDecoder().decode(body)) : undefined;
    if (this.#stopped.signal.aborted) return;
    if (news === undefined) return this.#none(status);
    this.#newsAt = performance.now();
    this.#tells.states(news.states);
    this.#perform(this.#mind.head(news.head, performance.now()));
  }

  /** Between two heads that the lane itself needs: for the sake of what is said in words. */
  async #fetchNews(): Promise<void> {
    this.#newsAt = performance.now();
    const { status, body } = await this.#ask("head");
    const news = status === 200 ? parseLaneHead(new TextDecoder().decode(body)) : undefined;
    if (news !== undefined && !this.#stopped.signal.aborted) this.#tells.states(news.states);
  }

  async #fetch(name: SegmentName): Promise<void> {
    const { status, body } = await this.#ask(`${name.epoch}/${name.index}`);
    if (this.#stopped.signal.aborted) return;
    if (status !== 200) return this.#none(status);
    this.#perform(this.#mind.segment(name, body, performance.now()));
    if (this.#reads() && performance.now() - this.#newsAt >= NEWS_MS) void this.#fetchNews();
  }

  #none(status: number): void {
    this.#perform(status === 410 ? this.#mind.over(performance.now()) : this.#mind.missing(performance.now()));
  }

  /** Status 0 for a line that failed. */
  async #ask(name: string): Promise<{ readonly status: number; readonly body: Uint8Array }> {
    try {
      const signal = AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(ANSWER_MS)]);
      const answer = await fetch(`${this.#path}/${name}`, { signal, headers: this.#headers });
      return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
    } catch {
      return { status: 0, body: new Uint8Array(0) };
    }
  }
}
