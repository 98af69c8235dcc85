/** Where a column's cells stand. */
export type Align = "left" | "right";

/** A table for people: columns as wide as they must be; the first to the left and the others to the right, unless told otherwise. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[], align: readonly Align[] = []): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const cell = (text: string, column: number): string => {
    const side = align[column] ?? (column === 0 ? "left" : "right");
    return side === "left" ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  };
  const line = (cells: readonly string[]): string => cells.map(cell).join("  ").trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}
