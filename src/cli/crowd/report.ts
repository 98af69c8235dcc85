import { count, Histogram, type Spread } from "../listen/stats.ts";
import type { Gathered } from "./gathering.ts";
import type { GroupFound, PartFound, Second } from "./talk.ts";
import { GROUPS, type Group } from "./wish.ts";

/** What one group of listeners found; times in ms. */
export type GroupReport = {
  readonly listeners: number;
  readonly joinMs: Spread;
  readonly firstAudioMs: Spread;
  /** Arrival of a chunk less the time at which it was due; what came as a greeting or a replay is left out. */
  readonly lagMs: Spread;
  /** From a lost connection to the next sound. */
  readonly backMs: Spread;
  /** From the last sound of one epoch to the first of the next, announced silence included: what a new host's start, or a room's restart, costs. */
  readonly epochGapMs: Spread;
  /** The longest silence that a player without a buffer would have had; that of which the room itself told is left out. */
  readonly longestGapMs: number;
  /** Listeners with a silence of more than a second. */
  readonly stalled: number;
  /** Listeners who were at the live edge when the crowd left. */
  readonly live: number;
};

/** One second of the whole crowd: what came in it, and how things stood at its end. */
export type SecondReport = Omit<Second, "lag"> & {
  /** Chunks per message. */
  readonly stride: number | undefined;
  /** Of the steady listeners. */
  readonly lagP50Ms: number | undefined;
  readonly lagP99Ms: number | undefined;
  /** The server's CPU in this second, as a share of one core, and its memory at its end; if it was watched. */
  readonly cpuShare?: number;
  readonly rssBytes?: number;
};

/** What the server used while the crowd listened. */
export type ServerUse = {
  /** CPU time per chunk that a listener got, in µs: all that the process did, joins of a storm included. */
  readonly cpuUsPerChunk: number | undefined;
  /** The same per second of sound that a listener got, in ms: the fairer one where a late root merges ticks into fewer chunks. */
  readonly cpuMsPerSoundSecond: number | undefined;
  /** CPU time as a share of one core. */
  readonly cpuShare: number;
  /** What the machine beneath took away from this one meanwhile, as a share of one core: what makes two runs differ that nobody changed. */
  readonly stolenShare: number;
  /** Memory when listening ended, and when the first listener was about to come. */
  readonly rssBytes: number;
  readonly emptyRssBytes: number;
};

/** What a crowd found. */
export type CrowdReport = GroupReport & {
  readonly joined: number;
  /** Never got in. */
  readonly failed: number;
  /** First tries that failed, by what was said; who came later is among them. */
  readonly failures: Readonly<Record<string, number>>;
  /** Connections that ended before the crowd left and not by its own doing, by close code and reason. */
  readonly endings: Readonly<Record<string, number>>;
  /** Joined, but never heard a chunk. */
  readonly deaf: number;
  /** Connections that were lost, and returns to sound. */
  readonly lost: number;
  readonly returned: number;
  /** Listeners who were sent to the cached lane, and those of them who came live later. */
  readonly diverted: number;
  readonly cameLive: number;
  /** Connected when the crowd left. */
  readonly present: number;
  readonly chunks: number;
  /** The steady listeners' lag from when listening began to when it ended: what stands above counts the time before, too. */
  readonly listeningLagMs: Spread;
  /** Chunks per message in that time. */
  readonly stride: number | undefined;
  readonly holes: number;
  readonly repeats: number;
  readonly gaps: number;
  readonly epochs: number;
  /** Groups besides the steady ones, whose times stand above. */
  readonly groups: Partial<Readonly<Record<Group, GroupReport>>>;
  /** How late this tool's own processes ran their timers: what they add to every time above. */
  readonly ownDelayMs: { readonly p99: number; readonly max: number };
  readonly server?: ServerUse;
  /** From the crowd's start on, up to `listenTo`. Listening took those from `listenFrom` on. */
  readonly seconds: readonly SecondReport[];
  readonly listenFrom: number;
  readonly listenTo: number;
};

