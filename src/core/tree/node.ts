import type { Position } from "../audio/position.ts";
import type { LocalTime, SessionId } from "../ids.ts";
import { unreachable } from "../unreachable.ts";
import { Downstream } from "./down/downstream.ts";
import { formatPassed, formatPlan, HEARTBEAT_TEXT, type LinkText } from "./down/link.ts";
import { TEXTS, type Texts } from "./down/texts.ts";
import type { KeptLinks, NodeEffect, NodeSettings } from "./node-effect.ts";
import type { Ask } from "./people/asks.ts";
import { type KeptPerson, LeafPeople } from "./people/leaf-people.ts";
import type { ListenerSays } from "./people/listener-says.ts";
import type { Reaction } from "./people/reactions.ts";
import type { Visitor } from "./people/visitors.ts";
import { isWorthSaving, type Saved, savedOf } from "./saved.ts";
import { childrenOf, type NodeRef, nodeName, type ParentRef, type Plan } from "./shape/plan.ts";
import type { Region } from "./shape/region.ts";
import { Census } from "./up/census.ts";
import { Own } from "./up/own.ts";
import type { TallyReport } from "./up/totals.ts";
import { Upstream } from "./upstream.ts";

/** A node reports at most this often, in ms … */
const REPORT_MS = 1_000;
/** … but for who has gone from it, in ms. */
const SHORT_MS = 200;

const NOTHING = [] as const;

type Linked = Extract<LinkText, { type: "linked" }>;

/**
 * The mind of a relay or a leaf: one link above, many below. Pure: events in, effects out.
 *
 * It wants a link above while anybody hangs below. It hears every link above it has and trusts the feed to drop repeats, so it can
 * take a new parent before it lets go of the old one.
 */
export class TreeNode<Link> {
  readonly down: Downstream<Link>;
  readonly node: NodeRef;
  readonly #up: Upstream<Link>;
  readonly #census: Census<Link>;
  readonly #people: LeafPeople<Link>;
  readonly #own: Own;
  /** Nobody plants a radio: it is there for who plays it. */
  readonly #isForCrowd: boolean;
  readonly #texts: Texts;
  #plan: Plan | undefined;
  #soundless = true;

  /**
   * @param saved what the last save effect said, if there was one
   * @param now also seeds the revision of reports, so that they stay above those before a restart
   */
  constructor(settings: NodeSettings, saved: Saved | undefined, kept: KeptLinks<Link>, now: LocalTime) {
    this.node = settings.node;
    this.#isForCrowd = settings.held === undefined;
    this.#texts = settings.serving?.texts ?? TEXTS;
    this.#census = new Census(settings.node, now);
    this.#up = new Upstream(settings.node);
    // Without anybody who heard it before, nothing is a repeat, and who comes back is served best by all there is.
    this.down = new Downstream(settings.below, settings.keepMs, kept.below.length > 0 ? saved?.newest : undefined, settings.serving);
    this.#people = new LeafPeople(nodeName(settings.node), now);
    this.#own = new Own(settings, this.down, () => this.#people.hearing);
    for (const { link, wasLive, person } of kept.below) {
      this.down.restore(link, wasLive);
      if (person !== undefined) this.#people.come(link, person);
    }
    if (saved !== undefined) {
      this.#setPlan(saved.plan);
      this.down.epoch = saved.epoch;
      this.down.recall(saved.states);
      this.#obey();
      if (saved.ended) this.down.end();
    }
    for (const { link, parent } of kept.above) this.#up.restore(link, parent);
  }

  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Who feeds this node, by name; undefined while nobody does. */
  get fedBy(): string | undefined {
    return this.#up.fedBy;
  }

  /** Listeners below this node. */
  get listeners(): number {
    return this.#own.isLeaf ? (this.#own.listeners ?? 0) : this.#census.tally.listeners;
  }

  /** True while nobody hangs below nor is expected, or the room is over: the link above can be let go. */
  get idle(): boolean {
    const isPlanted = this.#plan?.planted === true && this.#isForCrowd;
    return this.down.ended || (this.down.size === 0 && !isPlanted);
  }

  /** True while a link above feeds this node. */
  get isFed(): boolean {
    return this.#up.linked !== undefined;
  }

