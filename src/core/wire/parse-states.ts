import { parseSessionId, type SessionId } from "../ids.ts";
import { type Fields, isCount, isFields, isNumber } from "../json.ts";
import { isRole } from "../room/roles.ts";
import { doorsOf } from "../room/schedule.ts";
import type { RoomPhase } from "../room/state.ts";
import { overOf } from "../room/upkeep.ts";
import { isReaction } from "../tree/people/reactions.ts";
import { isRegion } from "../tree/shape/region.ts";
import type {
  BackstageState,
  Banned,
  CaptionLine,
  CrowdState,
  OnStage,
  PeopleState,
  QualityState,
  Question,
  State,
  WaitingHand,
} from "./states.ts";

/** A list of states; what is none, or of an unknown type, is left out. */
export function statesOf(said: unknown): State[] {
  return listOf(said, (one) => (isFields(one) ? stateOf(one) : undefined)) ?? [];
}

/** The only door for a state that everybody may see; a missing field that version 1 began without has its quiet value. */
export function stateOf(said: Fields): State | undefined {
  const { revision, roomTime } = said;
  if (!isNumber(revision) || !isNumber(roomTime)) return undefined;
  const head = { for: "all", revision, roomTime } as const;
  switch (said["type"]) {
    case "room": {
      const { room, title, phase, chunkMs, epoch, host, hands } = said;
      if (typeof room !== "string" || typeof title !== "string" || !isPhase(phase) || !isCount(chunkMs) || !isCount(epoch))
        return undefined;
      const { opensAt } = said;
      const over = overOf(said["over"]);
      const rules = { locked: said["locked"] === true, stageLocked: said["stageLocked"] === true, recorded: said["recorded"] === true };
      const recording = {
        recordable: said["recordable"] === true,
        ...(isCount(said["keepDays"]) ? { keepDays: said["keepDays"] } : {}),
        ...(said["kept"] === true ? { kept: true as const } : {}),
      };
      return {
        type: "room",
        ...head,
        room,
        title,
        phase,
        chunkMs,
        epoch,
        ...rules,
        ...recording,
        host: host === "silent" || host === "gone" ? host : "here",
        hands: hands === "open" || hands === "full" ? hands : "closed",
        ...(isCount(opensAt) ? { opensAt } : {}),
        ...(over === undefined ? {} : { over }),
      };
    }
    case "stage":
      return listed(said["speakers"], onStageOf, (speakers) => ({ type: "stage", ...head, speakers }));
    case "status":
      return said["lane"] === "live" && isCount(said["stride"])
        ? { type: "status", ...head, lane: "live", stride: said["stride"] }
        : undefined;
    case "audience": {
      const { listeners, comeBackMs, peak, unique, hearing } = said;
      if (!isCount(listeners)) return undefined;
      return {
        type: "audience",
        ...head,
        listeners,
        ...(isCount(comeBackMs) ? { comeBackMs } : {}),
        ...(isCount(peak) ? { peak } : {}),
        ...(isCount(unique) ? { unique } : {}),
        ...(isCount(hearing) ? { hearing } : {}),
      };
    }
    case "reactions": {
      const { counts } = said;
      if (!isFields(counts)) return undefined;
      const known = Object.entries(counts).filter(([reaction, count]) => isReaction(reaction) && isCount(count));
      return { type: "reactions", ...head, counts: Object.fromEntries(known) };
    }
    case "pinned": {
      const { question } = said;
      if (question === undefined) return { type: "pinned", ...head };
      if (!isFields(question)) return undefined;
      const { id, name, text } = question;
      if (typeof id !== "string" || typeof name !== "string" || typeof text !== "string") return undefined;
      return { type: "pinned", ...head, question: { id, name, text } };
    }
    case "captions": {
      const { epoch } = said;
      return isCount(epoch) ? listed(said["lines"], captionOf, (lines) => ({ type: "captions", ...head, epoch, lines })) : undefined;
    }
    case "moved": {
      const { from, room } = said;
      return typeof from === "string" && typeof room === "string" ? { type: "moved", ...head, from, room } : undefined;
    }
    default:
      return undefined;
  }
}

/** The only door for a state that only the stage is told. */
export function backstageOf(said: Fields): BackstageState | undefined {
  const { revision, roomTime } = said;
  if (!isNumber(revision) || !isNumber(roomTime)) return undefined;
  const head = { for: "stage", revision, roomTime } as const;
  switch (said["type"]) {
    case "hands":
      return listed(said["hands"], handOf, (hands) => ({ type: "hands", ...head, hands }));
    case "questions":
      return listed(said["questions"], questionOf, (questions) => ({ type: "questions", ...head, questions }));
    case "people": {
      const successors = listOf(said["successors"], successorOf);
      const bans = listOf(said["bans"], bannedOf);
      if (successors === undefined || bans === undefined) return undefined;
      return { type: "people", ...head, successors, bans, mayTakeOver: listOf(said["mayTakeOver"], sessionOf) ?? [] };
    }
    case "schedule": {
      const schedule = doorsOf(said["schedule"]);
      return { type: "schedule", ...head, ...(schedule === undefined ? {} : { schedule }) };
    }
    case "crowd":
      return listed(said["parts"], crowdPartOf, (parts) => ({ type: "crowd", ...head, parts }));
    case "quality":
      return listed(said["lines"], lineOf, (lines) => ({ type: "quality", ...head, lines }));
    default:
      return undefined;
  }
}

