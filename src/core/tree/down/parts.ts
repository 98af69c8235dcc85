import { BEFORE_ALL, continues, type Position } from "../../audio/position.ts";

/** Chunks after `from` and before `to` will not come: the room began anew, or they were missed for good. */
export type Break = { readonly reason: "epoch" | "missed"; readonly from: Position; readonly to: Position };

/** Whole chunks in order, to hand on after the break that comes before them. */
export type Part = { readonly bytes: Uint8Array; readonly before?: Break };

/** What is missing between two chunks that follow each other here; nothing to miss for who heard nothing before. */
export function breakBetween(before: Position, next: Position): Break | undefined {
  if (before.epoch === BEFORE_ALL.epoch || continues(before, next)) return undefined;
  return { reason: before.epoch === next.epoch ? "missed" : "epoch", from: before, to: next };
}

export function part(bytes: Uint8Array, before: Break | undefined): Part {
  return before === undefined ? { bytes } : { bytes, before };
}
