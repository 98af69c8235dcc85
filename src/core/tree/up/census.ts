import type { LocalTime, SessionId } from "../../ids.ts";
import { AskPool } from "../people/ask-pool.ts";
import type { Ask } from "../people/asks.ts";
import { NO_REACTIONS, type Reaction, type Reactions, reactionsSince } from "../people/reactions.ts";
import { firstOpenIn, isRadio, type NodeRef, type Plan } from "../shape/plan.ts";
import type { Region } from "../shape/region.ts";
import { NOTHING, REPORT_SECONDS, Tally } from "./tally.ts";
import { type RegionTotals, regionsOf, type TallyReport, type Totals } from "./totals.ts";
import { Unique } from "./unique.ts";

/** A leaf calls itself full from this share of its listeners on: who is sent there a moment later still finds a seat. */
const FULL_SHARE = 0.8;
/** And open again only below this one, so that a few who come and go do not move the window. */
const OPEN_SHARE = 0.7;

/** A leaf that nobody feeds yet forgets whom it saw knock longer ago than this, in ms: told all at once later, they would look like a storm. */
const NEWS_MS = 1_000;

/** What a leaf says of its own listeners. */
export type OwnFigures = Pick<Totals, "listeners" | "hearing" | "slow" | "stride" | "lateMs">;

/** What a parent was told by difference, up to one report. */
type Telling = { readonly revision: number; readonly joins: ReadonlyMap<Region, number>; readonly reactions: Reactions };
/** So many reports are remembered until they are passed on: a parent that lives does it within two seconds. */
const MOST_TELLINGS = 8;

/** What a node counts of all that hangs below it, and what of that its parent was told. */
export class Census<Link> {
  readonly tally = new Tally<Link>();
  readonly #node: NodeRef;
  readonly #life: number;
  readonly #asks = new AskPool();
  readonly #unique = new Unique();
  /** Taps that were told on earlier links, and by now. */
  #reactionsBefore: Reactions = NO_REACTIONS;
  #reactionsTold: Reactions = NO_REACTIONS;
  /** Joins that were told on earlier links. */
  #toldBefore: ReadonlyMap<Region, number> = new Map();
  /** Never changed, but replaced: each report remembers its own. */
  #told: ReadonlyMap<Region, number> = new Map();
  /** What of it will not be lost if the parent dies now, and what was told since. */
  #sure: Telling = { revision: 0, joins: new Map(), reactions: NO_REACTIONS };
  #tellings: readonly Telling[] = [];
  #isPassedOn = false;
  #isFull = false;
  #revision: number;
  #changed = true;
  #isShort = false;
  #listeners = -1;
  #hearing = -1;
  #quietSeconds = 0;
  #newsSince = Number.NEGATIVE_INFINITY;

  /** @param revision above those of every life of this node before */
  constructor(node: NodeRef, revision: number) {
    this.#node = node;
    this.#revision = this.#life = revision;
  }

  /** A child reported. */
  count(link: Link, report: TallyReport): void {
    const hasNews = this.tally.record(link, report);
    const hasAsks = this.#asks.add(report.asks);
    const hasUnique = this.#unique.hear(report.unique);
    if (hasNews || hasAsks || hasUnique) this.#changed = true;
  }

  /** A child is gone. */
  forget(link: Link): void {
    if (this.tally.forget(link)) this.#changed = this.#isShort = true;
  }

  /**
   * True while the parent counts a child that is gone from here. It may hang on another node by now, and what a crowd takes there is told soon:
   * to be told before it, so that nobody is counted twice. Who is counted nowhere for a moment is not missed (crowd.ts).
   */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** So many joins came to this leaf that wanted `region`, whether or not they can be taken. @param isLinked somebody can be told */
  want(region: Region, joins: number, isLinked: boolean, now: LocalTime): void {
    if (!isLinked && now - this.#newsSince > NEWS_MS) {
      this.#newsSince = now;
      this.#told = new Map(this.tally.joins);
    }
    this.tally.want(region, joins);
    if (joins > 0) this.#changed = true;
  }

  /** So many taps by this leaf's own listeners. */
  react(reaction: Reaction, times: number): void {
    this.tally.react({ [reaction]: times });
    this.#changed = true;
  }

