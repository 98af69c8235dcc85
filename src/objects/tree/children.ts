import { BEFORE_ALL, type Position, parsePosition } from "../../core/audio/position.ts";
import { type NodeRef, nodeName, type ParentRef, type Plan, parentName, parseNodeName } from "../../core/tree/shape/plan.ts";
import { mayFeed } from "../../core/tree/shape/repair.ts";
import { parseTally, type TallyReport } from "../../core/tree/up/totals.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { AttachAnswer, AttachAsk } from "../calls/parent.ts";
import type { Env } from "../env.ts";
import { HEADER } from "../header.ts";
import { nodeStub } from "../locate.ts";
import { end, hangUp } from "../sockets.ts";

/** A child that does not answer a dial within this time, in ms, is asked to ask again. */
const DIAL_MS = 5_000;
/** `from`: what the child says that it has heard. */
type Dialed = { readonly link: WebSocket; readonly from: Position | undefined };
/** Why a dial made no link. */
type Undialed = "the child did not answer" | "the child has nobody below" | "nobody is fed from here any more";
const NO_ANSWER: Undialed = "the child did not answer";
const DECLINED: Undialed = "the child has nobody below";

/**
 * Children that are dialed at once without having asked: an object may have 6 connections that wait for an answer, and those who ask by themselves want some.
 * https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
 */
const DIALS_AT_ONCE = 4;

/** What a parent's mind must hear of its children. */
export type ChildEvents = {
  /** Anything came from a child: it is billed, whatever it says. */
  heard(): void;
  joined(link: WebSocket, from: Position): void;
  /** `code`: why it closed, as the child said; undefined if this side let it go. */
  left(link: WebSocket, code: number | undefined): void;
  counted(link: WebSocket, report: TallyReport): void;
};

/**
 * The links that a parent has dialed to its children: the room's and every relay's.
 *
 * Parents dial because a socket that an object accepts lets it sleep, and one that it dials does not: so leaves sleep while a room is quiet.
 */
export class Children {
  readonly #env: Env;
  readonly #events: ChildEvents;
  readonly #links = new Map<string, WebSocket>();
  #closed = false;
  readonly #dialing = new Set<string>();
  /** Children yet to be woken, and those who are being woken. */
  readonly #asleep = new Map<string, NodeRef>();
  readonly #waking = new Set<string>();

  constructor(env: Env, events: ChildEvents) {
    this.#env = env;
    this.#events = events;
  }

