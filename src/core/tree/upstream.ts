import { backoffMs } from "../backoff.ts";
import { type NodeRef, type ParentRef, type Plan, parentName } from "./shape/plan.ts";
import { candidatesOf } from "./shape/repair.ts";

/** A link that feeds this node and says nothing for so many seconds in a row while sound flows is broken. */
const SILENT_SECONDS = 3;
/** A parent that lives and has no sound for so many seconds while sound flows has failed to find a parent itself. */
const HUNGRY_SECONDS = 10;
/** Who was asked and has not begun to feed after so many seconds will not: it is down, or hungry itself. */
const ANSWER_SECONDS = 3;
/**
 * While another stands in, the plan's own parent is asked again after this many seconds, and up to RETURN_LUCK more. Whoever stands in can, and
 * few should change at once: each is counted nowhere for a moment, which is not seen as long as it is one of them (crowd.ts).
 */
const RETURN_SECONDS = 20;
const RETURN_LUCK = 100;
/** The wait before the first question after a loss is anything up to this, in ms: below what a listener's buffer hides, and all of a relay's children spread over it. */
const FIRST_MS = 200;
/** The wait doubles with each round of candidates, this many times: at most 3.2 s, since hundreds of people wait below. */
const DOUBLINGS = 4;

/** After so many ms the node wants to ask to be dialed; whom, is decided then. `ask` names the question. */
export type AskLater = { readonly ask: number; readonly afterMs: number };

type Question = { readonly ask: number; candidate: number; secondsLeft: number };

/**
 * The links above a node: usually one, two while it changes parents, none while it asks.
 *
 * One rule: while nobody feeds this node and no question is open, there is a question to ask, to the next of its candidates. While another
 * than the plan's parent feeds it, it asks the plan's parent from time to time. So a failed or wrong parent is never the last word, and
 * nobody is asked twice at once.
 */
export class Upstream<Link> {
  readonly #node: NodeRef;
  readonly #links = new Map<Link, string>();
  #linked: Link | undefined;
  #open: Question | undefined;
  /** Whom the plan names, in the order in which they are asked. */
  #names: readonly string[] = [];
  #asked = 0;
  /** The plan's parent, by name. */
  #wanted = "";
  /** Failures in a row, of links and of questions. */
  #failures = 0;
  /** Whose turn it is to be asked. */
  #turn = 0;
  #returnSeconds = 0;
  #silentSeconds = 0;
  #hungrySeconds = 0;

  constructor(node: NodeRef) {
    this.#node = node;
  }

  /** The link that feeds this node; undefined while none does. */
  get linked(): Link | undefined {
    return this.#linked;
  }

  /** Who feeds this node, by name. */
  get fedBy(): string | undefined {
    return this.#linked === undefined ? undefined : this.#links.get(this.#linked);
  }

  /** True while somebody was asked, or has dialed, and does not feed yet. */
  get asks(): boolean {
    return this.#open !== undefined;
  }

  has(link: Link): boolean {
    // Nearly always: asked for every chunk.
    return link === this.#linked || this.#links.has(link);
  }

