import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { ms } from "../listen/stats.ts";
import type { CrowdReport, SecondReport } from "./report.ts";
import { tableOf } from "./table.ts";

/** One plot over the seconds of a run; plots.js draws it. */
export type Plot = {
  readonly title: string;
  readonly unit: string;
  /** Logarithmic: for times, whose tail is the point. */
  readonly log?: boolean;
  readonly series: readonly { readonly name: string; readonly color: string; readonly values: readonly (number | null)[] }[];
};

/** What a crowd found as one page that needs nothing else: no server, no network. */
export async function pageOf(found: CrowdReport, command: string, at: Date): Promise<string> {
  const uplot = createRequire(import.meta.url).resolve("uplot/dist/uPlot.iife.min.js");
  const [library, libraryStyle, plots, style] = await Promise.all([
    readFile(uplot, "utf8"),
    readFile(uplot.replace(".iife.min.js", ".min.css"), "utf8"),
    readFile(join(import.meta.dirname, "plots.js"), "utf8"),
    readFile(join(import.meta.dirname, "page.css"), "utf8"),
  ]);
  const data = { plots: plotsOf(found), listenFrom: found.listenFrom, listenTo: found.listenTo };
  const machine = `${cpus()[0]?.model ?? "an unknown processor"}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>A crowd of ${found.listeners}</title>
<style>${libraryStyle}
${style}</style>
</head>
<body>
<header>
<h1>A crowd of ${found.listeners.toLocaleString("en")} on real sockets</h1>
<p>${escaped(at.toISOString().slice(0, 16).replace("T", " "))} UTC · ${escaped(machine)}</p>
<pre class="command">${escaped(command)}</pre>
</header>
<main>
<section class="tiles">${tilesOf(found).map(tile).join("")}</section>
<section class="plots" id="plots"></section>
<section><h2>The whole report</h2><pre>${escaped(tableOf(found))}</pre></section>
<p class="soft">The shaded time is when all of the first had come and listening counts. Lag is from when a chunk was due to leave the room, by
this machine's one clock; greetings and replays are left out of it. Plots show the steady listeners' lag.</p>
</main>
<script id="data" type="application/json">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>
<script>${library}</script>
<script>${plots}</script>
</body>
</html>
`;
}

type Tile = { readonly name: string; readonly value: string; readonly bad?: boolean };

function tilesOf(found: CrowdReport): readonly Tile[] {
  const refused = Object.values(found.failures).reduce((sum, times) => sum + times, 0);
  return [
    { name: "joined", value: `${found.joined} of ${found.listeners}`, bad: found.joined < found.listeners },
    { name: "refused at first", value: `${refused}`, bad: refused > 0 },
    { name: "holes", value: `${found.holes}`, bad: found.holes > 0 },
    { name: "gaps told", value: `${found.gaps}` },
    { name: "lag p99", value: ms(found.lagMs.p99) },
    { name: "first sound p99", value: ms(found.firstAudioMs.p99) },
    { name: "longest gap", value: ms(found.longestGapMs), bad: found.longestGapMs > 1_000 },
    ...(found.lost === 0 ? [] : [{ name: "came back", value: `${found.returned} of ${found.lost}`, bad: found.returned < found.lost }]),
    ...(found.lost === 0 ? [] : [{ name: "back after, p99", value: ms(found.backMs.p99) }]),
    ...(found.epochGapMs.count === 0 ? [] : [{ name: "to the new epoch's sound, p99", value: ms(found.epochGapMs.p99) }]),
    { name: "chunks a message", value: found.stride?.toFixed(2) ?? "-" },
    ...(found.server === undefined
      ? []
      : [{ name: "CPU a chunk and listener", value: `${(found.server.cpuUsPerChunk ?? 0).toFixed(1)} µs` }]),
  ];
}

function tile({ name, value, bad }: Tile): string {
  return `<div class="tile${bad === true ? " bad" : ""}"><b>${escaped(value)}</b><span>${escaped(name)}</span></div>`;
}

/** Which plots a run is worth: what never happened is not drawn. */
export function plotsOf({ seconds }: CrowdReport): readonly Plot[] {
  const line = (name: string, color: string, of: (one: SecondReport) => number | undefined): Plot["series"][number] => ({
    name,
    color,
    values: seconds.map((one) => of(one) ?? null),
  });
  const plots: Plot[] = [
    {
      title: "Listeners",
      unit: "",
      series: [line("connected", "--a", (one) => one.present), line("in the cached lane", "--c", (one) => one.cached)],
    },
    {
      title: "Coming and going, per second",
      unit: "",
      series: [
        line("joined", "--a", (one) => one.joined),
        line("lost", "--bad", (one) => one.lost),
        line("back to sound", "--b", (one) => one.returned),
        line("diverted to the cached lane", "--c", (one) => one.diverted),
      ],
    },
    {
      title: "Lag from due",
      unit: "ms",
      log: true,
      series: [line("p50", "--a", (one) => one.lagP50Ms), line("p99", "--b", (one) => one.lagP99Ms)],
    },
    { title: "Stride: chunks a message", unit: "", series: [line("chunks", "--a", (one) => one.stride)] },
    {
      title: "What was not heard, per second",
      unit: "",
      series: [
        line("holes", "--bad", (one) => one.holes),
        line("gaps told", "--c", (one) => one.gaps),
        line("stalls above 1 s", "--b", (one) => one.stalls),
      ],
    },
    { title: "The server's CPU", unit: "% of a core", series: [line("CPU", "--a", (one) => scaled(one.cpuShare, 100))] },
    { title: "The server's memory", unit: "MiB", series: [line("resident", "--a", (one) => scaled(one.rssBytes, 2 ** -20))] },
  ];
  return plots
    .map((plot) => ({ ...plot, series: plot.series.filter((one, index) => index === 0 || one.values.some((value) => (value ?? 0) > 0)) }))
    .filter((plot) => plot.series.some((one) => one.values.some((value) => value !== null)));
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
