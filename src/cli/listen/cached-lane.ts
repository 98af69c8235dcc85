import { type LaneEffect, LaneMind, type Stand } from "../../core/audio/lane-mind.ts";
import type { OpenLane } from "../../core/audio/lanes.ts";
import type { Position } from "../../core/audio/position.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import { parseLaneHead } from "../../core/wire/lane-head.ts";
import type { State } from "../../core/wire/messages.ts";

/** An answer that takes longer is given up, in ms. */
const ANSWER_MS = 5_000;

type Tells = Parameters<OpenLane<readonly State[]>>[3];

/** How a lane fetches: as `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Opens cached lanes of rooms on `server`; for Lanes, which see for how to use it.
 *
 * @param fetches how they fetch; a crowd of lanes shares one that lets no more than some through at once
 * @param ticket that lets one into a private room
 */
export function cachedLanesOf(server: URL, fetches: Fetch = fetch, ticket?: string): OpenLane<readonly State[]> {
  const headers = ticket === undefined ? {} : { authorization: `Bearer ${ticket}` };
  const fetchAs: Fetch = (url, init) => fetches(url, { ...init, headers });
  return (path, heard, until, tells) => new CachedLane(new URL(path, server), heard, until, tells, fetchAs);
}

/** Runs one LaneMind: one timer, one request at a time; requests share Node's own pool of connections. */
class CachedLane {
  readonly #path: string;
  readonly #tells: Tells;
  readonly #fetches: Fetch;
  readonly #mind: LaneMind;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(path: URL, heard: Stand | undefined, until: Position | undefined, tells: Tells, fetches: Fetch) {
    this.#path = path.href;
    this.#fetches = fetches;
    this.#tells = tells;
    this.#mind = new LaneMind(heard, until);
    this.#perform(this.#mind.start(performance.now()));
  }

  /** Ends it, without a word. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
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
    clearTimeout(this.#timer);
    const wakeAt = this.#mind.wakeAt;
    if (this.#stopped || wakeAt === undefined || wakeAt === Number.POSITIVE_INFINITY) return;
    const second = () => this.#perform(this.#mind.second(performance.now()));
    this.#timer = setTimeout(second, Math.max(0, wakeAt - performance.now()));
  }

  async #fetchHead(): Promise<void> {
    const { status, body } = await ask(this.#fetches, `${this.#path}/head`);
    const news = status === 200 ? parseLaneHead(new TextDecoder().decode(body)) : undefined;
    if (this.#stopped) return;
    if (news === undefined) return this.#none(status);
    this.#tells.states(news.states);
    this.#perform(this.#mind.head(news.head, performance.now()));
  }

  async #fetch(name: SegmentName): Promise<void> {
    const { status, body } = await ask(this.#fetches, `${this.#path}/${name.epoch}/${name.index}`);
    if (this.#stopped) return;
    if (status === 200) this.#perform(this.#mind.segment(name, body, performance.now()));
    else this.#none(status);
  }

  #none(status: number): void {
    this.#perform(status === 410 ? this.#mind.over(performance.now()) : this.#mind.missing(performance.now()));
  }
}

/** Status 0 for a line that failed. */
async function ask(fetches: Fetch, url: string): Promise<{ readonly status: number; readonly body: Uint8Array }> {
  try {
    const answer = await fetches(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) };
  } catch {
    return { status: 0, body: new Uint8Array(0) };
  }
}
