import type { CrowdListener } from "./listener.ts";
import type { GroupFound, PartFound } from "./talk.ts";
import type { PartTally } from "./tally.ts";
import { type Group, groupOf } from "./wish.ts";

/** Whose newest chunk was at most so late is live, in ms: the widest stride at 100 ms, and a margin. */
const LIVE_MS = 3_000;

/** Adds up what one process's listeners heard. */
export function foundBy(tally: PartTally, listeners: readonly CrowdListener[], ownDelayMs: PartFound["ownDelayMs"]): PartFound {
  const heard = listeners.map((listener) => listener.hearing.heard());
  const sum = (of: "chunks" | "holes" | "repeats" | "gaps"): number => heard.reduce((total, one) => total + one[of], 0);
  return {
    dialed: tally.dialed,
    joined: tally.joined,
    failures: Object.fromEntries(tally.failures),
    endings: Object.fromEntries(tally.endings),
    deaf: heard.filter((one) => one.chunks === 0).length - (tally.dialed - tally.joined),
    lost: tally.lost,
    returned: tally.returned,
    diverted: tally.diverted,
    cameLive: tally.cameLive,
    present: tally.present,
    chunks: sum("chunks"),
    holes: sum("holes"),
    repeats: sum("repeats"),
    gaps: sum("gaps"),
    epochs: heard.reduce((most, one) => Math.max(most, one.epochs), 0),
    ownDelayMs,
    groups: {
      steady: groupFound("steady", tally, listeners),
      storm: groupFound("storm", tally, listeners),
      slow: groupFound("slow", tally, listeners),
    },
  };
}

function groupFound(group: Group, tally: PartTally, all: readonly CrowdListener[]): GroupFound {
  const listeners = all.filter((listener) => groupOf(listener.role) === group);
  const times = tally.times[group];
  const now = performance.now();
  let longestGapMs = 0;
  for (const listener of listeners) longestGapMs = Math.max(longestGapMs, listener.hearing.longestGapMs);
  return {
    listeners: listeners.length,
    join: times.join.encode(),
    firstAudio: times.firstAudio.encode(),
    back: times.back.encode(),
    epochGap: times.epochGap.encode(),
    lag: times.lagEver.encode(),
    longestGapMs: Math.round(longestGapMs),
    stalled: listeners.filter((listener) => listener.hearing.stalls > 0).length,
    live: listeners.filter((listener) => listener.isLive(now, LIVE_MS)).length,
  };
}
