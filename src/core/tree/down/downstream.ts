import { BEFORE_ALL, type Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";
import type { Plan } from "../shape/plan.ts";
import type { Feed } from "./feed.ts";
import { formatFlow } from "./link.ts";
import type { DownEffect, Greeting, LinksBelow, Waiting } from "./links-below.ts";
import { ListenerLinks, type ServingSettings } from "./listener-links.ts";
import type { Lines } from "./listeners.ts";
import { NodeLinks } from "./node-links.ts";
import { Standing } from "./standing.ts";
import type { States } from "./states.ts";

/** Who hangs below: people's sockets, or nodes that hand on. It decides how they are greeted and what they may see. */
export type Below = "listeners" | "nodes";

/**
 * The lower half of every node, the root's too: what was heard, the newest states, and the links that hear them.
 *
 * A link is *waiting* until it has been greeted, then *live*: it has been sent all up to the newest chunk. Nodes are sent each further chunk
 * at once and alike (node-links.ts); listeners in their turn (listener-links.ts). A node is *open* while it is fed: then newcomers go live.
 */
export class Downstream<Link> {
  readonly #standing: Standing;
  readonly #links: LinksBelow<Link>;
  readonly #waiting = new Map<Link, Waiting>();

  /**
   * @param keepMs sound to keep for who comes late or comes back, in ms
   * @param newest where the node stood when it last knew
   */
  constructor(below: Below, keepMs: number, newest: Position = BEFORE_ALL, serving: ServingSettings = {}) {
    this.#standing = new Standing(keepMs, newest, serving.chunks, serving.texts);
    this.#links = below === "nodes" ? new NodeLinks(this.#standing) : new ListenerLinks(this.#standing, serving);
  }

  get feed(): Feed {
    return this.#standing.feed;
  }

  get states(): States {
    return this.#standing.states;
  }

  /** Links that have been greeted; the body's loop for states runs over them. */
  get live(): Iterable<Link> {
    return this.#links.live;
  }

  /** All links, greeted or not. */
  get size(): number {
    return this.#links.size + this.#waiting.size;
  }

  /** True of a link that hangs here, greeted or not. */
  has(link: Link): boolean {
    return this.isLive(link) || this.#waiting.has(link);
  }

  /** True of a link that has been sent all up to where it stands now. */
  isLive(link: Link): boolean {
    return this.#links.has(link);
  }

  /** True of a link that has been told the states, so that it may be told more. */
  isGreeted(link: Link): boolean {
    return this.isLive(link) || this.#waiting.get(link)?.welcomed === true;
  }

  /** Chunks per send. */
  get stride(): number {
    return this.#links.stride;
  }

  /** How late the newest chunk came, in ms. */
  get lateMs(): number {
    return this.#links.lateMs;
  }

  /** Listeners whose line does not move at the moment. */
  get slow(): number {
    return this.#links.slow;
  }

  /** True once the room is over, for good. */
  get ended(): boolean {
    return this.#standing.ended;
  }

  /** True while the root's clock runs, as far as this node was told: sound comes all the time. */
  get flows(): boolean {
    return this.#standing.flows;
  }

  /** The root's clock runs, or stands. */
  flow(flows: boolean): readonly DownEffect<Link>[] {
    if (this.flows === flows) return [];
    this.#standing.flows = flows;
    return flows ? this.sayFlow() : [...this.#links.release(), ...this.sayFlow()];
  }

  /** Tells the nodes below whether sound flows; also a sign of life, where there is no sound to hand on. */
  sayFlow(): readonly DownEffect<Link>[] {
    return this.#links.handOn(formatFlow(this.flows));
  }

  /** The plan that who comes is greeted with. */
  set plan(plan: Plan) {
    this.#standing.plan = plan;
  }

  /** The epoch that children are greeted with; never lowered. */
  set epoch(epoch: number) {
    this.#standing.epoch = epoch;
  }

  get epoch(): number {
    return this.#standing.epoch;
  }

  /** A link that outlived this body's sleep: live if it was, so that nothing is told to it again. */
  restore(link: Link, wasLive: boolean): void {
    this.#links.restored();
    if (wasLive) this.#links.add(link, this.feed.newest);
    else this.#waiting.set(link, { from: undefined, welcomed: false, since: undefined });
  }

  /** States that were kept through a sleep: enough to welcome newcomers with. */
  recall(states: readonly string[]): void {
    for (const state of states) this.states.hear(state);
    this.#standing.isKnown = true;
  }

  /** What a listener would be greeted with who has heard all up to `from`; undefined if he had to wait for it. Changes nothing. */
  greeting(from: Position | undefined, now: LocalTime): Greeting | undefined {
    this.feed.forget(now);
    return this.#links.greeting(from, now);
  }

  /** A new link. Greeted as far as this node knows what to say. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    // Epoch 0 is before every room: who stands there has heard nothing.
    const waiting: Waiting = { from: from?.epoch === BEFORE_ALL.epoch ? undefined : from, welcomed: false, since: undefined };
    // Only this one: while nobody feeds this node, a storm of joins that greeted each other would cost its square.
    const effects = this.#greet(link, waiting, now, false);
    if (!this.isLive(link)) this.#waiting.set(link, waiting);
    return effects;
  }

  /** A link is gone. True if it was there. */
  leave(link: Link): boolean {
    const waited = this.#waiting.delete(link);
    return this.#links.remove(link) || waited;
  }

  /** From now on this node is fed, and who waited goes live. */
  open(now: LocalTime): readonly DownEffect<Link>[] {
    this.#standing.isOpen = true;
    this.#standing.isKnown = true;
    return this.#greetWaiting(now, false);
  }

  /** Nobody feeds this node at the moment: who comes now goes live when it is fed again, at the live edge. */
  close(): void {
    this.#standing.isOpen = false;
  }

  /** Sound from above, or from the root's own clock. */
  hear(message: Uint8Array, now: LocalTime): readonly DownEffect<Link>[] {
    // Who waits is greeted before: what is sent to all goes to whom is live when it is done, and must find nobody who was not greeted yet.
    const greeted = this.#waiting.size > 0 ? this.#greetWaiting(now, true) : [];
    const heard = this.#links.heard(this.feed.hear(message, now), now);
    return greeted.length === 0 ? heard : [...greeted, ...heard];
  }

  /** Does a `deliver` effect: to be called when it is its turn among the effects. */
  deliver(to: "turn" | "all", lines: Lines<Link>, now: LocalTime): readonly DownEffect<Link>[] {
    return this.#links.deliver(to, lines, now);
  }

  /** True while somebody is owed what was held back for him. */
  get owes(): boolean {
    return this.#links.owes;
  }

  /** A second has passed: what was held back for too long goes out. */
  second(now: LocalTime): readonly DownEffect<Link>[] {
    return this.#links.second(now);
  }

  /** A state from above, or from the root; kept, and handed on to whom it is for. */
  tell(text: string): readonly DownEffect<Link>[] {
    const kept = this.states.hear(text);
    const told = kept === undefined ? [] : this.#links.tell(kept);
    if (told.length === 0) return told;
    const effects: DownEffect<Link>[] = [...told];
    for (const [link, { welcomed }] of this.#waiting) if (welcomed) effects.push({ do: "send", to: link, message: text });
    return effects;
  }

  /** A link text that every hop hands on as it is. */
  handOn(text: string): readonly DownEffect<Link>[] {
    return this.#links.handOn(text);
  }

  /** Lets go of everybody, who then look for another: this node must not feed them any more. */
  dismiss(): readonly DownEffect<Link>[] {
    this.close();
    return [...this.live, ...this.#waiting.keys()].map((link) => ({ do: "close", link, ending: "unfed" }));
  }

  /** The room is over: nodes hand it on, listeners are closed; who comes later is told at once. */
  end(): readonly DownEffect<Link>[] {
    if (this.ended) return [];
    this.#standing.ended = true;
    const links = [...this.live, ...this.#waiting.keys()];
    return [...this.#links.release(), ...links.map((link) => this.#links.ending(link))];
  }

  /** @param flows sound comes right after this, so who claims to be ahead can be judged */
  #greetWaiting(now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    return [...this.#waiting].flatMap(([link, waiting]) => this.#greet(link, waiting, now, flows));
  }

  #greet(link: Link, waiting: Waiting, now: LocalTime, flows: boolean): readonly DownEffect<Link>[] {
    this.feed.forget(now);
    const { effects, through } = this.#links.greet(link, waiting, now, flows);
    if (through === undefined) return effects;
    this.#waiting.delete(link);
    this.#links.add(link, through);
    effects.push({ do: "mark-live", link });
    return effects;
  }
}
