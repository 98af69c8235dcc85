import { parseSessionId } from "../ids.ts";
import { type Fields, isCount, isFields, isNumber, parseObject } from "../json.ts";
import type { Gap, Lane, ListenerHears, OnStage, RoomPhase, StageHears, StageSays, State, Welcome } from "./messages.ts";

/** Longest text that anybody may send upward, in UTF-16 units; longer ones end the connection. */
export const MAX_TEXT_LENGTH = 4_096;

/** The only door for a speaker's text. Unknown types are nothing: newer pages may say more than this room knows. */
export function parseStageSays(text: string): StageSays | undefined {
  if (text.length > MAX_TEXT_LENGTH) return undefined;
  const said = parseObject(text);
  switch (said?.["type"]) {
    case "on-air":
    case "off-air":
    case "end":
      return { type: said["type"] };
    case "mute":
      return typeof said["muted"] === "boolean" ? { type: "mute", muted: said["muted"] } : undefined;
    case "ping":
      return isCount(said["id"]) ? { type: "ping", id: said["id"] } : undefined;
    default:
      return undefined;
  }
}

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
    default:
      return stateOf(said);
  }
}

/** The only door for what a speaker's socket says. Unknown types are nothing, to be ignored. */
export function parseStageHears(text: string): StageHears | undefined {
  const said = parseObject(text);
  if (said === undefined || !isNumber(said["revision"]) || !isNumber(said["roomTime"])) return undefined;
  const { type, revision, roomTime, code, says, id } = said;
  switch (type) {
    case "stage-welcome": {
      const session = typeof said["session"] === "string" ? parseSessionId(said["session"]) : undefined;
      const { voice, name, onAir, muted } = said;
      if (session === undefined || !isCount(voice) || typeof name !== "string") return undefined;
      return {
        type,
        revision,
        roomTime,
        session,
        voice,
        name,
        onAir: onAir === true,
        muted: muted === true,
        states: statesOf(said["states"]),
      };
    }
    case "refused":
      return typeof code === "string" && typeof says === "string" ? { type, revision, roomTime, code, says } : undefined;
    case "pong":
      return isCount(id) ? { type, revision, roomTime, id } : undefined;
    default:
      return stateOf(said);
  }
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

/** A path on the same server, and nothing that could lead anywhere else. */
function segmentsOf({ segments }: Fields): { readonly segments?: string } {
  return typeof segments === "string" && /^(?:\/[A-Za-z0-9_-]{1,64}){1,8}$/.test(segments) ? { segments } : {};
}

function gapOf(said: Fields): Gap | undefined {
  const { revision, roomTime, reason } = said;
  const from = positionOf(said["from"]);
  const to = positionOf(said["to"]);
  if (!isNumber(revision) || !isNumber(roomTime) || from === undefined || to === undefined) return undefined;
  return reason === "epoch" || reason === "missed" ? { type: "gap", revision, roomTime, reason, from, to } : undefined;
}

/** A list of states; what is none, or of an unknown type, is left out. */
export function statesOf(said: unknown): State[] {
  if (!Array.isArray(said)) return [];
  return said.map((one: unknown) => (isFields(one) ? stateOf(one) : undefined)).filter((state) => state !== undefined);
}

function stateOf(said: Fields): State | undefined {
  const { revision, roomTime } = said;
  if (!isNumber(revision) || !isNumber(roomTime)) return undefined;
  const head = { for: "all", revision, roomTime } as const;
  switch (said["type"]) {
    case "room": {
      const { room, title, phase, chunkMs, epoch } = said;
      if (typeof room !== "string" || typeof title !== "string" || !isPhase(phase) || !isCount(chunkMs) || !isCount(epoch))
        return undefined;
      return { type: "room", ...head, room, title, phase, chunkMs, epoch };
    }
    case "stage": {
      const speakers = said["speakers"];
      if (!Array.isArray(speakers)) return undefined;
      return { type: "stage", ...head, speakers: speakers.map(onStageOf).filter((speaker) => speaker !== undefined) };
    }
    case "status":
      return said["lane"] === "live" && isCount(said["stride"])
        ? { type: "status", ...head, lane: "live", stride: said["stride"] }
        : undefined;
    case "audience": {
      const { listeners, comeBackMs } = said;
      if (!isCount(listeners)) return undefined;
      return { type: "audience", ...head, listeners, ...(isCount(comeBackMs) ? { comeBackMs } : {}) };
    }
    case "moved": {
      const { from, room } = said;
      return typeof from === "string" && typeof room === "string" ? { type: "moved", ...head, from, room } : undefined;
    }
    default:
      return undefined;
  }
}

function onStageOf(said: unknown): OnStage | undefined {
  if (!isFields(said)) return undefined;
  const { voice, name, role, state } = said;
  if (!isCount(voice) || typeof name !== "string" || role !== "host") return undefined;
  return state === "on-air" || state === "muted" || state === "away" ? { voice, name, role, state } : undefined;
}

/** A position as it stands in texts. */
export function positionOf(said: unknown): { epoch: number; sequence: number } | undefined {
  if (!isFields(said)) return undefined;
  const { epoch, sequence } = said;
  return isCount(epoch) && isCount(sequence) ? { epoch, sequence } : undefined;
}

function isPhase(said: unknown): said is RoomPhase {
  return said === "quiet" || said === "live" || said === "ended";
}
