import { EVENING_COLUMNS, type Evening } from "../../core/evening-report.ts";
import { element } from "../page/elements.ts";
import { words } from "../page/words.ts";

const say = words.evening;
/** More lines than this nobody reads, and no phone lays out in time: then there is one for each minute. */
const MOST_LINES = 360;
const MINUTE_MS = 60_000;

/** The exact figures as a table; `byMinute`: not every row stands in it. */
export function eveningTable({ times, columns }: Evening): { readonly table: HTMLTableElement; readonly byMinute: boolean } {
  const byMinute = times.length > MOST_LINES;
  const clock = new Intl.DateTimeFormat(words.language, { dateStyle: "short", timeStyle: "medium" });
  const head = element("tr", {}, headOf(say.time), ...EVENING_COLUMNS.map((column) => headOf(say.columns[column])));
  const rows = times.flatMap((time, index) => {
    if (byMinute && Math.floor(time / MINUTE_MS) === Math.floor((times[index - 1] ?? 0) / MINUTE_MS)) return [];
    const first = element("th", { text: clock.format(time) });
    first.scope = "row";
    const cells = EVENING_COLUMNS.map((column) => element("td", { text: words.count.plain(columns.get(column)?.[index] ?? 0) }));
    return [element("tr", {}, first, ...cells)];
  });
  const caption = element("caption", { class: "sr", text: say.table });
  return { table: element("table", {}, caption, element("thead", {}, head), element("tbody", {}, ...rows)), byMinute };
}

function headOf(text: string): HTMLTableCellElement {
  const head = element("th", { text });
  head.scope = "col";
  return head;
}
