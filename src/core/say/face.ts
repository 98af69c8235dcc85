/** Tints that a face may have; see `data-tint` in the pages' style. */
const TINTS = 6;

/** A tint for `name`, 0 to 5: the same on every page. */
export function tintOf(name: string): number {
  let hash = 0;
  for (const sign of name) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) % 65_521;
  return hash % TINTS;
}

/** What stands in a face: the first thing in `name` that a reader takes for one sign, large. */
export function initialOf(name: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(name.trim());
  // An emoji may be built of many signs; what is longer than any real one is not shown.
  return first === undefined || first.segment.length > 16 ? "·" : first.segment.toUpperCase();
}
