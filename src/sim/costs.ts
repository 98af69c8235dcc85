/** What an object is charged for its work, in ms of its own CPU. Each figure says where it comes from. */
export type Costs = {
  /** One `send()` to a socket, whatever its size, in ms. */
  readonly sendMs: number;
  /** What each KiB of a message adds to its send, in ms. */
  readonly sendKibMs: number;
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
 * Measured on workerd 1.20261117.1, server on one core (issue "The crowd", its table; TOOLCHAIN.md in this repository's history):
 * - a send 37 µs with one chunk of 400 B, 56 µs with ten of them: 35 µs and 5.4 µs a KiB;
 * - a join 0.6 ms of the whole process while a stream runs (0.38 ms idle), worker and leaf together: all of it is charged to the leaf, 0.1 of it
 *   for the knock;
 * - a request 0.3 ms: a trivial GET on bare `workerd serve`.
 *
 * Not measured apart, and taken as a send or less: a hop (reading one message), a turn without a greeting, a timer.
 */
export const WORKERD_COSTS: Costs = {
  sendMs: 0.035,
  sendKibMs: 0.0054,
  hopMs: 0.035,
  joinMs: 0.5,
  turnMs: 0.1,
  requestMs: 0.3,
  timerMs: 0.01,
};
