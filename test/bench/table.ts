/** A table for people: columns as wide as they must be, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  ");
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

/** The middle one of some numbers; undefined if there is none. */
export function median(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((one) => one !== undefined).sort((a, b) => a - b);
  const middle = known[Math.floor((known.length - 1) / 2)];
  const next = known[Math.ceil((known.length - 1) / 2)];
  return middle === undefined || next === undefined ? undefined : (middle + next) / 2;
}

/** A number with so many digits after the point, or `-`. */
export function fixed(value: number | undefined, digits: number): string {
  return value === undefined || !Number.isFinite(value) ? "-" : value.toFixed(digits);
}
