import { describe, expect, it } from "vitest";
import type { Gathered } from "../../../src/cli/crowd/gathering.ts";
import { reportOf } from "../../../src/cli/crowd/report.ts";
import type { GroupFound, PartFound, Second } from "../../../src/cli/crowd/talk.ts";
import { Histogram } from "../../../src/cli/listen/stats.ts";

function counted(...times: readonly number[]): string {
  const histogram = new Histogram();
  for (const ms of times) histogram.add(ms);
  return histogram.encode();
}

function aGroup(of: Partial<GroupFound> = {}): GroupFound {
  const none = counted();
  return { listeners: 0, join: none, firstAudio: none, back: none, epochGap: none, lag: none, longestGapMs: 0, stalled: 0, live: 0, ...of };
}

function aPart(of: Partial<PartFound> = {}): PartFound {
  const counts = { dialed: 10, joined: 10, deaf: 0, lost: 0, returned: 0, diverted: 0, cameLive: 0, present: 10 };
  const heard = { chunks: 100, holes: 0, repeats: 0, gaps: 0, epochs: 1 };
  const groups = { steady: aGroup({ listeners: 10 }), storm: aGroup(), slow: aGroup() };
  return { ...counts, ...heard, failures: {}, endings: {}, ownDelayMs: { p99: 1, max: 2 }, groups, ...of };
}

function aSecond(second: number, of: Partial<Second> = {}): Second {
  const counts = { present: 10, joined: 0, lost: 0, returned: 0, diverted: 0, cached: 0, messages: 50, chunks: 100, soundMs: 10_000 };
  const lag = { steady: counted(10), storm: counted(), slow: counted() };
  return { second, ...counts, holes: 0, gaps: 0, stalls: 0, lag, ...of };
}

function gathered(of: Partial<Gathered> = {}): Gathered {
  return { found: [aPart(), aPart()], seconds: [], usage: [], listenFrom: 0, listenTo: 0, ...of };
}

describe("a crowd's report", () => {
  it("adds up what its processes found", () => {
    const found = [aPart({ joined: 9, failures: { "503 server-full": 1 } }), aPart({ failures: { "503 server-full": 2 }, holes: 3 })];
    const report = reportOf(gathered({ found }));
    expect(report).toMatchObject({ listeners: 20, joined: 19, failed: 1, failures: { "503 server-full": 3 }, holes: 3, chunks: 200 });
  });

  it("knows percentiles of all listeners together, not the mean of two processes' percentiles", () => {
    const fast = aPart({ groups: { steady: aGroup({ lag: counted(...new Array(98).fill(10)) }), storm: aGroup(), slow: aGroup() } });
    const slow = aPart({ groups: { steady: aGroup({ lag: counted(900, 1_000) }), storm: aGroup(), slow: aGroup() } });
    expect(reportOf(gathered({ found: [fast, slow] })).lagMs).toMatchObject({ count: 100, p50: 10, p99: 900, max: 1_000 });
  });

  it("counts CPU, stride and lag of listening apart from what came before it", () => {
    const seconds = [
      aSecond(0, { lag: { steady: counted(5_000), storm: counted(), slow: counted() } }),
      aSecond(1),
      aSecond(2),
      aSecond(3),
    ];
    const usage = [0, 900, 910, 930, 931].map((cpuMs) => ({ cpuMs, rssBytes: 1_000 + cpuMs, stolenMs: cpuMs * 2 }));
    const report = reportOf(gathered({ seconds, usage, listenFrom: 1, listenTo: 3 }));
    // From the first second's end to the third's: 30 ms of CPU for 200 chunks.
    const server = {
      cpuUsPerChunk: 150,
      cpuMsPerSoundSecond: 1.5,
      cpuShare: 0.015,
      stolenShare: 0.03,
      rssBytes: 1_930,
      emptyRssBytes: 1_000,
    };
    expect(report.server).toEqual(server);
    expect(report.stride).toBe(2);
    expect(report.listeningLagMs.max).toBe(10);
    expect(report.seconds.map((one) => one.second)).toEqual([0, 1, 2]);
  });

  it("names only those groups that there were", () => {
    expect(Object.keys(reportOf(gathered()).groups)).toEqual([]);
    const stormed = aPart({ groups: { steady: aGroup(), storm: aGroup({ listeners: 4, live: 4 }), slow: aGroup() } });
    expect(reportOf(gathered({ found: [stormed] })).groups.storm).toMatchObject({ listeners: 4, live: 4 });
  });
});
