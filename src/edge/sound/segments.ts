import type { Context } from "hono";
import { z } from "zod";
import type { LaneHead, Run } from "../../core/audio/lane-head.ts";
import { type AudienceId, parseRoomId } from "../../core/ids.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";
import type { ArchiveSays } from "../../objects/calls/archive.ts";
import type { Env } from "../../objects/env.ts";
import { archiveStub } from "../../objects/locate.ts";
import { edgeCache } from "../memory/edge-cache.ts";
import { keepNewest } from "../memory/newest.ts";
import { knownOf, learn } from "../memory/plan-memory.ts";
import { type KeptSegment, SegmentMemory } from "../memory/segment-memory.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { lockedFor } from "../people/locked.ts";
import { ANY_ORIGIN, refuse } from "../request/any-origin.ts";
import type { RouteSays } from "../request/openapi.ts";
import type { ProblemCode } from "../request/problem.ts";

/** How long an isolate believes what an archive said, in ms: also how long after a room's end, or a recording's, its segments may still be had. */
const HEAD_MS = 1_000;
/** An archive that cannot be reached is believed for so long, in ms: what is cached goes on. */
const STALE_MS = 10_000;
/** Segments that may have been closed since the head was said. */
const AHEAD = 2;
/** No cache keeps a segment longer than this, in s, nor longer than it may live at all. */
const MAX_AGE_S = 60;
/** Until when what the data centre's cache has may be handed out, in ms since 1970: not every cache tells how old its answers are. */
const UNTIL = "x-canopy-until";
/** How long it is believed that a segment is not there, in ms: an eighth of its length, so nobody hears it later than he would notice. */
const MISS_MS = 250;
/** Heads that one isolate remembers; the oldest give way. */
const MOST_HEADS = 1_000;

type Said = { readonly says: ArchiveSays; readonly at: number };

const memory = new SegmentMemory();
const heads = new Map<string, Said>();
/** Segments that were not there, and until when that is believed, in ms since 1970. */
const misses = new Map<string, number>();
const headQuestions = new SharedQuestions<string, ArchiveSays | undefined>();
const segmentQuestions = new SharedQuestions<string, KeptSegment | undefined>();

export const READ_HEAD: RouteSays = {
  name: "readHead",
  tag: "sound",
  summary: "What can be fetched of a live room, and its newest states",
  about: "Whoever hears the cached lane is told this path by `listen`; nobody can guess it.",
  door: "listener",
  answers: { 200: { says: "The head, as `src/core/wire/README.md` draws it", schema: z.looseObject({ type: z.literal("head") }) } },
  no: ["not-found", "room-ended", "removed"],
};

export const READ_SEGMENT: RouteSays = {
  name: "readSegment",
  tag: "sound",
  summary: "Two seconds of sound",
  about: "Chunks back to back, as on the socket. Its content never changes.",
  door: "listener",
  answers: { 200: { says: "The segment", type: "application/octet-stream" } },
  no: ["not-found", "room-ended", "removed"],
};

/** `GET /rooms/:room/segments/:secret/head`: what can be fetched, and the newest states. At most a second old, and says how old. */
export async function readHead(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admit(c);
  if (typeof admitted === "string") return refuse(c, admitted);
  const { said } = admitted;
  const { head, states } = said.says;
  if (head.phase === "ended") return refuse(c, "room-ended");
  // Embedded as they are, so that types unknown here reach the listener.
  const text = JSON.stringify({ type: "head", ...aged(head, Date.now() - said.at) });
  return c.body(`${text.slice(0, -1)},"states":[${states.join(",")}]}`, 200, {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    ...ANY_ORIGIN,
  });
}

/**
 * `GET /rooms/:room/segments/:secret/:epoch/:index`: two seconds of sound.
 *
 * From this isolate's memory, else the data centre's cache, else the archive: however many ask, the archive is asked once per isolate.
 * Before any of them stands the head: what is over, or cannot be there yet, is not looked for.
 */
export async function readSegment(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admit(c);
  if (typeof admitted === "string") return refuse(c, admitted);
  const { said, plan } = admitted;
  const epoch = numberIn(c.req.param("epoch"));
  const index = numberIn(c.req.param("index"));
  if (epoch === undefined || index === undefined) return refuse(c, "not-found");
  const { head, kept: recorded } = said.says;
  if (!isIn(recorded, epoch, index)) {
    if (head.phase === "ended") return refuse(c, "room-ended");
    if (!mayBe(head, epoch, index)) return refuse(c, "not-found");
  }
  const key = `${plan.audience}/${plan.segments}/${epoch}/${index}`;
  if ((misses.get(key) ?? 0) > Date.now()) return refuse(c, "not-found");
  const kept = memory.find(key, Date.now()) ?? (await segmentQuestions.ask(key, () => find(c, plan, key, epoch, index)));
  // What is not there now is not asked for again at once: while the sound is away everybody asks for the same segment.
  if (kept === undefined) keepNewest(misses, key, Date.now() + MISS_MS, MOST_HEADS);
  if (kept === undefined) return refuse(c, "not-found");
  const found = answer(kept);
  // What a ticket was needed for is for who brought it, and for no cache between here and him.
  if (plan.listenTicket === true) found.headers.set("Cache-Control", "private, no-store");
  return found;
}