/** Adds up what a crowd's processes found. */
export function reportOf(gathered: Gathered): CrowdReport {
  const { found, listenFrom, listenTo } = gathered;
  const sum = (of: (one: PartFound) => number): number => found.reduce((total, one) => total + of(one), 0);
  const seconds = secondsOf(gathered);
  const listening = seconds.filter(({ second }) => second >= listenFrom && second < listenTo);
  const groups = Object.fromEntries(
    GROUPS.filter((group) => group !== "steady" && sum((one) => one.groups[group].listeners) > 0).map((group) => [
      group,
      groupReport(found.map((one) => one.groups[group])),
    ]),
  );
  return {
    ...groupReport(found.map((one) => one.groups.steady)),
    listeners: sum((one) => one.dialed),
    joined: sum((one) => one.joined),
    failed: sum((one) => one.dialed - one.joined),
    failures: added(found.map((one) => one.failures)),
    endings: added(found.map((one) => one.endings)),
    deaf: sum((one) => one.deaf),
    lost: sum((one) => one.lost),
    returned: sum((one) => one.returned),
    diverted: sum((one) => one.diverted),
    cameLive: sum((one) => one.cameLive),
    present: sum((one) => one.present),
    chunks: sum((one) => one.chunks),
    listeningLagMs: merged(
      gathered.seconds.filter(({ second }) => second >= listenFrom && second < listenTo).map((one) => one.lag.steady),
    ).spread(),
    stride: strideOf(listening),
    holes: sum((one) => one.holes),
    repeats: sum((one) => one.repeats),
    gaps: sum((one) => one.gaps),
    epochs: Math.max(0, ...found.map((one) => one.epochs)),
    groups,
    ownDelayMs: {
      p99: Math.max(0, ...found.map((one) => one.ownDelayMs.p99)),
      max: Math.max(0, ...found.map((one) => one.ownDelayMs.max)),
    },
    ...serverUse(gathered, listening),
    seconds,
    listenFrom,
    listenTo,
  };
}

function groupReport(parts: readonly GroupFound[]): GroupReport {
  const sum = (of: (one: GroupFound) => number): number => parts.reduce((total, one) => total + of(one), 0);
  const spread = (of: (one: GroupFound) => string): Spread => merged(parts.map(of)).spread();
  return {
    listeners: sum((one) => one.listeners),
    joinMs: spread((one) => one.join),
    firstAudioMs: spread((one) => one.firstAudio),
    lagMs: spread((one) => one.lag),
    backMs: spread((one) => one.back),
    epochGapMs: spread((one) => one.epochGap),
    longestGapMs: Math.max(0, ...parts.map((one) => one.longestGapMs)),
    stalled: sum((one) => one.stalled),
    live: sum((one) => one.live),
  };
}

/** Whole seconds only: in the last one everybody hangs up. */
function secondsOf({ seconds, usage, listenTo }: Gathered): readonly SecondReport[] {
  return Array.from({ length: listenTo }, (_, second) => {
    const parts = seconds.filter((one) => one.second === second);
    const sum = (of: (one: Second) => number): number => parts.reduce((total, one) => total + of(one), 0);
    const lag = merged(parts.map((one) => one.lag.steady));
    const [before, after] = [usage[second], usage[second + 1]];
    const of = {
      second,
      present: sum((one) => one.present),
      joined: sum((one) => one.joined),
      lost: sum((one) => one.lost),
      returned: sum((one) => one.returned),
      diverted: sum((one) => one.diverted),
      cached: sum((one) => one.cached),
      messages: sum((one) => one.messages),
      chunks: sum((one) => one.chunks),
      soundMs: sum((one) => one.soundMs),
      holes: sum((one) => one.holes),
      gaps: sum((one) => one.gaps),
      stalls: sum((one) => one.stalls),
    };
    const used =
      before === undefined || after === undefined ? {} : { cpuShare: (after.cpuMs - before.cpuMs) / 1_000, rssBytes: after.rssBytes };
    return { ...of, stride: strideOf([of]), lagP50Ms: lag.quantile(0.5), lagP99Ms: lag.quantile(0.99), ...used };
  });
}

function serverUse({ usage, listenFrom, listenTo }: Gathered, listening: readonly SecondReport[]): { readonly server?: ServerUse } {
  const [empty, from, to] = [usage[0], usage[listenFrom], usage[listenTo] ?? usage.at(-1)];
  if (empty === undefined || from === undefined || to === undefined || listenTo <= listenFrom) return {};
  const cpuMs = to.cpuMs - from.cpuMs;
  const chunks = listening.reduce((total, one) => total + one.chunks, 0);
  const soundMs = listening.reduce((total, one) => total + one.soundMs, 0);
  return {
    server: {
      cpuUsPerChunk: chunks === 0 ? undefined : (cpuMs * 1_000) / chunks,
      cpuMsPerSoundSecond: soundMs === 0 ? undefined : (cpuMs * 1_000) / soundMs,
      cpuShare: cpuMs / ((listenTo - listenFrom) * 1_000),
      stolenShare: (to.stolenMs - from.stolenMs) / ((listenTo - listenFrom) * 1_000),
      rssBytes: to.rssBytes,
      emptyRssBytes: empty.rssBytes,
    },
  };
}

function strideOf(seconds: readonly { readonly chunks: number; readonly messages: number }[]): number | undefined {
  const messages = seconds.reduce((total, one) => total + one.messages, 0);
  return messages === 0 ? undefined : seconds.reduce((total, one) => total + one.chunks, 0) / messages;
}

function merged(encoded: readonly string[]): Histogram {
  const all = new Histogram();
  for (const one of encoded) all.merge(one);
  return all;
}

function added(all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const one of all) for (const [key, times] of Object.entries(one)) count(sums, key, times);
  return Object.fromEntries(sums);
}
