import { RULES, type Rule } from "./invariants.ts";
import type { Report, Spread } from "./simulate.ts";

/** A report for people. Says in its first line that it is simulated. */
export function table(report: Report): string {
  const { listeners, arrivals, seconds, scenario, seed } = report;
  const broken = Object.entries(report.brokenRules);
  return [
    `SIMULATED: ${scenario}, ${count(listeners)} listeners arriving at ${count(arrivals)}/s, ${seconds} s, seed ${seed}`,
    row("leaves, relays", `${count(report.leaves)}, ${count(report.relays)}`),
    row(
      "joins",
      `${count(report.joins)}, ${count(report.drops)} connections broke, ${count(report.diverted)} times sent to the cached lane`,
    ),
    row("chunks heard", `${count(report.chunksHeard)}, ${count(report.gapsTold)} gaps told`),
    spread("lag from due", report.lagMs),
    spread("first sound", report.firstSoundMs),
    spread("sound again", report.backMs),
    row("silences", `${count(report.silenceMs.listeners)} above 250 ms on a kept connection, longest ${ms(report.silenceMs.max)}`),
    row(
      "most requests/s",
      `root ${report.mostRequests.root}, audience ${report.mostRequests.audience}, a node ${report.mostRequests.node}`,
    ),
    row("reports/s", `${report.mostReports} at the root at most`),
    ...answersOf(report),
    row("invariants", broken.length === 0 ? "all hold" : `BROKEN: ${broken.map(([rule, times]) => `${rule} × ${times}`).join(", ")}`),
    ...report.broken.map(({ rule, atMs, saw }) => `  at ${atMs} ms, "${says(rule)}": ${saw}`),
  ].join("\n");
}

function answersOf({ answers: { taps, tapsCounted, asks, asksTold } }: Report): string[] {
  if (taps === 0) return [];
  return [
    row("taps", `${count(taps)}, ${count(tapsCounted)} counted`),
    row("asks", `${count(asks)}, of which the room was told ${count(asksTold)}`),
  ];
}

function says(rule: Rule): string {
  return RULES[rule];
}

function spread(name: string, of: Spread): string {
  return row(name, of.p50 === null ? "—" : `p50 ${ms(of.p50)}  p99 ${ms(of.p99 ?? 0)}  max ${ms(of.max)}`);
}

function row(name: string, value: string): string {
  return `${name.padEnd(17)}${value}`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function ms(value: number): string {
  return `${count(Math.round(value))} ms`;
}
