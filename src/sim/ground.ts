import type { Clock } from "./clock.ts";
import type { Costs } from "./costs.ts";
import type { Invariants } from "./invariants.ts";
import type { Lines } from "./line.ts";
import type { Streams } from "./luck.ts";
import type { Measures } from "./measures.ts";
import type { Server } from "./server.ts";

/** What everything in an evening stands on. */
export type Ground = {
  readonly clock: Clock;
  readonly luck: Streams;
  readonly costs: Costs;
  readonly lines: Lines;
  readonly measures: Measures;
  readonly invariants: Invariants;
  /** A core for an object: its own, or the one that all share. */
  readonly server: () => Server;
  /** True where each object has a core of its own: what comes to one need not be looked at at once (inbox.ts). */
  readonly canWait: boolean;
  /** By how much the clock of the machine that published an epoch is ahead of virtual time, in ms: for whoever measures lag. */
  readonly publishers: Map<number, number>;
  /** Requests that a relay or leaf may get in a second. */
  readonly nodeRequests: number;
  /** By how much timers are late at the moment, at most, in ms. */
  readonly timers: { lateMs: number };
};
