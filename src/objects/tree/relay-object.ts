import { localTime } from "../../core/ids.ts";
import type { NodeRef } from "../../core/tree/shape/plan.ts";
import type { AttachAnswer, AttachAsk, ParentCalls } from "../calls/parent.ts";
import type { Env } from "../env.ts";
import { Children } from "./children.ts";
import { type Mind, NodeBody } from "./node-body.ts";

/** How much sound a relay keeps, in ms: twice a leaf's, so that a leaf that was away can make good what its listeners missed. */
const KEEP_MS = 60_000;

/** One upstream, many downstream: forwards bytes untouched and keeps the last minute for children that come late or come back. */
export class Relay extends NodeBody implements ParentCalls {
  readonly #children: Children;

  constructor(state: DurableObjectState, env: Env) {
    super(state, env, { below: "nodes", keepMs: KEEP_MS });
    this.#children = new Children(env, {
      heard: () => this.use.message(),
      joined: (link, from) => {
        this.perform(this.mind?.join(link, from, localTime(Date.now()), Math.random()) ?? []);
        this.settle();
      },
      left: (link) => {
        this.mind?.leave(link);
        this.settle();
      },
      counted: (link, report) => {
        this.mind?.count(link, report);
        this.settle();
      },
    });
  }

  /** A child asks to be fed. It names this node, its parent, since an object does not know its own name. */
  async attach(ask: AttachAsk): Promise<AttachAnswer> {
    this.use.request();
    const mind = this.know(ask.parent, ask.plan);
    if (mind?.plan === undefined) return { dialed: false, why: "no such node" };
    return this.#children.attach(ask, mind.plan, { kind: "relay", node: mind.node });
  }

  override fetch(request: Request): Response {
    if (this.isUncalledFor(request)) return new Response(null, { status: 409 });
    const mind = this.mindOf(request);
    return mind === undefined ? new Response(null, { status: 404 }) : this.acceptUplink(mind, request);
  }

  protected override wake(children: readonly NodeRef[]): void {
    if (this.mind !== undefined) this.#children.wake(children, { kind: "relay", node: this.mind.node });
  }

  protected override redial(link: WebSocket): void {
    if (this.mind !== undefined) this.#children.redial(link, { kind: "relay", node: this.mind.node });
  }

  /** All of a relay's own sockets below are dialed, not accepted: nothing is heard here. */
  protected override heardBelow(): void {}

  protected override leftBelow(mind: Mind, socket: WebSocket): void {
    mind.leave(socket);
  }
}
