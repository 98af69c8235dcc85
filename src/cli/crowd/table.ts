import { ms, type Spread } from "../listen/stats.ts";
import type { CrowdReport, GroupReport } from "./report.ts";

/** A crowd's report as a table for people. */
export function tableOf(found: CrowdReport): string {
  const { server } = found;
  return [
    row("joined", `${found.joined} of ${found.listeners}${counts(found.failures)}`),
    row("ended early", `${total(found.endings)}${counts(found.endings)}`),
    ...(found.lost === 0 ? [] : [row("came back", `${found.returned} of ${found.lost}`), spread("time back", found.backMs)]),
    ...(found.diverted === 0 ? [] : [row("diverted", `${found.diverted} to the cached lane; ${found.cameLive} of them came live later`)]),
    ...timesOf(found),
    ...Object.entries(found.groups).flatMap(([name, group]) => [`── ${name}: ${group.listeners} listeners`, ...timesOf(group)]),
    row("chunks", `${found.chunks}, ${found.stride?.toFixed(2) ?? "-"} a message`),
    row("holes", `${found.holes}`),
    row("repeats", `${found.repeats}`),
    row("gaps told", `${found.gaps}`),
    row("heard nothing", `${found.deaf}`),
    ...(server === undefined
      ? []
      : [
          row(
            "server",
            `${(server.cpuUsPerChunk ?? 0).toFixed(1)} µs of CPU per chunk and listener, ${percent(server.cpuShare)} of a core`,
          ),
          row("", `${percent(server.stolenShare)} of a core was taken away by the machine beneath`),
          row("", `${mb(server.rssBytes)} of memory, ${mb(server.emptyRssBytes)} before the crowd came`),
        ]),
    row("own delay", `p99 ${ms(found.ownDelayMs.p99)}  max ${ms(found.ownDelayMs.max)}  (of this tool, part of the times above)`),
  ].join("\n");
}

function timesOf(group: GroupReport): string[] {
  return [
    spread("join", group.joinMs),
    spread("first audio", group.firstAudioMs),
    spread("lag from due", group.lagMs),
    ...(group.epochGapMs.count === 0 ? [] : [spread("new epoch's", group.epochGapMs)]),
    row("longest gap", `${ms(group.longestGapMs)}; ${group.stalled} listeners with one above 1 s; ${group.live} live at the end`),
  ];
}

function spread(name: string, of: Spread): string {
  return row(name, `p50 ${ms(of.p50)}  p90 ${ms(of.p90)}  p99 ${ms(of.p99)}  p99.9 ${ms(of.p999)}  max ${ms(of.max)}`);
}

function row(name: string, value: string): string {
  return `${name.padEnd(15)}${value}`;
}

function counts(by: Readonly<Record<string, number>>): string {
  const parts = Object.entries(by).map(([why, times]) => `${times} × ${why}`);
  return parts.length === 0 ? "" : `  (${parts.join("; ")})`;
}

function total(by: Readonly<Record<string, number>>): number {
  return Object.values(by).reduce((sum, one) => sum + one, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

function mb(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
