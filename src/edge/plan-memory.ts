import { audienceOf, type RoomId } from "../core/ids.ts";
import { parseObject } from "../core/json.ts";
import { type Plan, parsePlan } from "../core/tree/plan.ts";
import { type Env, HEADER, type Known } from "../objects/calls.ts";
import { audienceStub } from "../objects/locate.ts";

/** Rooms that one isolate remembers; the least recently asked for give way. */
const MOST_ROOMS = 1_000;
/** How long an isolate believes that a room does not exist, in ms: so that a storm on a wrong name asks nobody, and a new room is soon found. */
const UNKNOWN_MS = 2_000;

/** How long one waits for the answer to another's question, in ms, before asking for oneself. */
const SHARED_MS = 1_000;

type Memory = { known: Known | undefined; at: number; asking: Promise<Known | undefined> | undefined };

/**
 * What this isolate knows of rooms. A Worker has no lasting state: this is a memory that may be gone at any time, and is never wrong for long,
 * because the newest plan rides back on every leaf's answer.
 */
const memories = new Map<RoomId, Memory>();

/** The plan of a room, however old: joins need no newer one. Asks the audience's object only where nothing is known. */
export async function planOf(env: Env, room: RoomId): Promise<Plan | undefined> {
  const known = memories.get(room)?.known;
  return known?.plan ?? (await recall(env, room, UNKNOWN_MS))?.plan;
}

/** Plan and public summary, at most `maxAgeMs` old. Undefined if there is no such room. */
export async function recall(env: Env, room: RoomId, maxAgeMs: number): Promise<Known | undefined> {
  const memory = memories.get(room) ?? { known: undefined, at: Number.NEGATIVE_INFINITY, asking: undefined };
  const ageMs = Date.now() - memory.at;
  if (ageMs <= (memory.known === undefined ? Math.min(maxAgeMs, UNKNOWN_MS) : maxAgeMs)) return memory.known;
  keep(room, memory);
  const known = await ask(env, room, memory);
  const newest = memory.known?.plan;
  memory.known = known !== undefined && newest !== undefined && newest.revision > known.plan.revision ? { ...known, plan: newest } : known;
  memory.at = Date.now();
  return memory.known;
}

/**
 * Asks the audience's object, one question at a time however many want to know: a cold isolate in a storm asks once.
 * A question dies with the request that asked it, so nobody waits for another's for long.
 */
async function ask(env: Env, room: RoomId, memory: Memory): Promise<Known | undefined> {
  if (memory.asking !== undefined) {
    const shared = await Promise.race([memory.asking, new Promise<"late">((resolve) => setTimeout(resolve, SHARED_MS, "late"))]);
    if (shared !== "late") return shared;
  }
  const asking = audienceStub(env, audienceOf(room)).look();
  memory.asking = asking;
  try {
    return await asking;
  } finally {
    if (memory.asking === asking) memory.asking = undefined;
  }
}

/** Takes what a leaf's answer tells of the plan. */
export function learnFrom(room: RoomId, answer: Response): Plan | undefined {
  const memory = memories.get(room);
  const told = answer.headers.get(HEADER.plan);
  const plan = told === null ? undefined : parsePlan(parseObject(told));
  if (memory?.known !== undefined && plan !== undefined && plan.revision > memory.known.plan.revision) {
    memory.known = { plan, summary: memory.known.summary };
  }
  return memory?.known?.plan;
}

/** A room was made here: nothing this isolate believed of its name holds any more. */
export function forget(room: RoomId): void {
  memories.delete(room);
}

function keep(room: RoomId, memory: Memory): void {
  memories.delete(room);
  memories.set(room, memory);
  const [oldest] = memories.keys();
  if (memories.size > MOST_ROOMS && oldest !== undefined) memories.delete(oldest);
}
