import type { Position } from "../core/audio/position.ts";
import { type NodeRef, nodeName, type ParentRef, type Plan, parentName, parseNodeName } from "../core/tree/shape/plan.ts";
import { mayFeed } from "../core/tree/shape/repair.ts";
import { parseTally, type TallyReport } from "../core/tree/up/totals.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { AttachAnswer, AttachAsk, Directory } from "./calls.ts";
import { type Carried, isMessage } from "./carried.ts";
import type { Host } from "./host.ts";
import { type Holder, LinkEnd } from "./socket.ts";

/** A child that does not answer a dial within this time, in ms, is asked to ask again; as in objects/tree/children.ts. */
const DIAL_MS = 5_000;
/** Children that are woken at once; as in objects/tree/children.ts. */
const WAKE_AT_ONCE = 4;
/** Who takes an audience over reaches for its children so often, and so long apart, in ms; as in objects/room/root/root.ts. */
const REACH_TRIES = 3;
const REACH_AGAIN_MS = 1_000;
/** One way of a call between objects, in ms; links between them draw their own delay. Assumed. */
export const CALL_MS = 10;

/** A child's answer to a dial: the link, and what it has heard. */
type Dialed = { readonly link: LinkEnd; readonly from: Position };

/** What a parent's mind must hear of its children. */
export type ChildEvents = {
  joined(link: LinkEnd, from: Position): void;
  left(link: LinkEnd, code: number | undefined): void;
  counted(link: LinkEnd, report: TallyReport): void;
};

/** The links that a parent has dialed to its children; does what objects/tree/children.ts does, step by step. */
export class Children implements Holder {
  readonly #host: Host;
  readonly #directory: Directory;
  readonly #events: ChildEvents;
  readonly #links = new Map<string, LinkEnd>();
  readonly #dialing = new Set<string>();
  /** Children yet to be woken, and those who are being woken. */
  readonly #asleep = new Map<string, NodeRef>();
  readonly #waking = new Set<string>();

  constructor(host: Host, directory: Directory, events: ChildEvents) {
    this.#host = host;
    this.#directory = directory;
    this.#events = events;
  }

  /** Links to children, by their names. */
  get links(): ReadonlyMap<string, LinkEnd> {
    return this.#links;
  }

  /** @param plan what this parent knows @param self who it is in that plan */
  attach(ask: AttachAsk, plan: Plan, self: ParentRef, reply: (answer: AttachAnswer) => void): void {
    const name = nodeName(ask.node);
    const others = new Set([...this.#links.keys(), ...this.#dialing]);
    others.delete(name);
    if (mayFeed(plan, self, ask.node, others.size)) return this.#link(ask.node, ask.parent, (dialed) => reply({ dialed }));
    reply({ dialed: false, ...(plan.revision > ask.plan.revision ? { plan } : {}) });
  }

  /** Dials those of `nodes` that have no link, before they ask for it: a few at a time. Who does not answer is left to the next time. */
  wake(nodes: readonly NodeRef[], self: ParentRef): void {
    for (const node of nodes) {
      const name = nodeName(node);
      if (!this.#links.has(name) && !this.#dialing.has(name)) this.#asleep.set(name, node);
    }
    while (this.#waking.size < WAKE_AT_ONCE && this.#asleep.size > 0) this.#wakeNext(parentName(self));
  }

  /** Dials the child at the other end of `link` anew. */
  redial(link: unknown, self: ParentRef): void {
    for (const [name, other] of this.#links) {
      const node = other === link && !this.#dialing.has(name) ? parseNodeName(name) : undefined;
      if (node !== undefined) this.#link(node, parentName(self), () => undefined);
    }
  }

  /** Dials a child that did not ask. True if it could be reached; a node without anybody below says no, and is none the worse for it. */
  reach(node: NodeRef, self: ParentRef, done: (reached: boolean) => void): void {
    this.#link(node, parentName(self), done, true);
  }

  /** Dials all of these, who did not ask; those who cannot be reached, a few times. */
  reachAll(nodes: readonly NodeRef[], self: ParentRef, attempt = 1): void {
    const missed: NodeRef[] = [];
    let left = nodes.length;
    for (const node of nodes) {
      this.reach(node, self, (reached) => {
        if (!reached) missed.push(node);
        if (--left > 0 || missed.length === 0 || attempt >= REACH_TRIES) return;
        this.#host.later(REACH_AGAIN_MS, () => this.reachAll(missed, self, attempt + 1));
      });
    }
  }

  #wakeNext(parent: string): void {
    for (const [name, node] of this.#asleep) {
      this.#asleep.delete(name);
      if (this.#links.has(name) || this.#dialing.has(name)) continue;
      this.#waking.add(name);
      this.#link(node, parent, () => {
        this.#waking.delete(name);
        this.#wakeNext(parent);
      });
      return;
    }
  }

  /** Dials a child; a newer link to it replaces an older one. */
  #link(node: NodeRef, parent: string, done: (dialed: boolean) => void, isUnasked = false): void {
    const name = nodeName(node);
    const child = this.#directory.child(node);
    this.#dialing.add(name);
    let isLate = false;
    const finish = (dialed: boolean) => {
      this.#dialing.delete(name);
      done(dialed);
    };
    const late = this.#host.later(DIAL_MS, () => {
      isLate = true;
      finish(false);
    });
    const accept = (answer: (dialed: Dialed | "declined") => void) => {
      if (isUnasked && !child.isCalledFor) return answer("declined");
      const { lines, luck } = this.#host.ground;
      const [here, there] = LinkEnd.pair(this.#host, this, child, child, lines.between(this.#host.region, child.region, luck.lines));
      answer({ link: here, from: child.dialed(there, parent) });
    };
    this.#host.ask<Dialed | "declined">(child, CALL_MS, accept, (answer) => {
      if (isLate) return typeof answer === "object" ? answer.link.close(ENDING.uprooted.code) : undefined;
      late.cancel();
      if (typeof answer === "object") this.#joined(name, answer.link, answer.from);
      finish(answer !== undefined);
    });
  }

  heard(link: LinkEnd, message: Carried): void {
    const report = isMessage(message) ? (typeof message === "string" ? parseTally(message) : undefined) : message.said;
    if (report !== undefined) this.#events.counted(link, report);
  }

  closed(link: LinkEnd, code: number | undefined): void {
    for (const [node, other] of this.#links) if (other === link) this.#links.delete(node);
    this.#events.left(link, code);
  }

  #joined(node: string, link: LinkEnd, from: Position): void {
    const older = this.#links.get(node);
    this.#links.set(node, link);
    this.#events.joined(link, from);
    if (older === undefined) return;
    older.close(ENDING.uprooted.code);
    this.#events.left(older, undefined);
  }
}