  /** To be called once after a body has woken: greets who still waited, or asks for a parent if the old one is gone. */
  wake(now: LocalTime, random: number): readonly NodeEffect<Link>[] {
    return this.#up.linked === undefined ? this.#seek(random) : this.down.open(now);
  }

  /** A plan came with a join or down a link; an older one changes nothing. */
  learn(plan: Plan, random: number): readonly NodeEffect<Link>[] {
    if (this.#plan !== undefined && this.#plan.revision >= plan.revision) return [];
    const isRekeyed = this.#plan?.addressKey !== undefined && this.#plan.addressKey !== plan.addressKey;
    this.#setPlan(plan);
    const forgotten = isRekeyed ? this.#people.forgetAddresses().map((link) => ({ do: "keep", link }) as const) : [];
    const told: readonly NodeEffect<Link>[] = this.#own.isLeaf ? [] : [{ do: "send-all", message: formatPlan(plan) }];
    return [...told, ...forgotten, ...this.#saves(), ...this.#seek(random), ...this.#wakes()];
  }

  /** True of a listener who must not be let in, as far as this leaf was told. */
  isBanned(visitor: Visitor): boolean {
    return this.#people.isBanned(visitor);
  }

  /** What is to be remembered of a listener with his socket. */
  kept(link: Link): KeptPerson {
    return this.#people.kept(link);
  }

  /** A listener or a child came; `from` is the last chunk that it heard. */
  join(link: Link, from: Position | undefined, now: LocalTime, random: number, visitor: Visitor = {}): readonly NodeEffect<Link>[] {
    if (this.#own.isLeaf) {
      this.#people.come(link, visitor);
      this.#census.see(visitor.session, random);
    }
    const greeted = this.down.join(link, from, now);
    const sought = this.#seek(random);
    return sought.length === 0 ? greeted : [...greeted, ...sought];
  }

  /** Somebody came whom the body holds by other means than a link. */
  meet(random: number): void {
    this.#census.see(undefined, random);
  }

  /** A listener or a child is gone. */
  leave(link: Link): void {
    this.#people.leave(link);
    if (this.down.leave(link)) this.#census.forget(link);
  }

  /** A child reported its totals. What still comes on a link that was replaced counts no more. */
  count(child: Link, report: TallyReport): void {
    if (this.down.has(child)) this.#census.count(child, report);
  }

  /** So many joins were sent to this leaf that wanted `region`; counted whether or not they can be taken, so that the tree grows where it is wanted. */
  want(region: Region, joins: number, now: LocalTime): void {
    this.#census.want(region, joins, this.#up.linked !== undefined, now);
  }

  /** A listener said something that could be read. */
  said(link: Link, says: ListenerSays, now: LocalTime, random: number): readonly NodeEffect<Link>[] {
    if (!this.down.has(link)) return [];
    const heard = this.#people.said(link, says, now, random);
    if (heard.do === "refuse") return [{ do: "refuse", link, code: heard.code }];
    if (heard.do === "react") this.react(heard.reaction, 1);
    if (heard.do === "ask") this.ask(heard.ask);
    return heard.do !== "react" && heard.kept ? [{ do: "keep", link }] : [];
  }

  /** So many taps came to this leaf. */
  react(reaction: Reaction, times: number): void {
    this.#census.react(reaction, times);
  }

  /** Something is asked at this leaf. */
  ask(ask: Ask): void {
    this.#census.ask([ask]);
  }

  /** True while the parent does not know the newest totals; also after a link was made anew. */
  get owesReport(): boolean {
    return this.isFed && this.#plan !== undefined && this.#census.owes(this.#own.listeners ?? 0, this.#own.hearing);
  }

  /** How long two reports lie apart now, in ms: a second; less where a child has gone from here, who may be counted elsewhere soon. */
  get reportMs(): number {
    return this.#census.isShort ? SHORT_MS : REPORT_MS;
  }

  /** The totals to report upward, if the parent does not know them. `passed`: what children are told once it is sent. */
  report(): { readonly to: Link; readonly said: TallyReport; readonly passed: readonly NodeEffect<Link>[] } | undefined {
    const to = this.#up.linked;
    if (to === undefined || this.#plan === undefined || !this.owesReport) return undefined;
    const said = this.#census.report(this.#plan, this.#own.figures);
    const passed = this.#census.tally
      .passOn()
      .map(({ link, revision }) => ({ do: "send", to: link, message: formatPassed(revision) }) as const);
    return { to, said, passed };
  }

  /** What question `ask` is, now that its wait is over; undefined if the world has changed since. */
  question(ask: number): { readonly parent: ParentRef; readonly plan: Plan; readonly from: Position } | undefined {
    if (this.#plan === undefined) return undefined;
    const parent = this.#up.whom(ask, this.#plan);
    return parent === undefined ? undefined : { parent, plan: this.#plan, from: this.down.feed.newest };
  }

  /** `parent` has dialed, asked or not. */
  dialed(uplink: Link, parent: string): void {
    this.#up.dialed(uplink, parent);
  }

  /** True of a link above. */
  isUplink(link: Link): boolean {
    return this.#up.has(link);
  }

  /** Sound from a link above. */
  hear(uplink: Link, message: Uint8Array, now: LocalTime): readonly NodeEffect<Link>[] {
    if (!this.#up.has(uplink)) return [];
    this.#up.heard(uplink, true);
    if (uplink === this.#up.linked) this.#census.heard();
    this.#soundless = false;
    return this.down.hear(message, now);
  }

  /** Text from a link above: talk between nodes, or a state. */
  read(uplink: Link, text: string, now: LocalTime, random: number): readonly NodeEffect<Link>[] {
    if (!this.#up.has(uplink)) return [];
    this.#up.heard(uplink, false);
    if (uplink === this.#up.linked) this.#census.heard();
    const said = this.#texts.link(text);
    switch (said?.type) {
      case "link": {
        // A parent of an older epoch does not know that it was replaced: whoever listens to it would lose the room.
        if (said.epoch < this.down.epoch) return [{ do: "close", link: uplink, ending: "unfed" }, ...this.lost(uplink, random)];
        // Revisions are one root's own; those of an earlier epoch do not stand in the way of this one's.
        if (said.epoch > this.down.epoch) this.down.states.forget();
        this.down.epoch = said.epoch;
        return [...this.learn(said.plan, random), ...said.states.flatMap((state) => this.down.tell(state)), ...(this.#obey() ?? [])];
      }
      case "linked":
        return this.#goLive(uplink, said, now, random);
      case "flow":
        return this.#up.linked === uplink ? this.down.flow(said.flows) : [];
      case "plan":
        return this.learn(said.plan, random);
      case "heartbeat":
        return [...this.down.handOn(HEARTBEAT_TEXT), ...this.#wakes()];
      case "passed":
        if (uplink === this.#up.linked) this.#census.passedOn(said.revision);
        return [];
      case "whisper":
        return [...this.down.handOn(text), ...this.#whisper(said.to, said.text)];
      case "remove":
        return [...this.down.handOn(text), ...this.#dismiss(said.session, said.address)];
      case "end":
        return this.end();
      case undefined:
        return this.#state(text);
      default:
        return unreachable(said);
    }
  }

  /** The room is over, for good. */
  end(): readonly NodeEffect<Link>[] {
    return [...this.down.end(), ...this.#saves()];
  }

  /** A link above is gone; a new one is asked for after a jittered wait, and who is live notices nothing. */
  lost(uplink: Link, random: number): readonly NodeEffect<Link>[] {
    const wasFed = this.isFed;
    if (!this.#up.lost(uplink, random)) return [];
    if (wasFed) this.#unlinked();
    return this.#seek(random);
  }

  /** True while something may have to happen without an event: sound flows, or nobody feeds who hangs here. False lets the body sleep. */
  get wantsSeconds(): boolean {
    const isAsked = this.#census.asks || this.#people.waits;
    // Hands of who has gone are lowered also when nobody is left here, as long as there is somebody to tell.
    if (this.idle) return isAsked && this.#up.linked !== undefined;
    return isAsked || this.down.flows || this.#up.asks || this.#up.linked === undefined || this.down.owes;
  }

  /** A second has passed; called by the body while `wantsSeconds`, and the only thing that happens to a node by itself. */
  second(now: LocalTime, random: number): readonly NodeEffect<Link>[] {
    const { flows } = this.down;
    this.#census.ask(this.#people.second(random));
    const silent = this.#census.second(flows).map((link) => ({ do: "redial", link }) as const);
    const alive = flows && this.#soundless ? this.down.sayFlow() : [];
    this.#soundless = true;
    const wasFed = this.isFed;
    const broken = closing(this.#up.second(flows, random), "unfed");
    if (wasFed) this.#unlinked();
    return [...this.down.second(now), ...alive, ...broken, ...silent, ...this.#seek(random)];
  }

  /** The parent could not be asked, or did not dial. */
  unanswered(ask: number, random: number): readonly NodeEffect<Link>[] {
    return [...closing(this.#up.unanswered(ask, random), "uprooted"), ...this.#seek(random)];
  }

  /** Lets go of the link above if nobody hangs below. */
  rest(): readonly NodeEffect<Link>[] {
    if (!this.idle) return [];
    this.down.close();
    return closing(this.#up.release(), "uprooted");
  }

  /** To be called when the link above may have broken. */
  #unlinked(): void {
    if (this.isFed) return;
    this.down.close();
    // While all is quiet nothing is heard of a link that is sound.
    if (this.down.flows) this.#census.unlinked();
  }

  #goLive(uplink: Link, { ageMs, flows }: Linked, now: LocalTime, random: number): readonly NodeEffect<Link>[] {
    const others = closing(this.#up.goLive(uplink, random), "uprooted");
    if (this.#up.linked !== uplink) return others;
    this.#census.linked();
    if (ageMs !== undefined) this.down.feed.isAged(ageMs, now);
    return [...this.down.flow(flows), ...this.down.open(now), ...this.#saves(), ...others, ...this.#seek(random), ...this.#wakes()];
  }

  #state(text: string): readonly NodeEffect<Link>[] {
    const told = this.down.tell(text);
    const removed = this.#obey();
    if (told.length === 0 && removed === undefined) return [];
    const effects = [...told, ...(removed ?? [])];
    return isWorthSaving(this.#texts.head(text)?.type) ? [...effects, ...this.#saves()] : effects;
  }

  /** Closes whom the newest bans name; undefined if they were obeyed before. Until a new root tells its own, the old ones hold. */
  #obey(): readonly NodeEffect<Link>[] | undefined {
    const banned = this.#people.obey(this.down.states.textOf("bans"));
    return banned === undefined ? undefined : this.#remove(banned);
  }

  /** @param wantsAddress the room bans where he came from too: only his leaf knows that */
  #dismiss(session: SessionId, wantsAddress: boolean): readonly NodeEffect<Link>[] {
    const address = this.#people.remove(session, wantsAddress);
    if (address !== undefined) this.ask(address);
    return this.#remove(this.#people.linksOf(session));
  }

  /** A host removed these: from here on they hear nothing. */
  #remove(links: readonly Link[]): readonly NodeEffect<Link>[] {
    return links.map((link) => {
      this.leave(link);
      return { do: "close", link, ending: "removed" };
    });
  }

  /** Only to who has been greeted: a welcome is the first text on every socket. */
  #whisper(to: SessionId, message: string): readonly NodeEffect<Link>[] {
    const links = this.#people.whisperTo(to).filter((link) => this.down.isGreeted(link));
    return links.map((link) => ({ do: "send", to: link, message }));
  }

  /** Asks to be fed, or to be fed by the plan's own parent, if somebody hangs below. */
  #seek(random: number): readonly NodeEffect<Link>[] {
    const ask = this.idle || this.#plan === undefined ? undefined : this.#up.question(random);
    return ask === undefined ? NOTHING : [{ do: "ask", ...ask }];
  }

  /** Where a crowd is expected, who is linked wakes those below. */
  #wakes(): readonly NodeEffect<Link>[] {
    if (this.#own.isLeaf || this.#plan?.planted !== true || this.down.ended || this.#up.linked === undefined) return [];
    return [{ do: "wake", children: childrenOf(this.#plan, this.node) }];
  }

  #setPlan(plan: Plan): void {
    this.#plan = plan;
    this.#up.aim(plan);
    this.down.plan = plan;
  }

  #saves(): readonly NodeEffect<Link>[] {
    const saved = savedOf(this.#plan, this.down);
    return saved === undefined ? [] : [{ do: "save", saved }];
  }
}

function closing<Link>(links: readonly Link[], ending: "uprooted" | "unfed"): readonly NodeEffect<Link>[] {
  return links.map((link) => ({ do: "close", link, ending }));
}
