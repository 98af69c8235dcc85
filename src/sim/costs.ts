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
 * Measured on workerd 1.20261117.1, server alone on one core of a machine that it shared with others: the slower of two, and so what every
 * evening is charged unless it is told otherwise. `test/sim/reality.test.ts` holds what comes of both sets against real crowds on either machine.
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

/**
 * The same on a quiet machine, on which a send takes three fifths of the time; `test/sim/reality.test.ts` compares it with that machine's crowds.
 *
 * - a send 19.5 µs, as `npm run bench -- calibrate` found it (19.0 to 19.6 in three runs), and 1.35 µs a KiB: the slope of the line through what each
 *   message cost at strides of 1 to 20 (21, 24, 27, 26 and 34 µs), collections apart; calibrate, up to a stride of 10, found 0 to 0.8; 2026-11-24;
 * - a collection of 20 ms after 21,000 sends: 18 to 23 ms each 2.1 s with 1,000 listeners at stride 1 (28 to 38 ms each 4.4 s with 4,000 at 5, 39 to 55
 *   each 4.7 s with 9,000 at 10, where a bundle takes so long to be sent that it does not show); `--trace-gc` among the `v8Flags`, the same day;
 * - a join 0.5 ms of the whole process, of it 0.1 ms for the knock: 0.39, 0.43 and 0.50 ms without it in three runs of calibrate;
 * - a request 0.11 ms, in three of three; a hop was not to be told from nothing, and is taken as 10 µs.
 */
export const QUIET_WORKERD_COSTS: Costs = {
  ...WORKERD_COSTS,
  sendMs: 0.0195,
  sendKibMs: 0.00135,
  sendsPerCollection: 21_000,
  collectionMs: 20,
  hopMs: 0.01,
  joinMs: 0.4,
  requestMs: 0.11,
};
