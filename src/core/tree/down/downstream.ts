import { BEFORE_ALL, type Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import type { Plan } from "../shape/plan.ts";
import type { Chunks, Part } from "./chunks.ts";
import { Feed } from "./feed.ts";
import { type Message, messagesOf, slices } from "./greeting.ts";
import { END_TEXT, formatFlow, formatLink, formatLinked } from "./link.ts";
import { type Lines, Listeners } from "./listeners.ts";
import { canWait, Pacing } from "./pacing.ts";
import { States } from "./states.ts";
import { TEXTS, type Texts } from "./texts.ts";
import { Welcomes } from "./welcomes.ts";

/** What a node's body must do to its links below. `send-all` goes to every link in `live`, in one loop. */
export type DownEffect<Link> =
  | { readonly do: "send"; readonly to: Link; readonly message: Message }
  | { readonly do: "send-all"; readonly message: Message }
  /** Call `deliver`: to the listeners whose turn it is, or to all. */
  | { readonly do: "deliver"; readonly to: "turn" | "all" }
  /** The link is live from here on; to be remembered with the socket, for after a sleep. */
  | { readonly do: "mark-live"; readonly link: Link }
  | { readonly do: "close"; readonly link: Link; readonly ending: "uprooted" | "unfed" | "ended" | "slow" | "removed" };

/** Who hangs below: people's sockets, or nodes that hand on. It decides how they are greeted and what they may see. */
export type Below = "listeners" | "nodes";

/** A listener who says that he heard more than this node has is believed for so long after sound flows, in ms; then he is a newcomer. */
const AHEAD_MS = 3_000;

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

const TURN = { do: "deliver", to: "turn" } as const;
const ONLY_TURN = [TURN] as const;
const NOTHING = [] as const;

/** After so long without a chunk, in ms, a turn that is still owed is not waited for any more. */
const STALE_MS = 1_000;

/** `welcomed`: he knows the states already and waits for sound alone. `since`: when sound first came that he claims to have heard. */
type Waiting = { readonly from: Position | undefined; welcomed: boolean; since: LocalTime | undefined };

/**
 * The lower half of every node, the root's too: what was heard, the newest states, and the links that hear them.
 *
 * A link is *waiting* until it has been greeted, then *live*: it has been sent all up to the newest chunk. Nodes are sent each further chunk
 * at once and alike; listeners in their turn (core/tree/down/listeners.ts). A node is *open* while it is fed: then newcomers go live.
 */
export class Downstream<Link> {
  readonly feed: Feed;
  readonly states: States;
  readonly #below: Below;
  readonly #welcomes: Welcomes;
  readonly #nodes = new Set<Link>();
  readonly #listeners: Listeners<Link>;
  readonly #waiting = new Map<Link, Waiting>();
  #plan: Plan | undefined;
  #epoch = 0;
  #open = false;
  #known = false;
  #flows = false;
  #ended = false;
  readonly #pacing = new Pacing();

  /**
   * @param keepMs sound to keep for who comes late or comes back, in ms
   * @param newest where the node stood when it last knew
   */
  constructor(below: Below, keepMs: number, newest: Position = BEFORE_ALL, serving: ServingSettings = {}) {
    this.#below = below;
    this.feed = new Feed(keepMs, newest, serving.chunks);
    const texts = serving.texts ?? TEXTS;
    this.states = new States(texts);
    this.#welcomes = new Welcomes(serving.wantsAcks === true, texts);
    this.#listeners = new Listeners(this.feed, serving.stride, serving.listeners);
  }

  /** Links that have been greeted; the body's loop for states runs over them. */
  get live(): Iterable<Link> {
    return this.#below === "nodes" ? this.#nodes : this.#listeners.links();
  }

  /** All links, greeted or not. */
  get size(): number {
    return this.#nodes.size + this.#listeners.size + this.#waiting.size;
  }

  /** True of a link that hangs here, greeted or not. */
  has(link: Link): boolean {
    return this.isLive(link) || this.#waiting.has(link);
  }

  /** True of a link that has been sent all up to where it stands now. */
  isLive(link: Link): boolean {
    return this.#nodes.has(link) || this.#listeners.has(link);
  }

  /** True of a link that has been told the states, so that it may be told more. */
  isGreeted(link: Link): boolean {
    return this.isLive(link) || this.#waiting.get(link)?.welcomed === true;
  }

  /** Chunks per send. */
  get stride(): number {
    return this.#listeners.stride;
  }

  /** How late the newest chunk came, in ms. */
  get lateMs(): number {
    return this.#listeners.lateMs;
  }

  /** Listeners whose line does not move at the moment. */
  get slow(): number {
    return this.#listeners.slow;
  }

  /** True once the room is over, for good. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True while the root's clock runs, as far as this node was told: sound comes all the time. */
  get flows(): boolean {
    return this.#flows;
  }

  /** The root's clock runs, or stands. */
  flow(flows: boolean): readonly DownEffect<Link>[] {
    if (this.#flows === flows) return [];
    this.#flows = flows;
    return flows ? this.sayFlow() : [...this.#release(), ...this.sayFlow()];
  }

  /** Tells the nodes below whether sound flows; also a sign of life, where there is no sound to hand on. */
  sayFlow(): readonly DownEffect<Link>[] {
    return this.#below === "nodes" ? [{ do: "send-all", message: formatFlow(this.#flows) }] : [];
  }

  /** The plan that children are greeted with. */
  set plan(plan: Plan) {
    this.#plan = plan;
  }

  /** The epoch that children are greeted with; never lowered. */
  set epoch(epoch: number) {
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  get epoch(): number {
    return Math.max(this.#epoch, this.feed.newest.epoch);
  }

  /** A link that outlived this body's sleep: live if it was, so that nothing is told to it again. */
  restore(link: Link, wasLive: boolean): void {
    // He may have been told a stride before the sleep.
    this.#pacing.doubt();
    if (wasLive) this.#goesLive(link, this.feed.newest);
    else this.#waiting.set(link, { from: undefined, welcomed: false, since: undefined });
  }

  /** States that were kept through a sleep: enough to welcome newcomers with. */
  recall(states: readonly string[]): void {
    for (const state of states) this.states.hear(state);
    this.#known = true;
  }

  /** A new link. Greeted as far as this node knows what to say. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    // Epoch 0 is before every room: who stands there has heard nothing.
    const waiting: Waiting = { from: from?.epoch === BEFORE_ALL.epoch ? undefined : from, welcomed: false, since: undefined };
    this.#waiting.set(link, waiting);
    // Only this one: while nobody feeds this node, a storm of joins that greeted each other would cost its square.
    return this.#greet(link, waiting, now, false);
  }

  /** A link is gone. True if it was there. */
  leave(link: Link): boolean {
    const waited = this.#waiting.delete(link);
    return this.#nodes.delete(link) || this.#listeners.remove(link) || waited;
  }

  /** From now on this node is fed, and who waited goes live. */
  open(now: LocalTime): readonly DownEffect<Link>[] {
    this.#open = true;
    this.#known = true;
    return this.#greetWaiting(now, false);
  }

  /** Nobody feeds this node at the moment: who comes now goes live when it is fed again, at the live edge. */
  close(): void {
    this.#open = false;
  }

  /** Sound from above, or from the root's own clock. */
  hear(message: Uint8Array, now: LocalTime): readonly DownEffect<Link>[] {
    // Who waits is greeted before: what is sent to all goes to whom is live when it is done, and must find nobody who was not greeted yet.
    const greeted = this.#waiting.size > 0 ? this.#greetWaiting(now, true) : NOTHING;
    const parts = this.feed.hear(message, now);
    const told = this.#below === "nodes" ? parts.map(({ bytes }) => ({ do: "send-all", message: bytes }) as const) : this.#turn(parts, now);
    return greeted.length === 0 ? told : [...greeted, ...told];
  }

  #turn(parts: readonly Part[], now: LocalTime): readonly DownEffect<Link>[] {
    const { last } = this.feed;
    return parts.length > 0 && last !== undefined && this.#listeners.heard(last, this.#open, now) ? ONLY_TURN : NOTHING;
  }

  /** Does a `deliver` effect: to be called when it is its turn among the effects. */
  deliver(to: "turn" | "all", lines: Lines<Link>, now: LocalTime): readonly DownEffect<Link>[] {
    const hopeless = to === "turn" ? this.#listeners.deliver(lines, now) : this.#listeners.flush(lines, now);
    if (hopeless.length === 0) return NOTHING;
    for (const link of hopeless) this.#listeners.remove(link);
    return hopeless.map((link) => ({ do: "close", link, ending: "slow" }));
  }

  /** True while somebody is owed what was held back for him. */
  get owes(): boolean {
    return this.#listeners.isBehind || this.#pacing.waits;
  }

  /** A second has passed: sends what a silent parent left in the middle of a stride, and texts that wait. */
  second(now: LocalTime): readonly DownEffect<Link>[] {
    const effects: DownEffect<Link>[] = [];
    const sinceMs = this.feed.ageMs(now) ?? 0;
    if (this.#listeners.isBehind && sinceMs >= STALE_MS) effects.push({ do: "deliver", to: "all" });
    const { stride, lateMs } = this.#listeners;
    for (const message of this.#pacing.second(stride, lateMs, this.feed.endsMs, now)) effects.push({ do: "send-all", message });
    return effects;
  }

  /** A state from above, or from the root; kept, and handed on to whom it is for. */
  tell(text: string): readonly DownEffect<Link>[] {
    const kept = this.states.hear(text);
    if (kept === undefined || (this.#below === "listeners" && kept.head.for !== "all")) return [];
    const { type } = kept.head;
    if (canWait(type) && this.#below === "listeners" && this.#flows && this.#listeners.stride > 1) {
      this.#pacing.hold(type, text);
      return [];
    }
    // What the old room said last is heard before listeners are told of the new one.
    const before = type === "moved" ? this.#release() : [];
    this.#pacing.drop(type);
    const effects: DownEffect<Link>[] = [...before, { do: "send-all", message: text }];
    for (const [link, { welcomed }] of this.#waiting) if (welcomed) effects.push({ do: "send", to: link, message: text });
    return effects;
  }

  /** A link text that every hop hands on as it is. */
  handOn(text: string): readonly DownEffect<Link>[] {
    return this.#below === "nodes" ? [{ do: "send-all", message: text }] : [];
  }

  /** Lets go of everybody, who then look for another: this node must not feed them any more. */
  dismiss(): readonly DownEffect<Link>[] {
    this.close();
    return [...this.live, ...this.#waiting.keys()].map((link) => ({ do: "close", link, ending: "unfed" }));
  }

  /** The room is over: nodes hand it on, listeners are closed; who comes later is told at once. */
  end(): readonly DownEffect<Link>[] {
    if (this.#ended) return [];
    this.#ended = true;
    const links = [...this.live, ...this.#waiting.keys()];
    return [...this.#release(), ...links.map((link) => this.#ending(link))];
  }

  #ending(link: Link): DownEffect<Link> {
    return this.#below === "nodes" ? { do: "send", to: link, message: END_TEXT } : { do: "close", link, ending: "ended" };
  }

  /** @param flows sound comes right after this, so who claims to be ahead can be judged */
  #greetWaiting(now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    return [...this.#waiting].flatMap(([link, waiting]) => this.#greet(link, waiting, now, flows));
  }

  #greet(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    this.feed.forget(now);
    return this.#below === "nodes" ? this.#linkUp(link, waiting, now) : this.#welcome(link, waiting, now, flows);
  }

  #welcome(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    if (!this.#known) return [];
    const { newest, endsMs } = this.feed;
    const effects: DownEffect<Link>[] = [];
    const send = (message: Message) => effects.push({ do: "send", to: link, message });
    if (!waiting.welcomed) send(this.#welcomes.text(this.feed, this.states, this.#listeners.stride, this.#plan));
    waiting.welcomed = true;
    if (this.#ended) {
      effects.push(this.#ending(link));
      return effects;
    }
    if (flows) waiting.since ??= now;
    // He may have heard more on another leaf, or the room has begun anew and this leaf has heard nothing of it yet.
    const isAhead = waiting.from !== undefined && !this.feed.reaches(waiting.from);
    const isBelieved = isAhead && now - (waiting.since ?? now) < AHEAD_MS;
    if (!this.#open || isBelieved) return effects;
    const isNew = waiting.from === undefined || isAhead;
    const { parts, through } = isNew
      ? { parts: this.feed.tail(now), through: newest }
      : this.feed.slice(waiting.from ?? newest, this.#listeners.turnBytes);
    for (const message of messagesOf(parts, endsMs)) send(message);
    effects.push(this.#goLive(link, through));
    return effects;
  }

  #linkUp(link: Link, { from = BEFORE_ALL }: Waiting, now: LocalTime): readonly DownEffect<Link>[] {
    if (!this.#open || this.#plan === undefined) return [];
    const missed = this.feed.after(from).flatMap((part) => slices(part.bytes));
    const linked = formatLinked(this.feed.newest, this.feed.ageMs(now), this.#flows);
    const messages = [formatLink(this.epoch, this.#plan, this.states.texts()), ...missed, linked];
    return [...toEach(link, messages), ...(this.#ended ? [this.#ending(link)] : []), this.#goLive(link, this.feed.newest)];
  }

  #goLive(link: Link, through: Position): DownEffect<Link> {
    this.#waiting.delete(link);
    this.#goesLive(link, through);
    return { do: "mark-live", link };
  }

  /** Whatever was held back goes out: nothing comes for a while, or what comes must not overtake it. */
  #release(): readonly DownEffect<Link>[] {
    const sound: readonly DownEffect<Link>[] = this.#listeners.isBehind ? [{ do: "deliver", to: "all" }] : [];
    const texts = this.#pacing.release().map((message) => ({ do: "send-all", message }) as const);
    return [...sound, ...texts];
  }

  #goesLive(link: Link, through: Position): void {
    if (this.#below === "nodes") this.#nodes.add(link);
    else this.#listeners.add(link, through);
  }
}

function toEach<Link>(to: Link, messages: readonly Message[]): readonly DownEffect<Link>[] {
  return messages.map((message) => ({ do: "send", to, message }));
}
