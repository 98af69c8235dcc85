import { EVENING_ROW_MS } from "../../core/evening.ts";
import { type Evening, parseEvening } from "../../core/evening-report.ts";
import { drawPlots } from "../evening/evening-plots.ts";
import { eveningTable } from "../evening/evening-table.ts";
import { sayNoTicket } from "../line/why-not.ts";
import { readEvening, readRecording } from "../page/api.ts";
import { element } from "../page/elements.ts";
import { publish } from "../page/facts.ts";
import { island, part, write, writeOrHide } from "../page/parts.ts";
import { sayNo, words } from "../page/words.ts";
import { HostMemory } from "../stage/host-ticket.ts";

/** While the room is live the report is fetched again after so long, in ms. */
const AGAIN_MS = 30_000;
/** A report whose newest row is older than this is that of a room that is quiet or over, in ms. */
const OVER_MS = 60_000;

const say = words.evening;
const root = island("evening");
const room = root.dataset["room"] ?? "";
const status = part("status", HTMLElement);
const plots = part("plots", HTMLElement);
const details = part("details", HTMLDetailsElement);

let csv = "";
let shown: Evening | undefined;

const { ticket } = new HostMemory(room).takeTicket();
root.dataset["ready"] = "";
if (ticket === undefined) write(status, say.noTicket);
else {
  part("csv", HTMLButtonElement).onclick = download;
  details.ontoggle = showTable;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", redraw);
  // Paper shows what is folded too.
  addEventListener("beforeprint", () => {
    details.open = true;
    showTable();
  });
  void look(ticket);
  void showTracks(ticket);
}

async function look(ticket: string): Promise<void> {
  const said = await readEvening(room, ticket);
  if (typeof said !== "string") writeOrHide(status, sayNoTicket(said.code) ?? sayNo({ code: said.code, says: said.detail }));
  else show(said);
  const newest = shown?.times.at(-1) ?? 0;
  if (shown === undefined ? typeof said === "string" : Date.now() - newest < OVER_MS) setTimeout(() => void look(ticket), AGAIN_MS);
}

function show(text: string): void {
  const evening = parseEvening(text);
  const isEmpty = evening === undefined || evening.times.length === 0;
  writeOrHide(status, isEmpty ? say.none : undefined);
  part("report", HTMLElement).hidden = isEmpty;
  if (isEmpty) return;
  csv = text;
  shown = evening;
  showFigures(evening);
  redraw();
  showTable();
  publish({ rows: evening.times.length });
}

function showFigures({ times, columns }: Evening): void {
  const { plain } = words.count;
  const sum = (values: readonly number[] = []): number => values.reduce((all, value) => all + value, 0);
  const minutes = (rows: number): number => Math.round((rows * EVENING_ROW_MS) / 60_000);
  const diverted = minutes(sum(columns.get("diverting")));
  const figures: readonly (readonly [string, string])[] = [
    [words.panel.peak, plain(columns.get("peak")?.at(-1) ?? 0)],
    [words.panel.unique, plain(columns.get("unique")?.at(-1) ?? 0)],
    [say.joinsInAll, plain(sum(columns.get("joins")))],
    [say.liveFor, say.minutes(minutes(times.length))],
    [say.diverted, diverted === 0 ? say.never : say.minutes(diverted)],
  ];
  part("figures", HTMLElement).replaceChildren(
    ...figures.map(([term, value]) => element("div", {}, element("dt", { text: term }), element("dd", { text: value }))),
  );
}

function redraw(): void {
  if (shown !== undefined) drawPlots(plots, shown);
}

/** Laid out only once somebody wants to see it. */
function showTable(): void {
  if (shown === undefined || !details.open) return;
  const { table, byMinute } = eveningTable(shown);
  part("table", HTMLElement).replaceChildren(table);
  part("by-minute", HTMLElement).hidden = !byMinute;
}

function download(): void {
  const link = element("a");
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = `${room}-evening.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

/** A link to each voice of what was recorded; nothing where nothing was. */
async function showTracks(ticket: string): Promise<void> {
  const recording = await readRecording(room, ticket);
  if (recording === undefined || recording.people.length === 0) return;
  const rows = recording.people.map(({ track, name }) => {
    const link = element("a", { text: name, dir: "auto" });
    // A link cannot bring a header: where a ticket is needed, it stands in the address.
    const key = root.dataset["locked"] === "true" ? `?ticket=${ticket}` : "";
    link.href = `/rooms/${room}/recording/${track}.ogg${key}`;
    link.download = "";
    return element("li", {}, link);
  });
  part("track-list", HTMLElement).replaceChildren(...rows);
  part("tracks", HTMLElement).hidden = false;
}
