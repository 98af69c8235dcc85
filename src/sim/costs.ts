/** What an object is charged for its work, in ms of its own CPU. Each figure says where it comes from. */
export type Costs = {
  /** One `send()` to a socket, whatever its size, in ms. */
  readonly sendMs: number;
  /** What each KiB of a message adds to its send, in ms. */
  readonly sendKibMs: number;
  /** Sends after which the engine stops everything to collect what they left behind. */
  readonly sendsPerCollection: number;
  /** How long it stops for that, in ms. */
  readonly collectionMs: number;
  /** One message taken from a socket between objects, in ms. */
  readonly hopMs: number;
  /** One listener's join, from the upgrade at the edge to the greeting, in ms; without the knock. */
  readonly joinMs: number;
  /** What a join that knocks costs its leaf before it is let in or refused, or a listener who leaves, in ms. */
  readonly turnMs: number;
  /** One request between objects (RPC or upgrade), in ms. */
  readonly requestMs: number;
  /** A timer that fires, in ms. */
  readonly timerMs: number;
};

/**
 * Measured on workerd 1.20261117.1, server alone on one core. To be replaced by what `npm run bench -- calibrate` and `npm run bench -- stride`
 * find on a quiet machine; `test/sim/reality.test.ts` holds what comes of them against real crowds.
 *
 * - a send 33.9 µs and 3.1 µs a KiB, collections apart: the line through what each message cost at strides of 1 to 20 (34, 42, 45, 49 and 63 µs for 0.6, 1.3, 2.2,
 *   4.4 and 8.8 KiB), less 1.5 % of the core for everything else; `npm run bench -- stride --listeners 4000 --runs 1`, 2026-11-23;
 * - a collection of 38 ms after 23,000 sends: each leaves some 770 bytes that only a full, unconcurrent one frees, whatever flags the engine has
 *   (smaller heaps stop it sooner and half as long, larger ones copy what they cannot free). 1,000 listeners at stride 1, 28 to 50 ms each 2.3 s;
 *   with 4,000 at stride 5 it was 52 ms each 4.6 s, with 9,000 at 10 60 to 98 ms each 4.8 s: workerd with `--trace-gc` among its `v8Flags`, 2026-11-23;
 * - a join 0.6 ms of the whole process while a stream runs (0.38 ms idle), worker and leaf together: all of it is charged to the leaf, of it
 *   0.1 ms for the knock; `npm run bench -- calibrate`, 2026-11-22;
 * - a request 0.3 ms: a trivial GET on bare `workerd serve`; the same.
 *
 * Not measured apart: a hop (reading one message) and a timer are taken as a send or less, a turn (a knock that is refused, a listener who
 * leaves) as a third of a request: the rest of a request is the edge's.
 */
export const WORKERD_COSTS: Costs = {
  sendMs: 0.0339,
  sendKibMs: 0.0031,
  sendsPerCollection: 23_000,
  collectionMs: 38,
  hopMs: 0.035,
  joinMs: 0.5,
  turnMs: 0.1,
  requestMs: 0.3,
  timerMs: 0.01,
};
