import { backoffMs } from "../backoff.ts";
import { type NodeRef, type Plan, parentName, parentOf } from "./plan.ts";

/** A link that feeds this node and says nothing for so many seconds in a row while sound flows is broken. */
const SILENT_SECONDS = 3;

/** After so many ms the node wants to ask its parent to dial; whom, is decided then. `ask` names the question. */
export type AskLater = { readonly ask: number; readonly afterMs: number };

/**
 * The links above a node: usually one, two while it changes parents, none while it asks.
 *
 * One rule: while the plan's parent has not dialed and no question is open, there is a question to ask. So a failed or wrong parent is
 * never the last word, and nobody is asked twice at once.
 */
export class Upstream<Link> {
  readonly #node: NodeRef;
  readonly #links = new Map<Link, string>();
  #linked: Link | undefined;
  #open: number | undefined;
  #asked = 0;
  #failures = 0;
  #silentSeconds = 0;

  constructor(node: NodeRef) {
    this.#node = node;
  }

  /** The link that feeds this node; undefined while none does. */
  get linked(): Link | undefined {
    return this.#linked;
  }

  has(link: Link): boolean {
    return this.#links.has(link);
  }

  /** A link that outlived a sleep: it fed this node before it. */
  restore(link: Link, parent: string): void {
    this.#links.set(link, parent);
    this.#linked = link;
  }

  /** `parent` has dialed. */
  dialed(link: Link, parent: string): void {
    this.#links.set(link, parent);
  }

  /** `link` is live: the others can go. */
  goLive(link: Link): readonly Link[] {
    const others = [...this.#links.keys()].filter((other) => other !== link);
    for (const other of others) this.#links.delete(other);
    this.#linked = link;
    this.#open = undefined;
    this.#failures = 0;
    this.#silentSeconds = 0;
    return others;
  }

  /** Something came on `link`. */
  heard(link: Link): void {
    if (link === this.#linked) this.#silentSeconds = 0;
  }

  /**
   * A second has passed. The link that feeds this node, if it has been silent for too long; undefined if it lives.
   *
   * Seconds are counted, not measured: a node that is itself held up has heard as little as it has counted.
   */
  second(flows: boolean): Link | undefined {
    if (!flows || this.#linked === undefined) this.#silentSeconds = 0;
    else this.#silentSeconds++;
    return this.#silentSeconds > SILENT_SECONDS ? this.#linked : undefined;
  }

  /** A link is gone. True if it was one of these. */
  lost(link: Link): boolean {
    if (!this.#links.delete(link)) return false;
    if (this.#linked === link) this.#linked = undefined;
    this.#open = undefined;
    this.#failures++;
    return true;
  }

  /** Question `ask` failed, unless it is stale. What was dialed but never went live is a phantom, and can go. */
  unanswered(ask: number): readonly Link[] {
    if (this.#open !== ask) return [];
    this.#open = undefined;
    this.#failures++;
    const phantoms = [...this.#links.keys()].filter((link) => link !== this.#linked);
    for (const phantom of phantoms) this.#links.delete(phantom);
    return phantoms;
  }

  /** Lets go of everything. */
  release(): readonly Link[] {
    const links = [...this.#links.keys()];
    this.#links.clear();
    this.#linked = undefined;
    this.#open = undefined;
    this.#failures = 0;
    return links;
  }

  /** The question to ask now, if there is one. At once the first time; after a jittered wait that grows with every failure. */
  question(plan: Plan, random: number): AskLater | undefined {
    const wanted = parentName(parentOf(plan, this.#node));
    if (this.#open !== undefined || [...this.#links.values()].includes(wanted)) return undefined;
    this.#open = ++this.#asked;
    return { ask: this.#open, afterMs: this.#failures === 0 ? 0 : backoffMs(this.#failures - 1, random) };
  }

  /** True while `ask` is the open question: a wait that ends after the world has changed asks nobody. */
  isOpen(ask: number): boolean {
    return this.#open === ask;
  }
}
