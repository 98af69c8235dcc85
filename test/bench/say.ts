import type { CrowdReport } from "../../src/cli/crowd/report.ts";
import { textTable } from "../../src/cli/text-table.ts";
import { WORKERD_COSTS } from "../../src/sim/costs.ts";
import type { Measured } from "./bench.ts";
import { joinMsOf } from "./calibrate.ts";
import type { Load, Measurement } from "./measure.ts";
import { fixed, median } from "./median.ts";
import { benchChunkBytes } from "./sound.ts";

/** What the steady benches found: medians over the runs, and ratios to the first row. */
export function serversTable(measured: readonly Measured[], load: Load): string {
  // Per chunk that was due: a root that is late merges several into one, which must not look like more work for each.
  const usPerChunk = (run: CrowdReport): number | undefined => {
    const ms = run.server?.cpuMsPerSoundSecond;
    return ms === undefined ? undefined : ms * load.chunkMs;
  };
  const cost = (one: Measured): number | undefined => median(one.runs.map(usPerChunk));
  const first = measured[0] === undefined ? undefined : cost(measured[0]);
  const rows = measured.map((one) => {
    const of = (what: (run: CrowdReport) => number | undefined): number | undefined => median(one.runs.map(what));
    const us = cost(one);
    return [
      one.contender.name,
      fixed(us, 1),
      us === undefined || first === undefined ? "-" : `${fixed(us / first, 2)} ×`,
      fixed(us === undefined ? undefined : (1e6 / us) * (load.chunkMs / 1_000), 0),
      `${fixed(
        of((run) => (run.server?.cpuShare ?? 0) * 100),
        0,
      )} %`,
      fixed(
        of((run) => chunksPerMessage(run, load)),
        1,
      ),
      fixed(
        of((run) => run.listeningLagMs.p50),
        0,
      ),
      fixed(
        of((run) => run.listeningLagMs.p99),
        0,
      ),
      `${one.runs.reduce((sum, run) => sum + run.holes, 0)}`,
      fixed(of(kbPerListener), 1),
      fixed(
        of((run) => run.joined),
        0,
      ),
      stolen(one),
      spreadOf(one.runs.map(usPerChunk)),
    ];
  });
  const head = [
    "server",
    "CPU µs",
    "ratio",
    "listeners/core",
    "core",
    "chunks/msg",
    "lag p50",
    "p99 ms",
    "holes",
    "KB/listener",
    "joined",
    "stolen",
    "CPU µs of runs",
  ];
  return `${preface(load)}\n\n${textTable(head, rows)}`;
}

/** What the storm found: how those who listened fared, and those who came. */
export function stormTable(measured: readonly Measured[], load: Load): string {
  const rows = measured.map((one) => {
    const of = (what: (run: CrowdReport) => number | undefined): number | undefined => median(one.runs.map(what));
    return [
      one.contender.name,
      fixed(
        of((run) => run.lagMs.p99),
        0,
      ),
      fixed(
        of((run) => run.longestGapMs),
        0,
      ),
      `${one.runs.reduce((sum, run) => sum + run.holes, 0)}`,
      `${fixed(
        of((run) => run.joined),
        0,
      )} of ${load.listeners + load.storm.listeners}`,
      `${one.runs.reduce((sum, run) => sum + Object.values(run.failures).reduce((all, times) => all + times, 0), 0)}`,
      fixed(
        of((run) => run.diverted),
        0,
      ),
      fixed(
        of((run) => run.groups.storm?.joinMs.p99),
        0,
      ),
      fixed(
        of((run) => run.groups.storm?.firstAudioMs.p99),
        0,
      ),
      fixed(
        of((run) => joinMsOf(run, WORKERD_COSTS.sendMs)),
        2,
      ),
      fixed(of(kbPerListener), 1),
      stolen(one),
    ];
  });
  const head = [
    "server",
    "p99 lag",
    "longest gap",
    "holes",
    "joined",
    "refused",
    "diverted",
    "join p99",
    "sound p99",
    "CPU ms/join",
    "KB/listener",
    "stolen",
  ];
  const storm = `${load.storm.listeners} join at ${load.storm.perSecond}/s while ${load.listeners} listen; lag and gap are of those who listened (ms)`;
  return `${preface(load)}\n${storm}\n\n${textTable(head, rows)}`;
}

