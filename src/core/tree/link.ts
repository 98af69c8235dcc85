import type { Position } from "../audio/position.ts";
import { isCount, isFields, isNumber, parseObject } from "../json.ts";
import { type Plan, parsePlan } from "./plan.ts";

/**
 * The texts that only nodes exchange, on links between them.
 *
 * A parent that has dialed sends `link` (the plan, the epoch, every newest state), then what the child missed, then `linked`:
 * from there on it is live. Listeners never see these.
 */
export type LinkText =
  | { readonly type: "link"; readonly epoch: number; readonly plan: Plan; readonly states: readonly string[] }
  /** `ageMs`: how long ago the newest chunk came, by the parent's own clock; undefined if none did. `flows`: as in `flow`. */
  | { readonly type: "linked"; readonly newest: Position; readonly ageMs: number | undefined; readonly flows: boolean }
  /**
   * Whether the root's clock runs: while it does, a link that says nothing is broken. Every hop hands it on, and says it again each second
   * in which it has no sound to hand on, so that children do not take the hunger of their parent for its death.
   */
  | { readonly type: "flow"; readonly flows: boolean }
  /** A newer plan; every hop hands it on. */
  | { readonly type: "plan"; readonly plan: Plan }
  /** A sign of life in a planted room that is not live yet, so that no node is put away; every hop hands it on. */
  | { readonly type: "heartbeat" }
  /** The room is over, for good: leaves say so to their listeners and close. */
  | { readonly type: "end" };

/** `end` as text. */
export const END_TEXT = JSON.stringify({ type: "end", for: "nodes" });

/** `heartbeat` as text. */
export const HEARTBEAT_TEXT = JSON.stringify({ type: "heartbeat", for: "nodes" });

/** `plan` as text. */
export function formatPlan(plan: Plan): string {
  return JSON.stringify({ type: "plan", for: "nodes", plan });
}

/** `link` as text. */
export function formatLink(epoch: number, plan: Plan, states: readonly string[]): string {
  return JSON.stringify({ type: "link", for: "nodes", epoch, plan, states });
}

/** `linked` as text. */
export function formatLinked(newest: Position, ageMs: number | undefined, flows = false): string {
  return JSON.stringify({ type: "linked", for: "nodes", newest, ageMs, flows });
}

/** `flow` as text. */
export function formatFlow(flows: boolean): string {
  return JSON.stringify({ type: "flow", for: "nodes", flows });
}

/** The only door for link texts; anything else is undefined and may be a state. */
export function parseLinkText(text: string): LinkText | undefined {
  const said = parseObject(text);
  if (said === undefined || said["for"] !== "nodes") return undefined;
  if (said["type"] === "end") return { type: "end" };
  if (said["type"] === "linked") return linkedOf(said["newest"], said["ageMs"], said["flows"] === true);
  if (said["type"] === "flow") return { type: "flow", flows: said["flows"] === true };
  if (said["type"] === "heartbeat") return { type: "heartbeat" };
  const plan = parsePlan(said["plan"]);
  if (said["type"] === "plan") return plan === undefined ? undefined : { type: "plan", plan };
  if (said["type"] !== "link") return undefined;
  const { epoch, states } = said;
  if (plan === undefined || !isCount(epoch) || !Array.isArray(states)) return undefined;
  return { type: "link", epoch, plan, states: states.filter((state) => typeof state === "string") };
}

function linkedOf(said: unknown, ageMs: unknown, flows: boolean): LinkText | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, sequence } = said;
  if (!isCount(epoch) || !isCount(sequence)) return undefined;
  return { type: "linked", newest: { epoch, sequence }, ageMs: isNumber(ageMs) ? ageMs : undefined, flows };
}
