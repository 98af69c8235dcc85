import { Bundle, type Closed, type PlacedFrame } from "../audio/bundle.ts";
import type { Position } from "../audio/position.ts";
import { type LocalTime, localTime, type SessionId } from "../ids.ts";
import { Demander } from "./demander.ts";
import { type DownEffect, Downstream } from "./downstream.ts";
import { type Limits, widthOf } from "./grow.ts";
import { formatPlan, formatRemove, formatWhisper, HEARTBEAT_TEXT } from "./link.ts";
import { Peak } from "./peak.ts";
import { childrenOf, type NodeRef, type Plan } from "./plan.ts";
import { REGIONS } from "./region.ts";
import { NOTHING, Tally } from "./tally.ts";
import type { TallyReport, Totals } from "./totals.ts";

/** How much sound the root keeps, in ms: as much as a relay, its child. */
const KEEP_MS = 60_000;

/** What a root's body must do, besides what any parent's does. */
export type RootEffect<Link> =
  | DownEffect<Link>
  /** Store this plan, safely, then `adopt` it: what a node was told must outlive the root. */
  | { readonly do: "store-plan"; readonly plan: Plan }
  /** Dial those of these children that have no link yet: a crowd is expected. */
  | { readonly do: "wake"; readonly children: readonly NodeRef[] }
  /** Dial the child at the other end anew: it should have reported, and may hear nothing either. */
  | { readonly do: "redial"; readonly link: Link }
  /** The number of listeners changed. */
  | { readonly do: "counted" };

/** What a tick made: what to send, and the chunk it closed. */
export type Tick<Link> = { readonly effects: readonly DownEffect<Link>[]; readonly closed: Closed };

/**
 * The mind of a tree's root: the clock that closes chunks, the links to the top nodes, and what they count. Pure: time is passed in.
 *
 * One chunk per tick, whatever the clock slept through: catching up on several in one turn starves every socket of the process.
 */
export class TreeRoot<Link> {
  readonly down = new Downstream<Link>("nodes", KEEP_MS);
  readonly #tally = new Tally<Link>();
  readonly #demander: Demander;
  /** What the operator allows this room. */
  limits: Limits;
  #plan: Plan;
  readonly #listeners = new Peak();
  #news = false;
  #isFull = false;
  #bundle: Bundle | undefined;

  /** @param epoch the last one that this room claimed; 0 before the first */
  constructor(plan: Plan, epoch: number, ended: boolean, now: LocalTime, limits: Limits = { maxListeners: Number.POSITIVE_INFINITY }) {
    this.limits = limits;
    this.#plan = plan;
    this.#demander = new Demander(plan);
    this.down.plan = plan;
    this.down.epoch = epoch;
    this.down.open(now);
    if (ended) this.down.end();
  }

