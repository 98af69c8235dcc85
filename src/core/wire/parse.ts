import { parseSessionId } from "../ids.ts";
import { type Fields, isCount, isFields, isNumber, parseObject } from "../json.ts";
import { isRole } from "../room/roles.ts";
import type { Gap, Lane, ListenerHears, Refused, StageHears, Welcome, You } from "./messages.ts";
import { backstageOf, stateOf, statesOf } from "./parse-states.ts";
import type { BackstageState, State } from "./states.ts";

export { statesOf } from "./parse-states.ts";

/** True of a JSON object that has a type, known or not. */
export function isMessage(text: string): boolean {
  return typeof parseObject(text)?.["type"] === "string";
}

/** The only door for what a listener's socket says. Unknown types are nothing, to be ignored. */
export function parseListenerHears(text: string): ListenerHears | undefined {
  const said = parseObject(text);
  if (said === undefined) return undefined;
  switch (said["type"]) {
    case "welcome":
      return welcomeOf(said);
    case "gap":
      return gapOf(said);
    case "lane":
      return laneOf(said);
    case "you":
      return youOf(said);
    case "refused":
      return refusedOf(said);
    default:
      return stateOf(said);
  }
}

/** The only door for what a speaker's socket says. Unknown types are nothing, to be ignored. */
export function parseStageHears(text: string): StageHears | undefined {
  const said = parseObject(text);
  if (said === undefined || !isNumber(said["revision"]) || !isNumber(said["roomTime"])) return undefined;
  const { type, revision, roomTime, id } = said;
  switch (type) {
    case "stage-welcome": {
      const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
      const { voice, name, onAir, muted, role = "host" } = said;
      if (session === undefined || !isCount(voice) || typeof name !== "string" || !isRole(role) || role === "listener") return undefined;
      return {
        type,
        revision,
        roomTime,
        session,
        voice,
        name,
        role,
        onAir: onAir === true,
        muted: muted === true,
        muteLocked: said["muteLocked"] === true,
        states: stageStatesOf(said["states"]),
      };
    }
    case "refused":
      return refusedOf(said);
    case "pong":
      return isCount(id) ? { type, revision, roomTime, id } : undefined;
    case "ticket": {
      const { role, name, ticket } = said;
      if (!isRole(role) || typeof name !== "string" || typeof ticket !== "string") return undefined;
      return { type, revision, roomTime, role, name, ticket };
    }
    default:
      return stateOf(said) ?? backstageOf(said);
  }
}

function stageStatesOf(said: unknown): (State | BackstageState)[] {
  if (!Array.isArray(said)) return [];
  return said.map((one: unknown) => (isFields(one) ? (stateOf(one) ?? backstageOf(one)) : undefined)).filter((one) => one !== undefined);
}

function refusedOf(said: Fields): Refused | undefined {
  const { revision, roomTime, code, says } = said;
  if (!isNumber(revision) || !isNumber(roomTime) || typeof code !== "string" || typeof says !== "string") return undefined;
  return { type: "refused", revision, roomTime, code, says };
}

function youOf(said: Fields): You | undefined {
  const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
  const { hand, ticket, code, says } = said;
  if (session === undefined || (hand !== "none" && hand !== "raised" && hand !== "invited")) return undefined;
  return {
    type: "you",
    session,
    hand,
    ...(typeof ticket === "string" ? { ticket } : {}),
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof says === "string" ? { says } : {}),
  };
}

function welcomeOf(said: Fields): Welcome | undefined {
  const { revision, roomTime, epoch, sequence } = said;
  if (!isNumber(revision) || !isNumber(roomTime) || !isCount(epoch) || !isCount(sequence)) return undefined;
  const acks = said["acks"] === true ? { acks: true } : {};
  return { type: "welcome", revision, roomTime, epoch, sequence, ...acks, ...segmentsOf(said), states: statesOf(said["states"]) };
}

function laneOf(said: Fields): Lane | undefined {
  const { comeBackMs } = said;
  return said["lane"] === "cached" && isCount(comeBackMs) ? { type: "lane", lane: "cached", comeBackMs, ...segmentsOf(said) } : undefined;
}

function segmentsOf({ segments }: Fields): { readonly segments?: string } {
  return typeof segments === "string" && isPath(segments) ? { segments } : {};
}

/** True of a path on the same server, and of nothing that could lead anywhere else. */
export function isPath(said: string): boolean {
  return /^(?:\/[A-Za-z0-9_-]{1,64}){1,8}$/.test(said);
}

function gapOf(said: Fields): Gap | undefined {
  const { revision, roomTime, reason } = said;
  const from = positionOf(said["from"]);
  const to = positionOf(said["to"]);
  if (!isNumber(revision) || !isNumber(roomTime) || from === undefined || to === undefined) return undefined;
  return reason === "epoch" || reason === "missed" ? { type: "gap", revision, roomTime, reason, from, to } : undefined;
}

/** A position as it stands in texts. */
export function positionOf(said: unknown): { epoch: number; sequence: number } | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, sequence } = said;
  return isCount(epoch) && isCount(sequence) ? { epoch, sequence } : undefined;
}