/** What stalled lines did to the server and to everybody else. */
export function slowTable(control: Measurement, slow: Measurement, load: Load): string {
  const row = (name: string, run: Measurement): string[] => [
    name,
    fixed(stalledLagMs(run, load), 0),
    fixed(run.listeningLagMs.p99, 0),
    fixed(mostMb(run) - mostMb(control), 1),
    fixed(run.mostQueuedBytes === undefined ? undefined : run.mostQueuedBytes / 1_024, 1),
    `${run.holes}`,
    `${run.gaps}`,
    run.groups.slow === undefined ? "-" : `${run.groups.slow.live} of ${run.groups.slow.listeners}`,
    Object.entries(run.endings)
      .map(([why, times]) => `${times} × ${why}`)
      .join("; "),
  ];
  const head = [
    "Canopy",
    "others' p99 meanwhile",
    "in all (ms)",
    "MiB above control",
    "most queued KiB",
    "holes",
    "gaps told",
    "slow ones live again",
    "closed",
  ];
  const rows = [row("everybody reads", control), row("a tenth does not", slow)];
  return `${preface(load)}\n\n${textTable(head, rows)}`;
}

/** The others' p99 lag in the middle one of the seconds in which lines stand still, or would, in ms: a second of another program's is left out. */
function stalledLagMs(run: CrowdReport, { slow }: Load): number | undefined {
  const from = run.listenFrom + (slow?.afterMs ?? 0) / 1_000;
  const stalled = run.seconds.filter(({ second }) => second >= from && second < from + (slow?.forMs ?? 0) / 1_000);
  return median(stalled.map((one) => one.lagP99Ms));
}

/** The most memory that the server held while all listened, in MiB. */
function mostMb(run: CrowdReport): number {
  return Math.max(0, ...run.seconds.filter(({ second }) => second >= run.listenFrom).map((one) => one.rssBytes ?? 0)) / 2 ** 20;
}

/** Chunks that were due, per message. */
function chunksPerMessage({ seconds, listenFrom }: CrowdReport, load: Load): number | undefined {
  const listening = seconds.filter(({ second }) => second >= listenFrom);
  const messages = listening.reduce((sum, one) => sum + one.messages, 0);
  return messages === 0 ? undefined : listening.reduce((sum, one) => sum + one.soundMs, 0) / load.chunkMs / messages;
}

/** The server's memory that listeners brought, in KB of 1,024 bytes each. */
function kbPerListener(run: CrowdReport): number | undefined {
  return run.server === undefined || run.present === 0 ? undefined : (run.server.rssBytes - run.server.emptyRssBytes) / 1_024 / run.present;
}

function preface(load: Load): string {
  const bytes = benchChunkBytes(load.chunkMs, load.frameBytes);
  return `${load.listeners} listeners, a chunk of ${bytes} bytes every ${load.chunkMs} ms, ${load.seconds} s measured; CPU µs are the server process's per chunk and listener, lag is from when a chunk was due; stolen is what the machine beneath took away meanwhile, of one core`;
}

/** What the machine beneath took away meanwhile, of one core: runs that differ in it cannot be compared. */
function stolen({ runs }: Measured): string {
  return `${fixed(median(runs.map((run) => (run.server?.stolenShare ?? 0) * 100)), 1)} %`;
}

function spreadOf(numbers: readonly (number | undefined)[]): string {
  const known = numbers.filter((one) => one !== undefined);
  return known.length < 2 ? "" : `${fixed(Math.min(...known), 1)}–${fixed(Math.max(...known), 1)}`;
}
