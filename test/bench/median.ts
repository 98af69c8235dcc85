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
