import { type Costs, WORKERD_COSTS } from "./costs.ts";
import type { Scenario } from "./scenario.ts";
import { worldOf } from "./simulate.ts";

/** A crowd on one process and one core, as `npm run bench` has it: they come, the host goes on air, strides settle, and then it is measured. */
export type OneMachine = {
  readonly listeners: number;
  /** How many of them come per second. */
  readonly arrivals: number;
  /** Pinned; undefined leaves it to the leaves. */
  readonly stride: number | undefined;
  /** Listeners that one leaf takes. */
  readonly leafListeners: number;
  readonly chunkMs: number;
  /** Between the first sound and the first measurement, and measured, in seconds. */
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly seed: number;
  /** What work costs there. */
  readonly costs: Costs;
};

/** What the simulator expects of it; the bench prints the same of a real one. */
export type Foretold = {
  /** CPU that the process takes, as a share of the core. */
  readonly coreShare: number;
  /** CPU per listener and chunk that was due, in µs. */
  readonly cpuUsPerChunk: number;
  /** Chunks that were due for each message, so that a late root's merged ones count. */
  readonly chunksPerMessage: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
};

const NOTHING_BREAKS: Scenario = { name: "one-machine", says: "nothing breaks", stage: () => undefined };

/** What a server of its own lets a room grow to where a process may open 20,000 files (src/cli/server): its tree does not grow beyond, either. */
const SERVER_LISTENERS = 9_500;

/** As the bench's own defaults (test/bench/bench.ts), for who compares the two. */
export const BENCH: Omit<OneMachine, "listeners" | "stride"> = {
  arrivals: 500,
  leafListeners: 10_000,
  chunkMs: 100,
  warmSeconds: 8,
  seconds: 20,
  seed: 1,
  costs: WORKERD_COSTS,
};

/** Plays it. Every figure is simulated. */
export function foretell(of: OneMachine): Foretold {
  const { listeners, arrivals, stride, leafListeners, chunkMs, seed, costs } = of;
  const comeSeconds = Math.ceil(listeners / arrivals) + 2;
  const world = worldOf({
    scenario: NOTHING_BREAKS,
    seed,
    listeners,
    arrivals,
    seconds: comeSeconds + of.warmSeconds + of.seconds,
    settings: {
      chunkMs,
      leafListeners,
      costs,
      stride,
      leaves: Math.ceil(listeners / leafListeners),
      lines: "loopback",
      processes: "one",
      origins: [{ region: "weur", share: 1 }],
      isolatesPerRegion: 1,
      nodeRequests: Number.POSITIVE_INFINITY,
      hasHost: false,
      maxListeners: SERVER_LISTENERS,
    },
  });
  world.at(comeSeconds * 1_000, () => world.host.connect());
  world.play((comeSeconds + of.warmSeconds) * 1_000);
  const { measures, room } = world;
  const before = { workedMs: room.server.workedMs, messages: measures.messages, soundMs: measures.soundMs };
  measures.lag.clear();
  world.play(of.seconds * 1_000);
  const workedMs = room.server.workedMs - before.workedMs;
  const due = (measures.soundMs - before.soundMs) / chunkMs;
  return {
    coreShare: workedMs / (of.seconds * 1_000),
    cpuUsPerChunk: (workedMs * 1_000) / due,
    chunksPerMessage: due / (measures.messages - before.messages),
    lagP50Ms: measures.lag.quantile(0.5) ?? 0,
    lagP99Ms: measures.lag.quantile(0.99) ?? 0,
  };
}
