import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";
import type { Moment } from "./moment.ts";

/** As in objects/tree/node-body.ts. */
const GATHER_MS = 50;

/** Whose reports these are. */
type Reporter = {
  readonly mind: NodeMind | undefined;
  /** The mind's report is sent to whom it says. */
  send(report: NonNullable<ReturnType<NodeMind["report"]>>): void;
};

/** When a node tells its parent what it counts: soon after the first news, and as seldom as its mind says. */
export class Reports {
  readonly #host: Host;
  readonly #node: Reporter;
  #reportedAt = 0;
  #next: Moment | undefined;
  /** When the next one is due, were no timer late. */
  #dueAt = 0;

  constructor(host: Host, node: Reporter) {
    this.#host = host;
    this.#node = node;
  }

  /** There is news. */
  soon(): void {
    const { now } = this.#host.ground.clock;
    const at = Math.max(now + GATHER_MS, this.#reportedAt + (this.#node.mind?.reportMs ?? 0));
    if (this.#next !== undefined && this.#dueAt <= at) return;
    this.#next?.cancel();
    this.#dueAt = at;
    this.#next = this.#host.later(at - now, () => this.#report());
  }

  /** The object dies. */
  forget(): void {
    this.#next = undefined;
    this.#reportedAt = 0;
  }

  #report(): void {
    this.#next = undefined;
    this.#reportedAt = this.#host.ground.clock.now;
    const report = this.#node.mind?.report();
    if (report !== undefined) this.#node.send(report);
  }
}
