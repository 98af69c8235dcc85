import type { Broken } from "./invariants.ts";
import type { Second } from "./measures.ts";
import type { Evening, Scenario } from "./scenario.ts";
import { World } from "./world.ts";
import { DEFAULTS, type WorldSettings } from "./world-settings.ts";

/** Room that leaves have beyond the listeners: placed by luck, some are fuller than others. */
const SPARE = 1.25;

/** What is asked for. */
export type Asked = {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly listeners: number;
  readonly arrivals: number;
  readonly seconds: number;
  readonly settings?: Partial<WorldSettings>;
};

/** What an evening came to. Every figure is simulated; it holds only what the seed determines, so two runs are equal byte for byte. */
export type Report = {
  readonly simulated: true;
  readonly scenario: string;
  readonly seed: number;
  readonly listeners: number;
  readonly arrivals: number;
  readonly seconds: number;
  readonly leaves: number;
  readonly relays: number;
  readonly joins: number;
  readonly diverted: number;
  /** Connections that broke. */
  readonly drops: number;
  readonly chunksHeard: number;
  readonly gapsTold: number;
  readonly lagMs: Spread;
  readonly firstSoundMs: Spread;
  /** From a broken connection to sound again. */
  readonly backMs: Spread;
  /** Silences of who kept his connection, only those above 250 ms; and how many listeners had one. */
  readonly silenceMs: Spread & { readonly listeners: number };
  readonly mostRequests: { readonly root: number; readonly audience: number; readonly node: number };
  /** What listeners did besides listening; taps and asks as leaves took them, and as the room was told. */
  readonly answers: { readonly taps: number; readonly tapsCounted: number; readonly asks: number; readonly asksTold: number };
  /** Reports that the root got in one second, at most. */
  readonly mostReports: number;
  readonly events: number;
  readonly brokenRules: Readonly<Record<string, number>>;
  readonly broken: readonly Broken[];
  readonly bySecond: readonly Second[];
};

export type Spread = { readonly p50: number | null; readonly p99: number | null; readonly max: number };

/** The world of an evening, before anything has happened. */
export function worldOf(asked: Asked): World {
  const { seed, listeners, arrivals, scenario } = asked;
  const base: WorldSettings = { ...DEFAULTS, seed, listeners, arrivals, leaves: 0, ...asked.settings };
  const own = { ...base, ...scenario.settings?.(base) };
  const leaves = own.leaves > 0 ? own.leaves : Math.max(8, Math.ceil((own.listeners / own.leafListeners) * SPARE));
  const world = new World({ ...own, leaves });
  scenario.stage(world, eveningOf(asked, own));
  return world;
}

/**
 * Plays an evening from beginning to end.
 *
 * @param progress called after each second of it
 */
export function simulate(asked: Asked, progress?: (world: World, second: number) => void): Report {
  const world = worldOf(asked);
  for (let second = 1; second <= asked.seconds; second++) {
    world.play(1_000);
    progress?.(world, second);
  }
  world.catchUp();
  return reportOf(asked, world);
}

/** The line that plays the same evening again. */
export function replayOf({ scenario, seed, listeners, arrivals, seconds }: Asked): string {
  return `npm run sim -- --scenario ${scenario.name} --listeners ${listeners} --arrivals ${arrivals} --seconds ${seconds} --seed ${seed}`;
}

function eveningOf({ seconds }: Asked, { listeners, arrivals, doorsMs }: WorldSettings): Evening {
  const endMs = seconds * 1_000;
  const fullMs = Math.min(endMs, doorsMs + (listeners / arrivals) * 1_000);
  return { endMs, fullMs, after: (share) => fullMs + share * (endMs - fullMs) };
}

function reportOf({ scenario, seed, seconds }: Asked, world: World): Report {
  const { measures, settings, invariants } = world;
  const most = (of: (second: Second) => number): number => measures.seconds.reduce((highest, second) => Math.max(highest, of(second)), 0);
  return {
    simulated: true,
    scenario: scenario.name,
    seed,
    listeners: settings.listeners,
    arrivals: settings.arrivals,
    seconds,
    leaves: world.nodes.filter((node) => node.below === "listeners").length,
    relays: world.nodes.filter((node) => node.below === "nodes").length,
    joins: measures.joins,
    diverted: measures.diversions,
    drops: measures.drops,
    chunksHeard: measures.chunks,
    gapsTold: measures.gaps,
    lagMs: spreadOf(measures.lag),
    firstSoundMs: spreadOf(measures.firstSound),
    backMs: spreadOf(measures.back),
    silenceMs: { ...spreadOf(measures.silence), listeners: measures.silence.count },
    mostRequests: {
      root: most((second) => second.rootRequests),
      audience: most((second) => second.audienceRequests),
      node: most((second) => second.nodeRequests),
    },
    answers: { taps: measures.taps, tapsCounted: measures.tapsCounted, asks: measures.asks, asksTold: measures.asked },
    mostReports: measures.mostReports,
    events: world.events,
    brokenRules: invariants.counts,
    broken: invariants.broken,
    bySecond: measures.seconds,
  };
}

function spreadOf(times: { quantile(share: number): number | undefined; readonly max: number }): Spread {
  const rounded = (share: number): number | null => {
    const value = times.quantile(share);
    return value === undefined ? null : Math.round(value);
  };
  return { p50: rounded(0.5), p99: rounded(0.99), max: Math.round(times.max) };
}
