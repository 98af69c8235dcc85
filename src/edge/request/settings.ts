import { mostLeaves } from "../../core/tree/shape/grow.ts";
import type { Env } from "../../objects/env.ts";

/** The deployment's settings, with their defaults; see [vars] in wrangler.toml. */
export type Settings = {
  /** Children that one object feeds. */
  readonly fanOut: number;
  /** Listeners that one leaf takes; what production's 128 MB an isolate allow is unknown, 500 is careful. */
  readonly leafListeners: number;
  /** Leaves of a new room. */
  readonly leaves: number;
  /** Listeners that one room's tree may be made for: growth and planting stop there, and whoever is too many hears the cached lane. */
  readonly maxListeners: number;
  /** How long an edge isolate may answer from its memory of a room, in ms. */
  readonly summaryMs: number;
};

/** Settings from the environment; what is missing or no sensible number is the default. */
export function settingsOf(env: Env): Settings {
  const leafListeners = whole(env.LISTENERS_PER_LEAF, 500, 1, 30_000);
  const maxListeners = whole(env.MAX_LISTENERS, 1_000_000, 1, 100_000_000);
  return {
    fanOut: whole(env.FAN_OUT, 64, 2, 1_000),
    leafListeners,
    leaves: Math.min(whole(env.INITIAL_LEAVES, 8, 1, 100_000), mostLeaves(leafListeners, { maxListeners })),
    maxListeners,
    summaryMs: whole(env.SUMMARY_SECONDS, 30, 0, 3_600) * 1_000,
  };
}

function whole(text: string | undefined, otherwise: number, least: number, most: number): number {
  const value = Number(text);
  return text !== undefined && Number.isInteger(value) && value >= least && value <= most ? value : otherwise;
}
