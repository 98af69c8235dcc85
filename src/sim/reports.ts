import { formatTally, type TallyReport } from "../core/tree/up/totals.ts";
import type { Carried } from "./carried.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";
import type { Moment } from "./moment.ts";

/** As in objects/tree/node-body.ts. */
const GATHER_MS = 50;
/** One report in so many is written and read, the first of each node too: what formatTally and parseTally make of all others is tested by itself. */
const WRITTEN = 256;
/** What a report is on the wire, in bytes, but for its regions, its sketch and its asks; and each region, and an ask but for its words. */
const BARE_BYTES = 170;
const REGION_BYTES = 75;
const ASK_BYTES = 140;

/** Whose reports these are. */
type Reporter = {
  mind(): NodeMind | undefined;
  /** The mind's report is sent to whom it says. @param written as what it travels */
  send(report: NonNullable<ReturnType<NodeMind["report"]>>, written: Carried): void;
  /** All that had come was looked at, and told if it was news. */
  told(): void;
};

/** When a node tells its parent what it counts: soon after the first news, and as seldom as its mind says. */
export class Reports {
  readonly #host: Host;
  readonly #node: Reporter;
  #reportedAt = 0;
  #next: Moment | undefined;
  /** When the next one is due, were no timer late. */
  #dueAt = 0;
  #sent = 0;

  constructor(host: Host, node: Reporter) {
    this.#host = host;
    this.#node = node;
  }

  /** There is news, or will be at `newsAt`. */
  soon(newsAt = this.#host.ground.clock.now): void {
    const { now } = this.#host.ground.clock;
    const at = Math.max(newsAt + GATHER_MS, this.#reportedAt + (this.#node.mind()?.reportMs ?? 0));
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
    const report = this.#node.mind()?.report();
    if (report !== undefined) {
      this.#reportedAt = this.#host.ground.clock.now;
      const isWritten = this.#sent++ % WRITTEN === 0;
      this.#node.send(report, isWritten ? formatTally(report.said) : { said: report.said, bytes: bytesOf(report.said) });
    }
    this.#node.told();
  }
}

function bytesOf({ regions, unique, asks }: TallyReport): number {
  let bytes = BARE_BYTES + unique.length;
  for (const _ in regions) bytes += REGION_BYTES;
  for (const { text } of asks) bytes += ASK_BYTES + text.length;
  return bytes;
}
