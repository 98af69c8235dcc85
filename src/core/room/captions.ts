import type { SessionId } from "../ids.ts";
import type { Room } from "./state.ts";
import { no, type Step } from "./step.ts";
import type { Deed } from "./verbs.ts";

/**
 * Somebody's words, written down. Only what the audience hears is: who is off air or has muted himself may end the line that he has begun, and
 * whom a host has muted says nothing in writing either.
 */
export function caption(room: Room, by: SessionId, said: Extract<Deed, { type: "caption" }>): Step {
  const of = room.speakers.get(said.session ?? by);
  if (of === undefined) return no(room, "not-on-stage");
  if (of.held !== "no") return no(room, "caption-off-air");
  const mayBegin = room.phase === "live" && of.connection !== undefined && of.air === "on" && !of.muted;
  return { room, late: [{ do: "caption", of, said, mayBegin }] };
}