  /** The plan is new: a parent that it does not name any more is left as soon as the right one feeds. */
  aim(plan: Plan): void {
    this.#names = candidatesOf(plan, this.#node).map(parentName);
    const [wanted = ""] = this.#names;
    if (this.#wanted === wanted) return;
    this.#wanted = wanted;
    this.#turn = 0;
    this.#returnSeconds = 0;
    if (this.#open !== undefined) this.#open.candidate = 0;
  }

  /** A link that outlived a sleep: it fed this node before it. */
  restore(link: Link, parent: string): void {
    this.#links.set(link, parent);
    this.#linked = link;
  }

  /** `parent` has dialed, asked or not: it has some seconds to begin to feed. */
  dialed(link: Link, parent: string): void {
    this.#links.set(link, parent);
    // A root that the plan does not name has taken the audience over: what the old one still answers is nothing to this link.
    const isNews = this.#open === undefined || !this.#names.includes(parent);
    if (isNews || this.#open === undefined) this.#open = { ask: ++this.#asked, candidate: 0, secondsLeft: ANSWER_SECONDS };
    else this.#open.secondsLeft = Math.max(this.#open.secondsLeft, ANSWER_SECONDS);
  }

  /**
   * `link` feeds this node from here on. The links that can go: all others; or `link` itself, if it comes from one who stands in, late, when
   * the plan's parent feeds this node already.
   */
  goLive(link: Link, random: number): readonly Link[] {
    const parent = this.#links.get(link);
    if (this.#linked !== link && this.fedBy === this.#wanted && parent !== this.#wanted) {
      this.#links.delete(link);
      return [link];
    }
    const others = [...this.#links.keys()].filter((other) => other !== link);
    for (const other of others) this.#links.delete(other);
    this.#linked = link;
    this.#open = undefined;
    this.#returnSeconds = this.#turn === 0 ? 0 : returnSeconds(random);
    this.#failures = 0;
    this.#turn = 0;
    this.#silentSeconds = 0;
    this.#hungrySeconds = 0;
    return others;
  }

  /** Something came on `link`. */
  heard(link: Link, isSound: boolean): void {
    if (link !== this.#linked) return;
    this.#silentSeconds = 0;
    if (isSound) this.#hungrySeconds = 0;
  }

  /** A link is gone. True if it was one of these. */
  lost(link: Link, random: number): boolean {
    if (!this.#links.delete(link)) return false;
    if (this.#linked === link) {
      this.#linked = undefined;
      this.#open = undefined;
      this.#turn = 0;
      this.#failures = 1;
    } else if (this.#open !== undefined) this.#failed(random);
    return true;
  }

  /** Question `ask` failed, unless it is stale. What was dialed but never went live is a phantom, and can go. */
  unanswered(ask: number, random: number): readonly Link[] {
    if (this.#open?.ask !== ask) return [];
    this.#failed(random);
    const phantoms = [...this.#links.keys()].filter((link) => link !== this.#linked);
    for (const phantom of phantoms) this.#links.delete(phantom);
    return phantoms;
  }

  /**
   * A second has passed. The links that are broken, or never came to life, and are let go of.
   *
   * Seconds are counted, not measured: a node that is itself held up has heard as little as it has counted.
   */
  second(flows: boolean, random: number): readonly Link[] {
    if (this.#returnSeconds > 0) this.#returnSeconds--;
    const waits = flows && this.#linked !== undefined;
    this.#silentSeconds = waits ? this.#silentSeconds + 1 : 0;
    this.#hungrySeconds = waits ? this.#hungrySeconds + 1 : 0;
    const isHungry = this.#hungrySeconds > HUNGRY_SECONDS;
    if (this.#linked !== undefined && (isHungry || this.#silentSeconds > SILENT_SECONDS)) {
      const broken = this.#linked;
      this.lost(broken, random);
      // Who is silent may answer on a new link; who is hungry has nothing to give on that either.
      if (isHungry) this.#turn = 1;
      return [broken];
    }
    return this.#open === undefined || this.#open.secondsLeft-- > 0 ? [] : this.unanswered(this.#open.ask, random);
  }

  /** Lets go of everything. */
  release(): readonly Link[] {
    const links = [...this.#links.keys()];
    this.#links.clear();
    this.#linked = undefined;
    this.#open = undefined;
    this.#failures = 0;
    this.#turn = 0;
    return links;
  }

  /** The question to ask now, if there is one. At once the first time; after a jittered wait that grows with every round of failures. */
  question(random: number): AskLater | undefined {
    const { fedBy } = this;
    if (this.#open !== undefined || fedBy === this.#wanted) return undefined;
    const names = this.#names;
    const standsIn = fedBy !== undefined && names.includes(fedBy);
    if (standsIn && this.#returnSeconds > 0) return undefined;
    const round = Math.min(DOUBLINGS, Math.floor((this.#failures - 1) / names.length));
    const afterMs = this.#failures === 0 ? 0 : backoffMs(round, random, FIRST_MS);
    const candidate = standsIn ? 0 : this.#turn % names.length;
    this.#open = { ask: ++this.#asked, candidate, secondsLeft: Math.ceil(afterMs / 1_000) + ANSWER_SECONDS };
    return { ask: this.#open.ask, afterMs };
  }

  /** Whom question `ask` is for, now that its wait is over; undefined if the world has changed since. */
  whom(ask: number, plan: Plan): ParentRef | undefined {
    if (this.#open?.ask !== ask) return undefined;
    const candidates = candidatesOf(plan, this.#node);
    return candidates[this.#open.candidate % candidates.length];
  }

  #failed(random: number): void {
    this.#open = undefined;
    if (this.fedBy === this.#wanted) return;
    if (this.#linked !== undefined) this.#returnSeconds = returnSeconds(random);
    this.#failures++;
    this.#turn++;
  }
}

function returnSeconds(random: number): number {
  return Math.round(RETURN_SECONDS + RETURN_LUCK * random);
}
