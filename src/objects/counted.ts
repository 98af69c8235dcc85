/**
 * What this isolate has done that is billed, so that a forecast can be held against a real evening: requests, messages received on
 * WebSockets, and the time that objects were awake. An embedded server is one isolate; on Cloudflare each isolate knows only its own.
 */

/** The lobby is left out: it is asked for a list now and then, and has nothing to do with an evening. */
export const OBJECT_KINDS = ["Room", "Audience", "Relay", "Leaf", "Archive", "Radio"] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** What objects of one kind have done. */
export type ObjectCounts = {
  /** Requests, calls and alarms. */
  requests: number;
  /** Messages received on WebSockets, accepted or dialed. */
  messages: number;
  /** Time awake, in ms, of all objects of this kind. */
  awakeMs: number;
};

/**
 * Between two events that are no further apart an object was awake, in ms: it hibernates after 10 s without one at the earliest
 * (https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/). After the last event nothing is counted.
 */
const SLEEPS_AFTER_MS = 10_000;

const counts: Record<ObjectKind, ObjectCounts> = {
  Room: none(),
  Audience: none(),
  Relay: none(),
  Leaf: none(),
  Archive: none(),
  Radio: none(),
};
let workerRequests = 0;

/** One object's book. */
export class ObjectUse {
  readonly #counts: ObjectCounts;
  readonly #stays: boolean;
  #lastAt: number | undefined;

  constructor(kind: ObjectKind) {
    this.#counts = counts[kind];
    // The audience's object has no timer and dials nobody, so between its calls it may sleep, and is not billed.
    this.#stays = kind !== "Audience";
  }

  /** A request, a call or an alarm came. */
  request(): void {
    this.#counts.requests++;
    this.#awake();
  }

  /** A message came on a WebSocket. */
  message(): void {
    this.#counts.messages++;
    this.#awake();
  }

  #awake(): void {
    const now = Date.now();
    const sinceMs = now - (this.#lastAt ?? now);
    if (this.#stays && sinceMs <= SLEEPS_AFTER_MS) this.#counts.awakeMs += sinceMs;
    this.#lastAt = now;
  }
}

/** A request came from outside. */
export function countWorkerRequest(): void {
  workerRequests++;
}

const segments = { stored: 0, failed: 0 };

/** An archive tried to store a segment; what failed is tried again by its mind. */
export function countSegment(isStored: boolean): void {
  segments[isStored ? "stored" : "failed"]++;
}

/** Everything counted so far, in this isolate. */
export function countedSoFar(): {
  readonly workerRequests: number;
  readonly objects: Readonly<Record<ObjectKind, Readonly<ObjectCounts>>>;
  readonly segments: Readonly<{ stored: number; failed: number }>;
} {
  return { workerRequests, objects: counts, segments };
}

function none(): ObjectCounts {
  return { requests: 0, messages: 0, awakeMs: 0 };
}