  /** Listeners below, by the newest reports; a fall is told when it has lasted for some seconds. */
  get listeners(): number {
    return Math.max(this.#listeners.value, this.#tally.listeners);
  }

  /** The newest plan that nodes may know. */
  get plan(): Plan {
    return this.#plan;
  }

  /** Leaves that the plan has. */
  get leaves(): number {
    return REGIONS.reduce((sum, region) => sum + widthOf(this.#plan, region), 0);
  }

  /** True while more is wanted than the operator allows: what is too many is for the cached lane. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Figures of the whole tree, by the newest reports. */
  totals(): Totals {
    return this.#tally.totals(NOTHING, () => 0);
  }

  /** The clock and timeline; undefined until the first `begin` of this root's life. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** A child was dialed; `from` is the last chunk that it heard. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    return this.down.join(link, from, now);
  }

  /** A child is gone. True if the number of listeners may have changed. */
  leave(link: Link): boolean {
    this.down.leave(link);
    this.#news = true;
    const before = this.listeners;
    this.#tally.forget(link);
    return this.listeners !== before;
  }

  /** A child reported. True if the number of listeners changed; what comes on a link that was replaced counts no more. */
  count(link: Link, report: TallyReport): boolean {
    const before = this.listeners;
    if (!this.down.has(link) || !this.#tally.record(link, report)) return false;
    this.#news = true;
    return this.listeners !== before;
  }

  /** True while a second may have something to do: sound flows, or somebody reported; a quiet room grows too. */
  get wantsSeconds(): boolean {
    return !this.down.ended && (this.down.flows || this.#news || this.#listeners.holds || this.#demander.holds);
  }

  /** A second has passed; called by the body while `wantsSeconds`. The tree grows here, by one plan a second at most. */
  second(now: LocalTime): readonly RootEffect<Link>[] {
    this.#news = false;
    const before = this.listeners;
    const silent = this.#tally.second(this.down.flows).map((link) => ({ do: "redial", link }) as const);
    this.#listeners.look(this.#tally.listeners);
    const counted: readonly RootEffect<Link>[] = this.listeners === before ? silent : [...silent, { do: "counted" }];
    const { plan, isFull } = this.#demander.look(this.#plan, this.totals(), this.limits, now);
    this.#isFull = isFull;
    return plan === undefined ? counted : [...counted, { do: "store-plan", plan }];
  }

  /** A plan that was stored, or that a child knew already: from here on the tree lives by it. An older one changes nothing. */
  adopt(plan: Plan): readonly RootEffect<Link>[] {
    if (plan.revision <= this.#plan.revision) return [];
    this.#plan = plan;
    this.down.plan = plan;
    return [{ do: "send-all", message: formatPlan(plan) }, ...this.#wakes()];
  }

  /** A minute of waiting for a crowd has passed: a sign of life for who waits below, and those who were lost are woken again. */
  heartbeat(): readonly RootEffect<Link>[] {
    return this.#plan.planted ? [{ do: "send-all", message: HEARTBEAT_TEXT }, ...this.#wakes()] : [];
  }

  #wakes(): readonly RootEffect<Link>[] {
    return this.#plan.planted && !this.down.ended ? [{ do: "wake", children: childrenOf(this.#plan, "root") }] : [];
  }

  /** A text for one listener, wherever he is: told once, and lost if he is nowhere just then. */
  whisper(to: SessionId, text: string): readonly RootEffect<Link>[] {
    return this.down.handOn(formatWhisper(to, text));
  }

  /** Closes a listener's sockets, wherever they are. `address`: his leaf tells the HMAC of his address, as an ask. */
  remove(session: SessionId, address: boolean): readonly RootEffect<Link>[] {
    return this.down.handOn(formatRemove(session, address));
  }

  /** A new epoch, claimed by the caller; its timeline begins at `now`. */
  begin(epoch: number, chunkMs: number, now: LocalTime): void {
    this.down.epoch = epoch;
    this.#bundle = new Bundle(epoch, chunkMs, now);
  }

  /** The clock runs from here on; after a pause the timeline goes on at `now`. */
  start(now: LocalTime): readonly DownEffect<Link>[] {
    this.#bundle?.skipTo(now);
    return this.down.flow(true);
  }

  /** The clock stands: nobody below is to wonder about the silence. */
  stop(): readonly DownEffect<Link>[] {
    return this.down.flow(false);
  }

  /** This root has been replaced, or cannot know that it was not: it stands still, and lets go of who hangs below. */
  abdicate(): readonly DownEffect<Link>[] {
    return [...this.down.flow(false), ...this.down.dismiss()];
  }

  /** A frame to be heard; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame): void {
    this.#bundle?.add(voice, frame);
  }

  /** Closes what is due at `now` as one chunk; undefined if nothing is. */
  tick(now: LocalTime): Tick<Link> | undefined {
    const closed = this.#bundle?.close(now);
    return closed === undefined ? undefined : { effects: this.down.hear(closed.bytes, now), closed };
  }

  /** When the next chunk is due; undefined before an epoch has begun. */
  get due(): LocalTime | undefined {
    return this.#bundle === undefined ? undefined : localTime(this.#bundle.dueMs);
  }
}
