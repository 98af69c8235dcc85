import type { Position } from "../../audio/position.ts";

/** Chunks after `from` and before `to` will not come: the room began anew, or they were missed for good. */
export type Break = { readonly reason: "epoch" | "missed"; readonly from: Position; readonly to: Position };

/** Whole chunks in order, to hand on after the break that comes before them. */
export type Part = { readonly bytes: Uint8Array; readonly before?: Break };