  /**
   * Dials the child that asks; a newer link to it replaces an older one. Never throws: the child asks again, or asks another.
   *
   * @param plan what this parent knows
   * @param self who it is in that plan
   */
  async attach(ask: AttachAsk, plan: Plan, self: ParentRef): Promise<AttachAnswer> {
    const node = parseNodeName(ask.node);
    if (node === undefined) return { dialed: false, why: "no such node" };
    const others = new Set([...this.#links.keys(), ...this.#dialing].filter((name) => name !== ask.node)).size;
    if (!mayFeed(plan, self, node, others)) {
      return { dialed: false, why: "not fed from here", ...(plan.revision > ask.plan.revision ? { plan } : {}) };
    }
    const undialed = await this.#link(node, ask.parent, ask.from);
    return undialed === undefined ? { dialed: true } : { dialed: false, why: undialed };
  }

  /** True of a node that is linked. */
  has(node: NodeRef): boolean {
    return this.#links.has(nodeName(node));
  }

  /** From here on nobody is fed: who waits to be woken is forgotten, and a dial that is answered late is hung up on. */
  close(): void {
    this.#closed = true;
    this.#asleep.clear();
  }

  /**
   * Dials those of `nodes` that have no link, a few at a time: they have not asked, and nodes without anybody below say no, and are none the
   * worse for it. Gives those that could not be reached.
   */
  async reach(nodes: readonly NodeRef[], self: ParentRef): Promise<readonly NodeRef[]> {
    const left = [...nodes];
    const unreached: NodeRef[] = [];
    const dialOn = async (): Promise<void> => {
      for (let node = left.shift(); node !== undefined && !this.#closed; node = left.shift()) {
        // Who has asked by himself meanwhile is linked already.
        if (this.has(node)) continue;
        const undialed = await this.#link(node, parentName(self), BEFORE_ALL, { [HEADER.unasked]: "1" });
        if (undialed === NO_ANSWER) unreached.push(node);
      }
    };
    await Promise.all(Array.from({ length: DIALS_AT_ONCE }, dialOn));
    return unreached;
  }

  /** Dials those of `nodes` that have no link, before they ask for it: a few at a time. Who does not answer is left to the next time. */
  wake(nodes: readonly NodeRef[], self: ParentRef): void {
    for (const node of nodes) {
      const name = nodeName(node);
      if (!this.#links.has(name) && !this.#dialing.has(name)) this.#asleep.set(name, node);
    }
    while (this.#waking.size < DIALS_AT_ONCE && this.#asleep.size > 0) this.#wakeNext(parentName(self));
  }

  /** Dials the child at the other end of `link` anew. */
  redial(link: WebSocket, self: ParentRef): void {
    for (const [name, other] of this.#links) {
      const node = other === link && !this.#dialing.has(name) ? parseNodeName(name) : undefined;
      if (node !== undefined) void this.#link(node, parentName(self), BEFORE_ALL);
    }
  }

  #wakeNext(parent: string): void {
    for (const [name, node] of this.#asleep) {
      this.#asleep.delete(name);
      if (this.#links.has(name) || this.#dialing.has(name)) continue;
      this.#waking.add(name);
      void this.#link(node, parent, BEFORE_ALL).finally(() => {
        this.#waking.delete(name);
        this.#wakeNext(parent);
      });
      return;
    }
  }

  /** Dials a child; a newer link to it replaces an older one. Why not, if it is not linked then. @param asked what it has heard, if it does not say */
  async #link(node: NodeRef, parent: string, asked: Position, more: Record<string, string> = {}): Promise<Undialed | undefined> {
    const name = nodeName(node);
    this.#dialing.add(name);
    const answer = await this.#dial(node, parent, more).finally(() => this.#dialing.delete(name));
    if (typeof answer === "string") return answer;
    const { link, from = asked } = answer;
    if (this.#closed) {
      end(link, ENDING.unfed);
      return "nobody is fed from here any more";
    }
    const older = this.#links.get(name);
    this.#links.set(name, link);
    link.addEventListener("message", (event) => this.#heard(link, event.data));
    link.addEventListener("close", ({ code }) => this.#gone(name, link, code));
    // A protocol error fires no close event on a socket that was dialed.
    link.addEventListener("error", () => this.#gone(name, link, undefined));
    this.#events.joined(link, from);
    if (older !== undefined) {
      end(older, ENDING.uprooted);
      this.#gone(name, older, undefined);
    }
    return undefined;
  }

  /** A link to `node`, or why there is none; an answer that comes too late is hung up on. */
  async #dial(node: NodeRef, parent: string, more: Record<string, string>): Promise<Dialed | Undialed> {
    const headers = { Upgrade: "websocket", [HEADER.node]: nodeName(node), [HEADER.parent]: parent, ...more };
    let isLate = false;
    const dialing = nodeStub(this.#env, node)
      .fetch("https://node/link", { headers })
      .then(({ webSocket: link, headers: said }) => {
        if (link === null) return DECLINED;
        link.binaryType = "arraybuffer";
        link.accept();
        if (isLate) end(link, ENDING.uprooted);
        return { link, from: parsePosition(said.get(HEADER.from) ?? "") };
      })
      .catch(() => NO_ANSWER);
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, DIAL_MS)).then(() => {
      isLate = true;
      return NO_ANSWER;
    });
    return Promise.race([dialing, late]);
  }

  #heard(link: WebSocket, data: unknown): void {
    this.#events.heard();
    const report = typeof data === "string" ? parseTally(data) : undefined;
    if (report !== undefined) this.#events.counted(link, report);
  }

  #gone(node: string, link: WebSocket, code: number | undefined): void {
    if (this.#links.get(node) === link) this.#links.delete(node);
    this.#events.left(link, code);
    hangUp(link);
  }
}
