import type { EveningRow } from "./evening.ts";

/** One number of a row; some are told as what came since the row before. */
type Figure = (row: EveningRow, before: EveningRow | undefined) => number;

const column = <Name extends string>(name: Name, of: Figure): { readonly name: Name; readonly of: Figure } => ({ name, of });

/** What the report says of each row, in this order, behind its `time`. */
const COLUMNS = [
  column("listeners", (row) => row.listeners),
  column("hearing", (row) => row.hearing),
  column("peak", (row) => row.peak),
  column("unique", (row) => row.unique),
  column("joins", (row, before) => row.joins - (before?.joins ?? 0)),
  column("diverting", (row) => (row.full ? 1 : 0)),
  column("leaves", (row) => row.leaves),
  column("slow", (row) => row.slow),
  column("stride", (row) => row.stride),
  column("delay_p50_ms", (row) => row.delayP50Ms),
  column("delay_max_ms", (row) => row.delayMaxMs),
  column("room_requests", (row, before) => row.requests - (before?.requests ?? 0)),
];

export const EVENING_COLUMNS = COLUMNS.map(({ name }) => name);
export type EveningColumn = (typeof COLUMNS)[number]["name"];

/** The report of an evening as CSV (RFC 4180): a header, then a line for each row, which begins with the time as ISO 8601 in UTC. */
export function formatEvening(rows: readonly EveningRow[]): string {
  const lines = rows.map((row, index) => {
    const figures = COLUMNS.map(({ of }) => of(row, rows[index - 1]));
    return [new Date(row.at).toISOString(), ...figures].join(",");
  });
  return [["time", ...EVENING_COLUMNS].join(","), ...lines, ""].join("\r\n");
}

/** A report as a page reads it: `times` in ms since 1970, and beside each what stands in every column. */
export type Evening = { readonly times: readonly number[]; readonly columns: ReadonlyMap<EveningColumn, readonly number[]> };

/** The only door for a report's text; undefined if it is none. Columns that are not known are passed over. */
export function parseEvening(csv: string): Evening | undefined {
  const [header, ...lines] = csv.split("\r\n").filter((line) => line !== "");
  const names = header?.split(",") ?? [];
  const cells = lines.map((line) => line.split(","));
  const times = cells.map(([time]) => Date.parse(time ?? ""));
  const columns = new Map<EveningColumn, readonly number[]>();
  for (const name of EVENING_COLUMNS) {
    const at = names.indexOf(name, 1);
    columns.set(name, at < 0 ? [] : cells.map((row) => numberIn(row[at])));
  }
  const all = [times, ...columns.values()];
  const isWhole = all.every((figures) => figures.length === lines.length && figures.every(Number.isFinite));
  return names[0] === "time" && isWhole ? { times, columns } : undefined;
}

function numberIn(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
