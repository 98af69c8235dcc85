import type { Second } from "./measures.ts";
import type { Report } from "./simulate.ts";

/** A line of a panel: what it shows of each second, in a colour that is told apart by its lightness too. */
type Curve = {
  readonly name: string;
  readonly colour: string;
  readonly of: (second: Second) => number | undefined;
  readonly isArea?: boolean;
};
type Panel = { readonly title: string; readonly unit: string; readonly curves: readonly Curve[] };

const WIDTH = 1_000;
const PANEL_HEIGHT = 150;
const GAP = 58;
const LEFT = 84;
const RIGHT = 28;
const TOP = 96;
const PLOT = WIDTH - LEFT - RIGHT;
const BLUE = "#1d4ed8";
const ORANGE = "#c2410c";
const GREEN = "#15803d";
const GREY = "#64748b";

const PANELS: readonly Panel[] = [
  {
    title: "Listeners",
    unit: "",
    curves: [
      { name: "live", colour: BLUE, of: (second) => second.live, isArea: true },
      { name: "cached lane", colour: ORANGE, of: (second) => second.cached },
      { name: "on their way", colour: GREY, of: (second) => second.away },
    ],
  },
  {
    title: "Joins",
    unit: "/s",
    curves: [
      { name: "let in", colour: BLUE, of: (second) => second.joins, isArea: true },
      { name: "sent to the cached lane", colour: ORANGE, of: (second) => second.diverted },
    ],
  },
  {
    title: "Lag, from when a chunk was due to when it was heard",
    unit: " ms",
    curves: [
      { name: "99 of 100 hear within", colour: ORANGE, of: (second) => second.lagP99Ms },
      { name: "half hear within", colour: BLUE, of: (second) => second.lagP50Ms },
    ],
  },
  {
    title: "Stride: chunks per send, of the busiest leaf",
    unit: "",
    curves: [{ name: "stride", colour: GREEN, of: (second) => second.stride }],
  },
  {
    title: "Requests to one object",
    unit: "/s",
    curves: [
      { name: "the busiest leaf or relay", colour: GREY, of: (second) => second.nodeRequests },
      { name: "the room", colour: BLUE, of: (second) => second.rootRequests },
      { name: "the audience", colour: ORANGE, of: (second) => second.audienceRequests },
    ],
  },
];

/** The evening as one SVG, to be shown to a host: what happened when, second by second. Says in its title that it is simulated. */
export function picture(report: Report): string {
  const height = TOP + PANELS.length * (PANEL_HEIGHT + GAP) + 10;
  const { listeners, arrivals, scenario, seed, broken } = report;
  const rules = broken.length === 0 ? "every rule holds" : `${broken.length} rules broken`;
  const head = `${listeners.toLocaleString("en-US")} listeners arriving at ${arrivals.toLocaleString("en-US")} a second`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#0f172a">`,
    `<title>Simulated: ${escaped(scenario)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${LEFT}" y="38" font-size="22" font-weight="600">A simulated evening: ${escaped(scenario)}</text>`,
    `<text x="${LEFT}" y="62" fill="${GREY}">${head}, seed ${seed}; ${rules}. Simulated with the code that runs it, not measured on sockets.</text>`,
    ...PANELS.map((panel, index) => panelOf(panel, report.bySecond, TOP + index * (PANEL_HEIGHT + GAP))),
    "</svg>",
    "",
  ].join("\n");
}

function panelOf(panel: Panel, seconds: readonly Second[], top: number): string {
  const most = Math.max(1, ...panel.curves.flatMap((curve) => seconds.map((second) => curve.of(second) ?? 0)));
  const ceiling = roundUp(most);
  const x = (second: number): number => LEFT + ((second - 1) / Math.max(1, seconds.length - 1)) * PLOT;
  const y = (value: number): number => top + 26 + (1 - value / ceiling) * (PANEL_HEIGHT - 26);
  const floor = y(0);
  const rules = [0, 0.5, 1].map((share) => {
    const at = y(share * ceiling).toFixed(1);
    const label = `${short(share * ceiling)}${panel.unit}`;
    return (
      `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${at}" y2="${at}" stroke="#e2e8f0"/>` +
      `<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end" fill="${GREY}" font-size="11">${label}</text>`
    );
  });
  const legend = panel.curves.map(
    (curve, index) =>
      `<circle cx="${LEFT + PLOT - 170 * (panel.curves.length - index) + 6}" cy="${top + 7}" r="5" fill="${curve.colour}"/>` +
      `<text x="${LEFT + PLOT - 170 * (panel.curves.length - index) + 17}" y="${top + 11}" font-size="12">${curve.name}</text>`,
  );
  return [
    `<text x="${LEFT}" y="${top + 12}" font-weight="600">${panel.title}</text>`,
    ...(panel.curves.length > 1 ? legend : []),
    ...rules,
    ...ticks(seconds.length).map(
      (second) =>
        `<text x="${x(second).toFixed(1)}" y="${floor + 17}" text-anchor="middle" fill="${GREY}" font-size="11">${second} s</text>`,
    ),
    ...panel.curves.flatMap((curve) => drawn(curve, seconds, x, y, floor)),
  ].join("\n");
}

/** A curve, broken where there is nothing to show. */
function drawn(
  curve: Curve,
  seconds: readonly Second[],
  x: (second: number) => number,
  y: (value: number) => number,
  floor: number,
): string[] {
  const runs: string[][] = [[]];
  for (const second of seconds) {
    const value = curve.of(second);
    if (value === undefined) runs.push([]);
    else runs.at(-1)?.push(`${x(second.second).toFixed(1)},${y(value).toFixed(1)}`);
  }
  return runs
    .filter((run) => run.length > 0)
    .flatMap((run) => {
      const line = `<polyline points="${run.join(" ")}" fill="none" stroke="${curve.colour}" stroke-width="2" stroke-linejoin="round"/>`;
      const [first = "", last = ""] = [run[0], run.at(-1)];
      if (curve.isArea !== true) return [line];
      const area = `${first.split(",")[0]},${floor} ${run.join(" ")} ${last.split(",")[0]},${floor}`;
      return [`<polygon points="${area}" fill="${curve.colour}" fill-opacity="0.12"/>`, line];
    });
}

/** A round number that is not below `value`. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 2.5, 5, 10].find((step) => step * power >= value) ?? 10);
}

function short(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000} M`;
  return value >= 10_000 ? `${value / 1_000}k` : value.toLocaleString("en-US");
}

/** Six or so seconds at which the time is written. */
function ticks(seconds: number): number[] {
  const step = roundUp(seconds / 8);
  return Array.from({ length: Math.floor(seconds / step) }, (_, index) => Math.round((index + 1) * step));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
