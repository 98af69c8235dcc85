import { Bundle, type Closed, type PlacedFrame } from "../audio/bundle.ts";
import type { Position } from "../audio/position.ts";
import { type LocalTime, localTime, type SessionId } from "../ids.ts";
import { Downstream } from "./down/downstream.ts";
import { formatPlan, formatRemove, formatWhisper, HEARTBEAT_TEXT } from "./down/link.ts";
import type { DownEffect } from "./down/links-below.ts";
import type { Ask } from "./people/asks.ts";
import { HeardAsks } from "./people/heard-asks.ts";
import type { Reactions } from "./people/reactions.ts";
import { type Limits, widthOf } from "./shape/grow.ts";
import { childrenOf, firstOpenIn, type NodeRef, type Plan } from "./shape/plan.ts";
import { REGIONS } from "./shape/region.ts";
import { Crowd, type CrowdFigures } from "./up/crowd.ts";
import { Demander } from "./up/demander.ts";
import { NOTHING, Tally } from "./up/tally.ts";
import type { TallyReport, Totals } from "./up/totals.ts";

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
  /** What is told of the audience changed: how many listen, or hear. */
  | { readonly do: "counted" }
  /** Listeners ask the room's people; each once. */
  | { readonly do: "asked"; readonly asks: readonly Ask[] }
  /** How often each reaction was tapped since the room was made. */
  | { readonly do: "reacted"; readonly counts: Reactions };

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
  readonly #demander = new Demander();
  /** What the operator allows this room. */
  limits: Limits;
  #plan: Plan;
  readonly #crowd = new Crowd();
  readonly #asks = new HeardAsks();
  #news = false;
  #isFull = false;
  #bundle: Bundle | undefined;

  /** @param epoch the last one that this room claimed; 0 before the first */
  constructor(plan: Plan, epoch: number, ended: boolean, now: LocalTime, limits: Limits = { maxListeners: Number.POSITIVE_INFINITY }) {
    this.limits = limits;
    this.#plan = plan;
    this.down.plan = plan;
    this.down.epoch = epoch;
    this.down.open(now);
    if (ended) this.down.end();
  }

  /** Listeners below, by the newest reports; a fall is told when it has lasted for some seconds. */
  get listeners(): number {
    return Math.max(this.#crowd.held.listeners, this.#tally.listeners);
  }

  /** The audience as its people are told of it, by the newest reports; a fall is told when it has lasted for some seconds. */
  figures(): CrowdFigures {
    return this.#crowd.figures(this.totals());
  }

  /** What the next root of this room should know of its audience; to be stored now and then, at most once a minute. */
  memory(): string {
    return this.#crowd.memory();
  }

  /** What an earlier root of this room remembered; told before anything is counted. */
  recall(memory: string): void {
    this.#crowd.recall(memory);
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
    return this.#tally.totals(NOTHING, (region) => firstOpenIn(this.#plan, region));
  }

  /** The clock and timeline; undefined until the first `begin` of this root's life. */
  get bundle(): Bundle | undefined {
    return this.#bundle;
  }

  /** A child was dialed; `from` is the last chunk that it heard. */
  join(link: Link, from: Position | undefined, now: LocalTime): readonly DownEffect<Link>[] {
    return this.down.join(link, from, now);
  }

  /** A child is gone. True if what is told of the audience may have changed. */
  leave(link: Link): boolean {
    this.down.leave(link);
    this.#news = true;
    const before = this.#told();
    this.#tally.forget(link);
    return this.#told() !== before;
  }

  /** A child reported. True if what is told of the audience changed; what comes on a link that was replaced counts no more. */
  count(link: Link, report: TallyReport): boolean {
    if (!this.down.has(link)) return false;
    this.#asks.hear(report.asks);
    const hasNews = this.#crowd.hear(report.unique);
    const before = this.#told();
    if (!this.#tally.record(link, report) && !hasNews) return false;
    this.#news = true;
    return this.#told() !== before;
  }

  /** What listeners ask now; to be called after `count`. More of it comes with the seconds. */
  asked(): readonly Ask[] {
    return this.#asks.take();
  }

  /** True while a second may have something to do: sound flows, or somebody reported; a quiet room grows too. */
  get wantsSeconds(): boolean {
    return !this.down.ended && (this.down.flows || this.#news || this.#crowd.holds || this.#demander.holds || this.#asks.holds);
  }

  /** A second has passed; called by the body while `wantsSeconds`. The tree grows here, by one plan a second at most. */
  second(now: LocalTime): readonly RootEffect<Link>[] {
    this.#news = false;
    const before = this.#told();
    const effects: RootEffect<Link>[] = this.#tally.second(this.down.flows).map((link) => ({ do: "redial", link }));
    const totals = this.totals();
    this.#crowd.look(totals);
    if (this.#told() !== before) effects.push({ do: "counted" });
    this.#asks.second();
    const asks = this.#asks.take();
    if (asks.length > 0) effects.push({ do: "asked", asks });
    const counts = this.#crowd.reactions(this.#tally.reactions);
    if (counts !== undefined) effects.push({ do: "reacted", counts });
    const { plan, isFull } = this.#demander.look(this.#plan, totals, this.limits, now);
    this.#isFull = isFull;
    if (plan !== undefined) effects.push({ do: "store-plan", plan });
    return effects;
  }

  /** What is told of the audience, as one word to compare. */
  #told(): string {
    const { listeners, hearing } = this.#tally.listeners >= this.#crowd.held.listeners ? this.#tally : this.#crowd.held;
    return `${listeners} ${hearing}`;
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

  /** A frame to be heard, by who stands by only while nobody else is; nothing while no epoch has begun. */
  add(voice: number, frame: PlacedFrame, standsBy = false): void {
    this.#bundle?.add(voice, frame, standsBy);
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
