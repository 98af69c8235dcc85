import type { Context } from "hono";
import { comeBackMs } from "../../core/backoff.ts";
import { type Plan, segmentsPath } from "../../core/tree/shape/plan.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { Lane } from "../../core/wire/messages.ts";
import type { Known } from "../../objects/calls/audience.ts";
import { closing } from "../request/closing.ts";

/** Whom no leaf could take tries again within this at least, in ms: leaves grow in seconds, not at once. */
const LEAST_WINDOW_MS = 5_000;

/** The last rung of a join: told where segments are, and when to try again. */
export function divert(c: Context, { plan, summary }: Known): Response {
  const segments = segmentsPath(plan);
  const text: Lane = {
    type: "lane",
    lane: "cached",
    ...(segments === undefined ? {} : { segments }),
    comeBackMs: Math.max(LEAST_WINDOW_MS, comeBackMs(Math.max(summary.listeners, seatsTaken(plan)))),
  };
  return closing(c, ENDING.diverted, JSON.stringify(text));
}

/**
 * Listeners that the tree must have by its plan, since it was made so wide: what an isolate remembers of their number may be hours old, and
 * the plan comes with every leaf's answer.
 */
function seatsTaken({ regions, leafListeners }: Plan): number {
  const full = Object.values(regions).reduce((sum, { firstOpen, width }) => sum + Math.min(firstOpen, width), 0);
  return full * leafListeners;
}