type Admitted = { readonly plan: Plan; readonly said: Said };

/**
 * What there is of a room whose segments this request may have; else why not. Whoever does not know the secret learns nothing, not even
 * whether there is such a room. In a private room a ticket is asked for here: before every memory and every cache.
 */
async function admit(c: Context<{ Bindings: Env }>): Promise<Admitted | ProblemCode> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await knownOf(c.env, room);
  if (room === undefined || known?.plan.segments === undefined || known.plan.segments !== c.req.param("secret")) return "not-found";
  const said = await headOf(c.env, known.plan);
  if (said === undefined) return known.summary.phase === "ended" ? "room-ended" : "not-found";
  if (said.says.head.phase === "ended" && said.says.kept.length === 0) return "room-ended";
  // The archive hears of a room that became private as soon as any node; this isolate may not have heard of it otherwise.
  const plan = learn(room, said.says.plan) ?? known.plan;
  return (await lockedFor(c, { ...known, plan }, said.says)) ?? { plan, said };
}

/** What the archive says, a second old at most; older for a while where the archive cannot be reached. @throws if it never could */
async function headOf(env: Env, plan: Plan): Promise<Said | undefined> {
  const before = heads.get(plan.audience);
  if (before !== undefined && Date.now() - before.at <= HEAD_MS) return before;
  try {
    const says = await headQuestions.ask(plan.audience, () => archiveStub(env, plan.audience).head(plan.segments ?? ""));
    if (says === undefined) return undefined;
    const said = { says, at: Date.now() };
    keepNewest(heads, plan.audience, said, MOST_HEADS);
    return said;
  } catch (fault) {
    if (before !== undefined && Date.now() - before.at <= STALE_MS) return before;
    throw fault;
  }
}

/** True of a segment that is held, or may have been closed since: nobody is asked for names that cannot be. */
function mayBe(head: LaneHead, epoch: number, index: number): boolean {
  if (isIn(head.runs, epoch, index)) return true;
  if (epoch === head.epoch + 1) return index <= AHEAD;
  const newest = head.runs.at(-1);
  const isHeld = newest?.epoch === epoch && index <= newest.last;
  return epoch === head.epoch && !isHeld && index <= Math.floor((head.roomTimeMs + head.ageMs) / head.segmentMs) + AHEAD;
}

function isIn(runs: readonly Run[], epoch: number, index: number): boolean {
  return runs.some((run) => run.epoch === epoch && run.first <= index && index <= run.last);
}

async function find(
  c: Context<{ Bindings: Env }>,
  plan: Plan,
  key: string,
  epoch: number,
  index: number,
): Promise<KeptSegment | undefined> {
  const cache = edgeCache();
  const url = new URL(c.req.path, c.req.url);
  const cached = await cache.match(url.href);
  if (cached !== undefined) {
    const bytes = new Uint8Array(await cached.arrayBuffer());
    return keep(key, bytes, leftMsOf(cached));
  }
  const found = await archiveStub(c.env, plan.audience).segment(plan.segments ?? "", epoch, index);
  if (found === undefined) return undefined;
  const kept = keep(key, found.bytes, found.leftMs);
  const copy = answer(kept);
  copy.headers.set(UNTIL, String(kept.until));
  c.executionCtx.waitUntil(cache.put(url.href, copy));
  return kept;
}

function keep(key: string, bytes: Uint8Array<ArrayBuffer>, leftMs: number): KeptSegment {
  const kept = { bytes, until: Date.now() + leftMs };
  memory.keep(key, kept);
  return kept;
}

/** How long what a cache has may still be handed out, in ms: whoever takes it from there keeps it no longer than who put it there. */
function leftMsOf(cached: Response): number {
  return Math.max(0, Number(cached.headers.get(UNTIL) ?? 0) - Date.now());
}

function answer({ bytes, until }: KeptSegment): Response {
  const maxAge = Math.max(0, Math.min(MAX_AGE_S, Math.floor((until - Date.now()) / 1_000)));
  return new Response(bytes, {
    headers: {
      "Content-Type": "application/octet-stream",
      "Cache-Control": `public, max-age=${maxAge}, immutable`,
      ...ANY_ORIGIN,
    },
  });
}

/** What was deleted here is not handed out here any more. */
export function forgetArchive(audience: AudienceId): void {
  heads.delete(audience);
}

/** The head as it is `ms` after it was said. */
function aged(head: LaneHead, ms: number): LaneHead {
  return { ...head, ageMs: head.ageMs + ms };
}

/** One spelling for each number: others would be names of their own for the data centre's cache. */
function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : undefined;
}
