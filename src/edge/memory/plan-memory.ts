import { audienceOf, type RoomId } from "../../core/ids.ts";
import { parseObject } from "../../core/json.ts";
import { ADOPTION_REVISIONS } from "../../core/tree/shape/audience.ts";
import { type Plan, parsePlan } from "../../core/tree/shape/plan.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { HEADER } from "../../objects/header.ts";
import { audienceStub } from "../../objects/locate.ts";
import { keepNewest } from "./newest.ts";
import { SharedQuestions } from "./shared-questions.ts";

/** Rooms that one isolate remembers; the least recently asked for give way. */
const MOST_ROOMS = 1_000;
/** How long an isolate believes that a room does not exist, in ms: a storm on a wrong name asks nobody, and a new room is soon found. */
const UNKNOWN_MS = 2_000;

/**
 * What this isolate knows of rooms. A Worker has no lasting state: this is a memory that may be gone at any time, and is never wrong for long,
 * because the newest plan rides back on every leaf's answer.
 */
const rooms = new Map<RoomId, { known: Known; at: number }>();
/** Names that no room has, apart from the rooms: whoever invents names pushes no room out. */
const unknown = new Map<RoomId, number>();
/** Questions on their way. */
const questions = new SharedQuestions<RoomId, Known | undefined>();

/** Plan and summary of a room, however old: joins need no newer ones. Asks the audience's object only where nothing is known. */
export async function knownOf(env: Env, room: RoomId): Promise<Known | undefined> {
  return recall(env, room, Number.POSITIVE_INFINITY);
}

/**
 * Plan and public summary, at most `maxAgeMs` old; older if the audience's object cannot be reached. Undefined if there is no such room.
 *
 * @throws if nothing is known and the audience's object cannot be reached
 */
export async function recall(env: Env, room: RoomId, maxAgeMs: number): Promise<Known | undefined> {
  const memory = rooms.get(room);
  if (memory !== undefined) keepNewest(rooms, room, memory, MOST_ROOMS);
  if (memory !== undefined && Date.now() - memory.at <= maxAgeMs) return memory.known;
  if (memory === undefined && Date.now() - (unknown.get(room) ?? Number.NEGATIVE_INFINITY) <= Math.min(maxAgeMs, UNKNOWN_MS))
    return undefined;
  try {
    return remember(room, await questions.ask(room, () => audienceStub(env, audienceOf(room)).look()));
  } catch (fault) {
    if (memory !== undefined) return memory.known;
    throw fault;
  }
}

/** Takes what a leaf's answer tells of the plan; the newest plan known then. */
export function learnFrom(room: RoomId, answer: Response): Plan | undefined {
  const told = answer.headers.get(HEADER.plan);
  const plan = told === null ? undefined : parsePlan(parseObject(told));
  return plan === undefined ? rooms.get(room)?.known.plan : learn(room, plan);
}

/** Takes a plan that a node of the room's tree lives by; the newest plan known then. */
export function learn(room: RoomId, plan: Plan): Plan | undefined {
  const memory = rooms.get(room);
  const before = memory?.known.plan;
  if (memory === undefined || before === undefined || plan.revision <= before.revision) return before;
  // A node that slept has forgotten the key to addresses (core/tree/shape/plan.ts); who was awake has not.
  const { addressKey = before.addressKey } = plan;
  memory.known = { ...memory.known, plan: addressKey === undefined ? plan : { ...plan, addressKey } };
  return memory.known.plan;
}

/** A room was made here: nothing this isolate believed of its name holds any more. */
export function forget(room: RoomId): void {
  rooms.delete(room);
  unknown.delete(room);
  questions.forget(room);
}

function remember(room: RoomId, told: Known | undefined): Known | undefined {
  const before = rooms.get(room)?.known.plan;
  if (told === undefined) {
    keepNewest(unknown, room, Date.now(), MOST_ROOMS);
    return undefined;
  }
  const known = before !== undefined && isNewer(before, told.plan) ? { ...told, plan: before } : told;
  keepNewest(rooms, room, { known, at: Date.now() }, MOST_ROOMS);
  return known;
}

/**
 * True if what is remembered is newer than what the audience's object said: a leaf's answer may be ahead of it. Another key than it says, and no
 * adoption in between, is that of a room whose making was cut off, and which was made anew since.
 */
function isNewer(before: Plan, said: Plan): boolean {
  if (before.verifyKey.x !== said.verifyKey.x && before.revision - said.revision < ADOPTION_REVISIONS) return false;
  return before.revision > said.revision;
}
