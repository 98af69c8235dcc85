import type { Position } from "../audio/position.ts";
import { isCount, isFields, parseObject } from "../json.ts";
import { type Plan, parsePlan } from "./shape/plan.ts";

/** What a node keeps through sleep and restarts; written when it changes, never per chunk. */
export type Saved = {
  readonly plan: Plan;
  readonly epoch: number;
  readonly ended: boolean;
  /** Where it stood then: after waking, nothing up to here is handed on again. */
  readonly newest: Position;
  readonly states: readonly string[];
};

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