function onStageOf(said: unknown): OnStage | undefined {
  if (!isFields(said)) return undefined;
  const { voice, name, role, state, rank } = said;
  if (!isCount(voice) || typeof name !== "string" || !isRole(role) || role === "listener") return undefined;
  if (state !== "on-air" && state !== "muted" && state !== "off" && state !== "away") return undefined;
  // Rooms of an earlier version do not say whose voice it is.
  const session = sessionOf(said["session"]) ?? parseSessionId(`voice-${String(voice).padStart(4, "0")}`);
  if (session === undefined) return undefined;
  const ranked: Pick<OnStage, "rank"> = rank === 1 || rank === 2 ? { rank } : {};
  const standby: Pick<OnStage, "standby" | "steppedIn"> = {
    ...(said["standby"] === true ? { standby: true } : {}),
    ...(said["steppedIn"] === true ? { steppedIn: true } : {}),
  };
  return { voice, session, name, role, state, ...ranked, ...(said["muteLocked"] === true ? { muteLocked: true } : {}), ...standby };
}

function captionOf(said: unknown): CaptionLine | undefined {
  if (!isFields(said)) return undefined;
  const { id, voice, name, text, from, to } = said;
  if (typeof id !== "string" || !isCount(voice) || typeof name !== "string" || typeof text !== "string") return undefined;
  if (!isNumber(from) || !isNumber(to)) return undefined;
  return { id, voice, name, text, from, to, final: said["final"] === true };
}

function handOf(said: unknown): WaitingHand | undefined {
  if (!isFields(said)) return undefined;
  const { name, state, since } = said;
  const session = sessionOf(said["session"]);
  if (session === undefined || typeof name !== "string" || !isNumber(since)) return undefined;
  return state === "raised" || state === "invited" ? { session, name, state, since } : undefined;
}

function questionOf(said: unknown): Question | undefined {
  if (!isFields(said)) return undefined;
  const { id, name, text } = said;
  const session = sessionOf(said["session"]);
  if (typeof id !== "string" || session === undefined || typeof name !== "string" || typeof text !== "string") return undefined;
  return { id, session, name, text, pinned: said["pinned"] === true };
}

function successorOf(said: unknown): PeopleState["successors"][number] | undefined {
  if (!isFields(said)) return undefined;
  const { name, rank } = said;
  const session = sessionOf(said["session"]);
  if (session === undefined || typeof name !== "string" || (rank !== 1 && rank !== 2)) return undefined;
  return { session, name, rank, here: said["here"] === true };
}

function bannedOf(said: unknown): Banned | undefined {
  if (!isFields(said)) return undefined;
  const { name } = said;
  const session = sessionOf(said["session"]);
  return session === undefined || typeof name !== "string" ? undefined : { session, name, address: said["address"] === true };
}

function crowdPartOf(said: unknown): CrowdState["parts"][number] | undefined {
  if (!isFields(said)) return undefined;
  const { region, lane, listeners, hearing } = said;
  if (typeof region !== "string" || (region !== "other" && !isRegion(region))) return undefined;
  if ((lane !== "live" && lane !== "cached") || !isCount(listeners) || !isCount(hearing)) return undefined;
  return { region, lane, listeners, hearing };
}

function lineOf(said: unknown): QualityState["lines"][number] | undefined {
  if (!isFields(said)) return undefined;
  const { roundTripMs, lossPercent } = said;
  const session = sessionOf(said["session"]);
  if (session === undefined || !isNumber(lossPercent)) return undefined;
  return { session, lossPercent, ...(isNumber(roundTripMs) ? { roundTripMs } : {}) };
}

function sessionOf(said: unknown): SessionId | undefined {
  return typeof said === "string" ? parseSessionId(said) : undefined;
}

function listed<One, Whole>(said: unknown, read: (one: unknown) => One | undefined, whole: (list: One[]) => Whole): Whole | undefined {
  const list = listOf(said, read);
  return list === undefined ? undefined : whole(list);
}

/** What can be read of a list; undefined if it is none. */
function listOf<One>(said: unknown, read: (one: unknown) => One | undefined): One[] | undefined {
  return Array.isArray(said) ? said.map(read).filter((one) => one !== undefined) : undefined;
}

function isPhase(said: unknown): said is RoomPhase {
  return said === "quiet" || said === "live" || said === "ended";
}
