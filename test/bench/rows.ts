import { canopy } from "./canopy.ts";
import type { Contender } from "./contender.ts";
import { bareLoop, nodeWs, partyserver } from "./peers.ts";

/** One row of a bench's table: `key` is what `--only` calls it. */
export type Row = { readonly key: string; readonly contender: Contender };

/** How many chunks a send carries, wherever it can be chosen. */
export const STRIDES = [1, 2, 5, 10, 20] as const;
/** How many chunks peers put into one message, where they bundle. */
const BUNDLES = [5, 10] as const;

/** Everybody as they come: Canopy chooses its stride, peers send each chunk. */
export function asTheyCome(): readonly Row[] {
  return [
    { key: "canopy", contender: canopy() },
    { key: "partyserver", contender: partyserver(1) },
    { key: "ws", contender: nodeWs(1) },
    { key: "bare", contender: bareLoop(1) },
  ];
}

/** Canopy with its stride pinned. */
export function pinnedStrides(): readonly Row[] {
  return STRIDES.map((stride) => ({ key: `canopy:${stride}`, contender: canopy(stride) }));
}

/** Everybody bundling alike; peers send a bundle to all at once, Canopy's cohorts take turns. */
export function bundlingAlike(): readonly Row[] {
  return BUNDLES.flatMap((chunks) => [
    { key: `canopy:${chunks}`, contender: canopy(chunks) },
    { key: `partyserver:${chunks}`, contender: partyserver(chunks) },
    { key: `ws:${chunks}`, contender: nodeWs(chunks) },
    { key: `bare:${chunks}`, contender: bareLoop(chunks) },
  ]);
}

/** Who can take a storm of joins: the two that share an engine. */
export function stormed(): readonly Row[] {
  return asTheyCome().slice(0, 2);
}
