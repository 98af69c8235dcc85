import { comeBackMs } from "../core/backoff.ts";
import { type Plan, segmentsPath } from "../core/tree/plan.ts";
import { ENDING } from "../core/wire/ending.ts";
import type { Lane } from "../core/wire/messages.ts";
import type { Known } from "../objects/calls.ts";

/** Whom no leaf could take tries again within this at least, in ms: leaves grow in seconds, not at once. */
const LEAST_WINDOW_MS = 5_000;

/**
 * The last rung of a join: told where segments are, and when to try again.
 *
 * A browser cannot read why an upgrade was refused, so the socket is opened, says its one text, and is closed. It costs no object anything.
 */
export function divert({ plan, summary }: Known): Response {
  const segments = segmentsPath(plan);
  const text: Lane = {
    type: "lane",
    lane: "cached",
    ...(segments === undefined ? {} : { segments }),
    comeBackMs: Math.max(LEAST_WINDOW_MS, comeBackMs(Math.max(summary.listeners, seatsTaken(plan)))),
  };
  const { 0: outer, 1: inner } = new WebSocketPair();
  inner.accept();
  inner.send(JSON.stringify(text));
  inner.close(ENDING.diverted.code, ENDING.diverted.says);
  return new Response(null, { status: 101, webSocket: outer });
}

/**
 * Listeners that the tree must have by its plan, since it was made so wide: what an isolate remembers of their number may be hours old, and
 * the plan comes with every leaf's answer.
 */
function seatsTaken({ regions, leafListeners }: Plan): number {
  const full = Object.values(regions).reduce((sum, { firstOpen, width }) => sum + Math.min(firstOpen, width), 0);
  return full * leafListeners;
}
