import { nodesAt, type Plan, relayLevels } from "./plan.ts";

/** An evening whose cost is asked for: who comes, for how long, to which tree. */
export type Evening = {
  readonly plan: Plan;
  readonly seconds: number;
  /** Seconds in which somebody comes or goes, anywhere below each node: only then is there a new number to tell. */
  readonly movingSeconds: number;
  readonly chunkMs: number;
  /** People who speak all the time. */
  readonly speakers: number;
  /** Listeners' sockets that are opened in all: one each, and one more for each return. */
  readonly joins: number;
  /** Pages that are loaded in all. */
  readonly pages: number;
  /** Listeners who hear by the cached lane, all the time. */
  readonly cached: number;
  /** Edge isolates that serve this room: each asks what it does not know. */
  readonly edges: number;
};

/** What the platform bills, before any price. */
export type Usage = {
  /** Objects that are awake. */
  readonly objects: number;
  /** Requests that reach the Worker from outside. */
  readonly workerRequests: number;
  /** CPU time of the Worker, in ms. */
  readonly workerCpuMs: number;
  /** Requests and calls that reach objects. */
  readonly objectRequests: number;
  /** Messages that objects receive on WebSockets; those that they send are free. */
  readonly socketMessages: number;
  /** Wall time that objects are awake, in seconds of one object each. */
  readonly objectSeconds: number;
  /** Rows that objects write into their SQLite. */
  readonly rowsWritten: number;
};

/** Messages of sound that a speaker's page or `npm run broadcast` sends in a second: two frames of 20 ms in each. */
const SPEECH_PER_SECOND = 25;
/** How long a segment of the cached lane is, in seconds; each listener of that lane asks for each. */
const SEGMENT_SECONDS = 2;
/**
 * Objects besides relays and leaves that are awake: the room and its archive. Their audience's object has no timer and has dialed nobody:
 * it is billed for the milliseconds of its calls.
 */
const OTHER_OBJECTS = 2;
/** Calls to make a node part of the tree: it asks its parent to be dialed, and is dialed. */
const CALLS_PER_NODE = 2;
/** The room notes its public summary with the audience's object at most so often, in seconds. */
const NOTE_SECONDS = 5;
/** An edge isolate asks for the summary again after so long, in seconds, while pages are loaded. */
const SUMMARY_SECONDS = 30;
/** An edge isolate that serves the cached lane asks the archive for its head so often, in seconds, and for each segment once. */
const HEAD_SECONDS = 1;
/** Rows that a segment costs in its life: written once, erased once. */
const ROWS_PER_SEGMENT = 2;
/** CPU time of one request in the Worker, in ms: a trivial GET took 0.3 ms on bare workerd, a join with its leaf 0.6 ms. A guess upwards. */
const CPU_MS_PER_REQUEST = 1;

/** Relays and leaves of a tree. */
export function nodesOf(plan: Plan): { readonly leaves: number; readonly relays: number } {
  const levels = relayLevels(plan);
  let leaves = 0;
  let relays = 0;
  for (const { width } of Object.values(plan.regions)) {
    leaves += width;
    for (let level = 1; level <= levels; level++) relays += nodesAt(width, plan.fanOut, level);
  }
  return { leaves, relays };
}

/**
 * What an evening asks of the platform. While there is sound every object of the tree is awake: it hears a chunk per tick and has a timer.
 *
 * Counted as if every leaf were in use from the first second to the last.
 */
export function usageOf(evening: Evening): Usage {
  const { seconds, movingSeconds, joins, pages, cached, edges } = evening;
  const { leaves, relays } = nodesOf(evening.plan);
  const nodes = leaves + relays;
  const chunks = (seconds * 1_000) / evening.chunkMs;
  const segments = seconds / SEGMENT_SECONDS;
  const cachedRequests = cached * segments;
  const workerRequests = joins + pages + cachedRequests;
  const looks = edges * (1 + (pages > 0 ? seconds / SUMMARY_SECONDS : 0));
  const asksOfArchive = cached > 0 ? edges * (seconds / HEAD_SECONDS + segments) : 0;
  // The archive is a child of the room, as relays and leaves are of their parents.
  const children = nodes + 1;
  const objects = nodes + OTHER_OBJECTS;
  return {
    objects,
    workerRequests,
    workerCpuMs: workerRequests * CPU_MS_PER_REQUEST,
    objectRequests: joins + children * CALLS_PER_NODE + looks + movingSeconds / NOTE_SECONDS + asksOfArchive,
    // Down each link every chunk and how many listen; up each link but the archive's how many listen below.
    socketMessages: children * (chunks + movingSeconds) + nodes * movingSeconds + evening.speakers * seconds * SPEECH_PER_SECOND,
    objectSeconds: objects * seconds,
    rowsWritten: segments * ROWS_PER_SEGMENT,
  };
}

/** List prices in dollars. */
export type Rates = {
  readonly workerRequests: number;
  readonly workerCpuMs: number;
  readonly objectRequests: number;
  readonly gbSeconds: number;
  readonly rowsWritten: number;
};

/** Received WebSocket messages that are billed as one request. */
export const MESSAGES_PER_REQUEST = 20;
/** What an object is billed for, whatever it uses: 128 MB, in GB of 1,000 MB. */
export const OBJECT_GB = 0.128;

/** One line of a bill. */
export type BillLine = { readonly what: string; readonly amount: number; readonly dollars: number };

/** What that costs, line by line; each rate is per unit, not per million. What a plan includes for free is not taken off. */
export function billOf(usage: Usage, rates: Rates): readonly BillLine[] {
  const line = (what: string, amount: number, rate: number): BillLine => ({ what, amount, dollars: amount * rate });
  return [
    line("Worker requests", usage.workerRequests, rates.workerRequests),
    line("Worker CPU ms", usage.workerCpuMs, rates.workerCpuMs),
    line("object requests", usage.objectRequests, rates.objectRequests),
    line("received messages, 1/20", usage.socketMessages / MESSAGES_PER_REQUEST, rates.objectRequests),
    line("object GB-seconds", usage.objectSeconds * OBJECT_GB, rates.gbSeconds),
    line("SQLite rows written", usage.rowsWritten, rates.rowsWritten),
  ];
}

/** The sum of a bill, in dollars. */
export function totalOf(bill: readonly BillLine[]): number {
  return bill.reduce((sum, line) => sum + line.dollars, 0);
}
