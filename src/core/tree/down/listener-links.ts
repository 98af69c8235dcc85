import type { Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import type { Chunks } from "./chunks.ts";
import type { DownEffect, Greeted, Greeting, LinksBelow, Waiting } from "./links-below.ts";
import { type Lines, Listeners } from "./listeners.ts";
import { canWait, Pacing } from "./pacing.ts";
import type { Part } from "./parts.ts";
import type { Slice } from "./slice.ts";
import type { Standing } from "./standing.ts";
import type { KeptState } from "./states.ts";
import type { Texts } from "./texts.ts";
import { Welcomes } from "./welcomes.ts";

/** A listener who says that he heard more than this node has is believed for so long after sound flows, in ms; then he is a newcomer. */
const AHEAD_MS = 3_000;
/** After so long without a chunk, in ms, a turn that is still owed is not waited for any more. */
const STALE_MS = 1_000;

const ONLY_TURN = [{ do: "deliver", to: "turn" }] as const;
const NOTHING = [] as const;

/** How a leaf serves its listeners, beyond what the room decides. */
export type ServingSettings = {
  /** A stride that no controller changes, for measuring. */
  readonly stride?: number | undefined;
  /** True where the runtime does not tell what waits on a line: players are asked to acknowledge. */
  readonly wantsAcks?: boolean;
  /** How many listen here, where a link may stand for many of them (the simulator's cohorts); else every link is one. */
  readonly listeners?: () => number;
  /** The same of those who hear, by their players' word. */
  readonly hearing?: () => number;
  /** How chunks are read and joined, where not as they are. */
  readonly chunks?: Chunks;
  /** How texts are read and written, where not as they are. */
  readonly texts?: Texts;
};

/** People's sockets: welcomed before they hear, sent sound in their turns (listeners.ts), and told what is for all; under load what can wait waits. */
export class ListenerLinks<Link> implements LinksBelow<Link> {
  readonly #standing: Standing;
  readonly #listeners: Listeners<Link>;
  readonly #welcomes: Welcomes;
  readonly #pacing = new Pacing();

  constructor(standing: Standing, { stride, wantsAcks, listeners }: ServingSettings) {
    this.#standing = standing;
    this.#welcomes = new Welcomes(wantsAcks === true, standing.texts);
    this.#listeners = new Listeners(standing.feed, stride, listeners);
  }

  get live(): Iterable<Link> {
    return this.#listeners.links();
  }

  get size(): number {
    return this.#listeners.size;
  }

  get stride(): number {
    return this.#listeners.stride;
  }

  get lateMs(): number {
    return this.#listeners.lateMs;
  }

  get slow(): number {
    return this.#listeners.slow;
  }

  get owes(): boolean {
    return this.#listeners.isBehind || this.#pacing.waits;
  }

  has(link: Link): boolean {
    return this.#listeners.has(link);
  }

  add(link: Link, through: Position): void {
    this.#listeners.add(link, through);
  }

  remove(link: Link): boolean {
    return this.#listeners.remove(link);
  }

  /** He may have been told a stride before the sleep. */
  restored(): void {
    this.#pacing.doubt();
  }

  greeting(from: Position | undefined, now: LocalTime): Greeting | undefined {
    const { feed, isKnown, isOpen, ended } = this.#standing;
    if (!isKnown || !isOpen || ended || (from !== undefined && !feed.reaches(from))) return undefined;
    const slice = this.#soundFor(from, now);
    return { welcome: this.#welcome(), sound: slice.messages(feed.endsMs), through: slice.through };
  }

  /** Welcomed as soon as anything is known of the room; given sound once this leaf is fed, and stands where he does. */
  greet(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): Greeted<Link> {
    const { feed, isKnown, isOpen, ended } = this.#standing;
    const effects: DownEffect<Link>[] = [];
    if (!isKnown) return { effects, through: undefined };
    if (!waiting.welcomed) effects.push({ do: "send", to: link, message: this.#welcome() });
    waiting.welcomed = true;
    if (ended) {
      effects.push(this.ending(link));
      return { effects, through: undefined };
    }
    if (flows) waiting.since ??= now;
    // He may have heard more on another leaf, or the room has begun anew and this leaf has heard nothing of it yet.
    const isAhead = waiting.from !== undefined && !feed.reaches(waiting.from);
    const isBelieved = isAhead && now - (waiting.since ?? now) < AHEAD_MS;
    if (!isOpen || isBelieved) return { effects, through: undefined };
    const slice = this.#soundFor(isAhead ? undefined : waiting.from, now);
    for (const message of slice.messages(feed.endsMs)) effects.push({ do: "send", to: link, message });
    return { effects, through: slice.through };
  }

  #welcome(): string {
    const { feed, states, plan } = this.#standing;
    return this.#welcomes.text(feed, states, this.#listeners.stride, plan);
  }

  /** What comes after `from`; to a newcomer the last second. */
  #soundFor(from: Position | undefined, now: LocalTime): Slice {
    const { feed } = this.#standing;
    return from === undefined ? feed.tail(now) : feed.slice(from, this.#listeners.turnBytes);
  }

  heard(parts: readonly Part[], now: LocalTime): readonly DownEffect<Link>[] {
    const { feed, isOpen } = this.#standing;
    const isTurn = parts.length > 0 && feed.last !== undefined && this.#listeners.heard(feed.last, isOpen, now);
    return isTurn ? ONLY_TURN : NOTHING;
  }

  tell({ head, text }: KeptState): readonly DownEffect<Link>[] {
    const { type } = head;
    if (head.for !== "all") return [];
    if (canWait(type) && this.#standing.flows && this.#listeners.stride > 1) {
      this.#pacing.hold(type, text);
      return [];
    }
    // What the old room said last is heard before listeners are told of the new one.
    const before = type === "moved" ? this.release() : [];
    this.#pacing.drop(type);
    return [...before, { do: "send-all", message: text }];
  }

  /** What nodes tell each other is nothing to listeners. */
  handOn(): readonly DownEffect<Link>[] {
    return [];
  }

  release(): readonly DownEffect<Link>[] {
    const sound: readonly DownEffect<Link>[] = this.#listeners.isBehind ? [{ do: "deliver", to: "all" }] : [];
    const texts = this.#pacing.release().map((message) => ({ do: "send-all", message }) as const);
    return [...sound, ...texts];
  }

  deliver(to: "turn" | "all", lines: Lines<Link>, now: LocalTime): readonly DownEffect<Link>[] {
    const hopeless = to === "turn" ? this.#listeners.deliver(lines, now) : this.#listeners.flush(lines, now);
    if (hopeless.length === 0) return NOTHING;
    for (const link of hopeless) this.#listeners.remove(link);
    return hopeless.map((link) => ({ do: "close", link, ending: "slow" }));
  }

  /** Sends what a silent parent left in the middle of a stride, and texts that wait. */
  second(now: LocalTime): readonly DownEffect<Link>[] {
    const { feed } = this.#standing;
    const { stride, lateMs, isBehind } = this.#listeners;
    const isStale = isBehind && (feed.ageMs(now) ?? 0) >= STALE_MS;
    const texts = this.#pacing.second(stride, lateMs, feed.endsMs, now).map((message) => ({ do: "send-all", message }) as const);
    return [...(isStale ? [{ do: "deliver", to: "all" } as const] : []), ...texts];
  }

  ending(link: Link): DownEffect<Link> {
    return { do: "close", link, ending: "ended" };
  }
}
