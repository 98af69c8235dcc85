import uPlot from "uplot";
import type { Evening, EveningColumn } from "../../core/evening-report.ts";
import { element } from "../page/elements.ts";
import { words } from "../page/words.ts";

const say = words.evening;
/** How high a plot is, in CSS pixels. */
const HEIGHT = 200;
/** Rows further apart than this, in ms, are not joined by a line: the room was quiet, or a minute's rows were thinned out. */
const GAP_MS = 75_000;

type Line = { readonly column: EveningColumn; readonly color: string };
type Plot = { readonly title: string; readonly note?: string; readonly lines: readonly Line[]; readonly shaded?: EveningColumn };

const LEAF = "--leaf";
const OTHER = "--tint-3-ink";

/** What is drawn, in this order. */
const PLOTS: readonly Plot[] = [
  {
    title: say.plots.listeners,
    note: say.notes.listeners,
    lines: [
      { column: "listeners", color: LEAF },
      { column: "hearing", color: OTHER },
    ],
  },
  { title: say.plots.joins, lines: [{ column: "joins", color: LEAF }] },
  {
    title: say.plots.lanes,
    note: say.notes.lanes,
    lines: [
      { column: "listeners", color: LEAF },
      { column: "slow", color: OTHER },
    ],
    shaded: "diverting",
  },
  { title: say.plots.stride, note: say.notes.stride, lines: [{ column: "stride", color: LEAF }] },
  {
    title: say.plots.delay,
    note: say.notes.delay,
    lines: [
      { column: "delay_p50_ms", color: LEAF },
      { column: "delay_max_ms", color: OTHER },
    ],
  },
  { title: say.plots.requests, note: say.notes.requests, lines: [{ column: "room_requests", color: LEAF }] },
];

/** The clock as readers of this page write it; with seconds where lines of a plot stand less than a minute apart. */
const clock = new Intl.DateTimeFormat(words.language, { hour: "numeric", minute: "2-digit" });
const fineClock = new Intl.DateTimeFormat(words.language, { hour: "numeric", minute: "2-digit", second: "2-digit" });
/** Least way between two lines, in CSS pixels: a time with seconds fits. */
const CLOCK_SPACE = 80;
/** Steps between the lines of a scale: everything that is drawn is counted in whole numbers. */
const WHOLE_STEPS = Array.from({ length: 9 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

let drawn: uPlot[] = [];

/** Draws all plots of `evening` into `place`, instead of those that stood there. */
export function drawPlots(place: HTMLElement, evening: Evening): void {
  for (const plot of drawn) plot.destroy();
  // All cards first: a card is only as wide as it stays once the others stand beside it.
  const cards = PLOTS.map(({ title, note }) => {
    const head = element("h2", { text: title });
    return element("section", { class: "plot card" }, head, ...(note === undefined ? [] : [element("p", { class: "status", text: note })]));
  });
  place.replaceChildren(...cards);
  drawn = PLOTS.flatMap((plot, index) => {
    const card = cards[index];
    return card === undefined ? [] : [draw(plot, card, evening)];
  });
}

function draw({ lines, shaded }: Plot, card: HTMLElement, evening: Evening): uPlot {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const edge = { stroke: color("--edge"), width: 1 };
  const axis: uPlot.Axis = { stroke: color("--soft"), grid: edge, ticks: edge };
  const { xs, rows } = withGaps(
    evening.times,
    lines.map(({ column }) => evening.columns.get(column) ?? []),
  );
  const { paddingLeft, paddingRight } = getComputedStyle(card);
  const plot = new uPlot(
    {
      width: card.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight),
      height: HEIGHT,
      // Half of the last time stands beyond the last line.
      padding: [null, CLOCK_SPACE / 2, null, null],
      scales: { y: { range: (_, __, most) => [0, Number.isFinite(most) && most > 0 ? most * 1.1 : 1] } },
      axes: [
        {
          ...axis,
          space: CLOCK_SPACE,
          values: (_, seconds, __, ___, step) => seconds.map((at) => (step < 60 ? fineClock : clock).format(at * 1_000)),
        },
        { ...axis, size: 60, incrs: WHOLE_STEPS },
      ],
      cursor: { sync: { key: "evening" } },
      hooks: shaded === undefined ? {} : { drawClear: [shade(evening, shaded, color("--warn-ground"))] },
      series: [
        { label: say.time, value: (_, at: number | null) => (at === null ? "–" : clock.format(at * 1_000)) },
        ...lines.map((line) => ({
          label: say.columns[line.column],
          stroke: color(line.color),
          width: 2,
          points: { show: xs.length < 3 },
          value: (_: uPlot, value: number | null) => (value === null ? "–" : words.count.plain(value)),
        })),
      ],
    },
    [xs, ...rows],
    card,
  );
  // A canvas says nothing by itself.
  plot.ctx.canvas.setAttribute("role", "img");
  plot.ctx.canvas.setAttribute("aria-label", lines.map(({ column }) => spoken(column, evening)).join(". "));
  return plot;
}

/** What who cannot see a line should know of it; the exact figures stand in the table. */
function spoken(column: EveningColumn, { columns }: Evening): string {
  const values = columns.get(column) ?? [];
  const most = values.reduce((highest, value) => Math.max(highest, value), 0);
  const least = values.reduce((lowest, value) => Math.min(lowest, value), most);
  const { plain } = words.count;
  return `${say.columns[column]}: ${say.plotSays(plain(least), plain(most))}`;
}

/** Seconds since 1970, as uPlot has them, and the values; where rows are missing, nothing in between, so that no line is drawn through it. */
function withGaps(
  times: readonly number[],
  values: readonly (readonly number[])[],
): { readonly xs: number[]; readonly rows: (number | null)[][] } {
  const xs: number[] = [];
  const rows: (number | null)[][] = values.map(() => []);
  for (const [index, time] of times.entries()) {
    const before = times[index - 1] ?? time;
    if (time - before > GAP_MS) {
      xs.push((before + 1_000) / 1_000);
      for (const row of rows) row.push(null);
    }
    xs.push(time / 1_000);
    for (const [line, row] of rows.entries()) row.push(values[line]?.[index] ?? null);
  }
  return { xs, rows };
}

function shade({ times, columns }: Evening, column: EveningColumn, color: string): (plot: uPlot) => void {
  return (plot) => {
    plot.ctx.fillStyle = color;
    for (const [index, time] of times.entries()) {
      if ((columns.get(column)?.[index] ?? 0) === 0) continue;
      const left = plot.valToPos(time / 1_000, "x", true);
      const right = plot.valToPos((times[index + 1] ?? time + 10_000) / 1_000, "x", true);
      plot.ctx.fillRect(left, plot.bbox.top, Math.max(1, right - left), plot.bbox.height);
    }
  };
}