  /** This leaf's own listeners ask. */
  ask(asks: readonly Ask[]): void {
    if (this.#asks.add(asks)) this.#changed = true;
  }

  /** Somebody came to this leaf. @param random luck from [0, 1), for who has no session */
  see(session: SessionId | undefined, random: number): void {
    if (session === undefined ? this.#unique.seeAny(random) : this.#unique.see(session)) this.#changed = true;
  }

  /** True while asks are on their way up: seconds must pass for them. */
  get asks(): boolean {
    return this.#asks.holds;
  }

  /** A second has passed. Children that have been silent for too long. */
  second(flows: boolean): readonly Link[] {
    const silent = this.tally.second(flows);
    this.#asks.second();
    this.#quietSeconds = flows ? this.#quietSeconds + 1 : 0;
    if (silent.length > 0 || this.#quietSeconds >= REPORT_SECONDS) this.#changed = true;
    return silent;
  }

  /** The parent was heard: what it was told before, it has; which is enough of a root, and of a relay that does not say more. */
  heard(): void {
    if (!this.#isPassedOn) this.#isSureOf(this.#tellings.length);
  }

  /** The parent, a relay, has told its own parent all that it knew from this node up to this report. */
  passedOn(revision: number): void {
    this.#isPassedOn = true;
    this.#isSureOf(this.#tellings.filter((telling) => telling.revision <= revision).length);
  }

  /** The link to the parent broke while sound flowed: what of it may have been lost with the parent, or in a silent link, is told again. */
  unlinked(): void {
    this.#told = this.#sure.joins;
    this.#reactionsTold = this.#sure.reactions;
  }

  #isSureOf(tellings: number): void {
    this.#sure = this.#tellings[tellings - 1] ?? this.#sure;
    this.#tellings = this.#tellings.slice(tellings);
  }

  /** A new parent knows nothing yet; what joins the old one was told of, it is not told again. */
  linked(): void {
    this.#toldBefore = this.#told;
    this.#reactionsBefore = this.#reactionsTold;
    this.#sure = { revision: this.#revision, joins: this.#toldBefore, reactions: this.#reactionsBefore };
    this.#tellings = [];
    this.#isPassedOn = false;
    this.#asks.linked();
    this.#unique.linked();
    this.#changed = true;
  }

  /** True while the parent does not know the newest totals. @param listeners and hearing: of a leaf, its own; else 0 */
  owes(listeners: number, hearing = 0): boolean {
    return this.#changed || listeners !== this.#listeners || hearing !== this.#hearing || this.#asks.owes;
  }

  /** The totals as the parent is told now. @param own a leaf's own figures */
  report(plan: Plan, own: OwnFigures | undefined): TallyReport {
    this.#changed = this.#isShort = false;
    this.#quietSeconds = 0;
    this.#listeners = own?.listeners ?? 0;
    this.#hearing = own?.hearing ?? 0;
    const { region, index, level } = this.#node;
    // What lies before the open window is nothing to it: a leaf that died there must not hide how far the others are full.
    const start = Math.max(index * plan.fanOut ** level, firstOpenIn(plan, region));
    const totals = this.tally.totals(own === undefined ? NOTHING : this.#leaf(plan, own), (one) => (one === region ? start : 0));
    const regions: Partial<Record<Region, RegionTotals>> = {};
    for (const [one, { listeners, hearing, joins, from, fullBelow }] of regionsOf(totals)) {
      if (this.#told.get(one) !== joins) this.#told = new Map(this.#told).set(one, joins);
      regions[one] = { listeners, hearing, joins: joins - (this.#toldBefore.get(one) ?? 0), from, fullBelow };
    }
    this.#reactionsTold = this.tally.reactions;
    this.#revision++;
    this.#tellings = [...this.#tellings, { revision: this.#revision, joins: this.#told, reactions: this.#reactionsTold }];
    if (this.#tellings.length > MOST_TELLINGS) this.#isSureOf(1);
    return {
      ...totals,
      revision: this.#revision,
      life: this.#life,
      regions,
      reactions: reactionsSince(this.#reactionsBefore, this.#reactionsTold),
      unique: this.#unique.tell(),
      asks: this.#asks.tell(),
    };
  }

  #leaf(plan: Plan, own: OwnFigures): Totals {
    // No leaf of any region: its listeners are counted, and it takes part in no window.
    if (isRadio(this.#node)) {
      const { listeners, hearing } = own;
      return { ...own, stride: 0, ready: 0, regions: { [this.#node.region]: { listeners, hearing, joins: 0, from: 0, fullBelow: 0 } } };
    }
    const share = own.listeners / plan.leafListeners;
    this.#isFull = share >= (this.#isFull ? OPEN_SHARE : FULL_SHARE);
    const { region, index } = this.#node;
    const figures = { listeners: own.listeners, hearing: own.hearing, joins: 0, from: index, fullBelow: this.#isFull ? index + 1 : index };
    return { ...own, ready: 1, regions: { [region]: figures } };
  }
}
