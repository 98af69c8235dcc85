import { monitorEventLoopDelay } from "node:perf_hooks";
import type { OpenLane } from "../../core/audio/lanes.ts";
import { parseServer } from "../api.ts";
import { cachedLanesOf } from "../listen/cached-lane.ts";
import { limitedFetch } from "./limited-fetch.ts";
import { CrowdListener, type ListenerPlan } from "./listener.ts";
import { foundBy } from "./part-found.ts";
import { type FromPart, parseToPart } from "./talk.ts";
import { PartTally } from "./tally.ts";
import { asks, type CrowdWish, dueAfterMs, roleOf, type Wave } from "./wish.ts";

/** How often it is looked who is due, in ms. */
const STEP_MS = 5;
/** How long joins that are under way get once the last one was dialed, in ms; a leaf may park one for 5 s. */
const SETTLE_MS = 15_000;
/** How long everybody gets to hang up, in ms. */
const LEAVE_MS = 2_000;
/** Segments that are fetched at once: a server holds a connection for each, and has only so many. */
const FETCHES = 64;
/** What the event loop's monitor itself waits, in ms: part of what it measures. */
const RESOLUTION_MS = 10;

/** One process of a crowd: its share of the listeners, and what they count. It is forked by crowd/gathering.ts. */
class Part {
  readonly #wish: CrowdWish;
  readonly #index: number;
  readonly #of: number;
  readonly #startAt: number;
  readonly #tally = new PartTally();
  readonly #openLane: OpenLane<unknown>;
  readonly #listeners: CrowdListener[] = [];
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #before = { joined: 0, lost: 0, returned: 0, diverted: 0, messages: 0, chunks: 0, soundMs: 0, holes: 0, gaps: 0, stalls: 0 };
  #second = 0;

  constructor(wish: CrowdWish, index: number, of: number, startAt: number) {
    this.#wish = wish;
    this.#index = index;
    this.#of = of;
    this.#startAt = startAt;
    this.#openLane = cachedLanesOf(parseServer(wish.url), limitedFetch(FETCHES));
    this.#delay.enable();
    this.#armSecond();
    void this.#gather();
  }

  /** Listening begins at `at`: from there the mischief and the storm are counted. */
  listen(at: number): void {
    const { mischief, storm } = this.#wish;
    const later = (afterMs: number, role: string, act: (listener: CrowdListener) => void): void => {
      setTimeout(
        () => {
          for (const listener of this.#listeners) if (listener.role === role) act(listener);
        },
        Math.max(0, at - Date.now() + afterMs),
      ).unref();
    };
    later(mischief.slow.afterMs, "slow", (listener) => listener.pause());
    later(mischief.slow.afterMs + mischief.slow.forMs, "slow", (listener) => listener.resume());
    later(mischief.halfOpen.afterMs, "half-open", (listener) => listener.pause());
    later(mischief.kill.afterMs, "killed", (listener) => listener.kill());
    if (storm.listeners > 0) void this.#arrive(storm, this.#wish.first.listeners, at + storm.afterMs);
  }

  /** Tells what was found, then hangs up and ends this process. */
  async leave(): Promise<void> {
    this.#tellSecond();
    const own = this.#delay;
    const ownDelayMs = {
      p99: Math.max(0, Math.round(own.percentile(99) / 1e6) - RESOLUTION_MS),
      max: Math.max(0, Math.round(own.max / 1e6) - RESOLUTION_MS),
    };
    await say({ say: "found", found: foundBy(this.#tally, this.#listeners, ownDelayMs) });
    for (const listener of this.#listeners) listener.leave();
    const deadline = performance.now() + LEAVE_MS;
    while (this.#tally.present > 0 && performance.now() < deadline) await sleep(STEP_MS);
    process.exit(0);
  }

  async #gather(): Promise<void> {
    await this.#arrive(this.#wish.first, 0, this.#startAt);
    const deadline = performance.now() + SETTLE_MS;
    while (this.#tally.settled < this.#listeners.length && performance.now() < deadline) await sleep(STEP_MS);
    await say({ say: "settled", joined: this.#tally.joined });
  }

  /** Dials this part's share of a wave on its timeline, whatever the server does. @param firstIndex of the wave's listeners in the crowd */
  async #arrive(wave: Wave, firstIndex: number, startAt: number): Promise<void> {
    for (let index = this.#index; index < wave.listeners; index += this.#of) {
      const dueAt = startAt + dueAfterMs(wave, index) - performance.timeOrigin;
      while (performance.now() < dueAt) await sleep(Math.min(STEP_MS, Math.max(0, dueAt - performance.now())));
      this.#dial(firstIndex + index, dueAt);
    }
  }

  #dial(index: number, dueAt: number): void {
    const { url, sources, comeBack } = this.#wish;
    const source = sources[index % Math.max(1, sources.length)];
    const plan = { url, role: roleOf(this.#wish, index), dueAt, source, comeBack, openLane: this.#openLane, ...this.#answersOf(index) };
    this.#listeners.push(new CrowdListener(plan, this.#tally));
  }

  #answersOf(index: number): Pick<ListenerPlan, "answers"> {
    const { answers } = this.#wish;
    return answers === undefined ? {} : { answers: { reacts: answers.reacts, asks: asks(this.#wish, index) } };
  }

  #armSecond(): void {
    setTimeout(
      () => {
        this.#tellSecond();
        this.#armSecond();
      },
      Math.max(0, this.#startAt + (this.#second + 1) * 1_000 - Date.now()),
    ).unref();
  }

  #tellSecond(): void {
    const { present, cached, joined, lost, returned, diverted, messages, chunks, soundMs, stalls } = this.#tally;
    const now = performance.now();
    const before = this.#before;
    const soundFlows = messages > before.messages;
    let holes = 0;
    let gaps = 0;
    for (const listener of this.#listeners) {
      listener.second(now, soundFlows);
      holes += listener.hearing.holes;
      gaps += listener.hearing.gaps;
    }
    this.#before = { joined, lost, returned, diverted, messages, chunks, soundMs, holes, gaps, stalls };
    const second = {
      second: this.#second++,
      present,
      joined: joined - before.joined,
      lost: lost - before.lost,
      returned: returned - before.returned,
      diverted: diverted - before.diverted,
      cached,
      messages: messages - before.messages,
      chunks: chunks - before.chunks,
      soundMs: soundMs - before.soundMs,
      holes: holes - before.holes,
      gaps: gaps - before.gaps,
      stalls: stalls - before.stalls,
      lag: this.#tally.takeLag(),
    };
    void say({ say: "second", second });
  }
}

/** Resolves once it is on its way: a process that exits before loses what it said last. */
function say(said: FromPart): Promise<void> {
  return new Promise((done) => {
    if (process.send === undefined) throw new Error("A part of a crowd is started by npm run crowd, not by hand");
    process.send(said, undefined, undefined, () => done());
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

let part: Part | undefined;
process.on("message", (message) => {
  const said = parseToPart(message);
  switch (said.say) {
    case "begin":
      part = new Part(said.wish, said.index, said.of, said.startAt);
      return;
    case "listen":
      part?.listen(said.at);
      return;
    case "leave":
      void part?.leave();
  }
});
// Whoever gathered the crowd is gone: so is its purpose.
process.on("disconnect", () => process.exit(1));
// Ctrl-C goes to all processes of a terminal; the one that gathered them says when to leave.
process.on("SIGINT", () => undefined);
void say({ say: "ready" });
