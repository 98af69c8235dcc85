import type { Position } from "../audio/position.ts";
import { isCount, isFields, parseObject } from "../json.ts";
import type { Downstream } from "./down/downstream.ts";
import { keyless, type Plan, parsePlan } from "./shape/plan.ts";

/** What a node keeps through sleep and restarts; written when it changes, never per chunk. */
export type Saved = {
  readonly plan: Plan;
  readonly epoch: number;
  readonly ended: boolean;
  /** Where it stood then: after waking, nothing up to here is handed on again. */
  readonly newest: Position;
  readonly states: readonly string[];
};

/**
 * What changes every second while a crowd is there, and is told again soon: not worth a write at every node, and all that is kept is written at
 * once, up to a thousand bans.
 */
const UNSAVED: ReadonlySet<string> = new Set(["audience", "reactions"]);

/** What a node saves of where it stands; undefined while it knows of no plan. */
export function savedOf(plan: Plan | undefined, down: Pick<Downstream<unknown>, "epoch" | "ended" | "feed" | "states">): Saved | undefined {
  const { epoch, ended, feed, states } = down;
  return plan === undefined ? undefined : { plan: keyless(plan), epoch, ended, newest: feed.newest, states: states.texts() };
}

/** False of a state's type that alone is not worth a write. */
export function isWorthSaving(type: string | undefined): boolean {
  return type === undefined || !UNSAVED.has(type);
}

/** The only door through which stored text becomes what a node saved; undefined if it is none. */
export function parseSaved(text: string): Saved | undefined {
  const said = parseObject(text);
  const plan = parsePlan(said?.["plan"]);
  const newest = said?.["newest"];
  if (said === undefined || plan === undefined || !isFields(newest)) return undefined;
  const { epoch, ended, states } = said;
  if (!isCount(epoch) || !Array.isArray(states) || !isCount(newest["epoch"]) || !isCount(newest["sequence"])) return undefined;
  const position = { epoch: newest["epoch"], sequence: newest["sequence"] };
  return { plan, epoch, ended: ended === true, newest: position, states: states.filter((state) => typeof state === "string") };
}
