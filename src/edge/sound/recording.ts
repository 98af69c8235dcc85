import type { Context } from "hono";
import { z } from "zod";
import { replayMs } from "../../core/audio/recording.ts";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import { segmentsPath } from "../../core/tree/shape/plan.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import type { RecordingSays } from "../../objects/calls/archive.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Bearer } from "../../objects/calls/room.ts";
import type { Env } from "../../objects/env.ts";
import { archiveStub, roomStub } from "../../objects/locate.ts";
import { keepNewest } from "../memory/newest.ts";
import { forget, knownOf, learn, recall } from "../memory/plan-memory.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { lockedFor } from "../people/locked.ts";
import { ANY_ORIGIN, refuse } from "../request/any-origin.ts";
import { noOperator } from "../request/keys.ts";
import type { RouteSays } from "../request/openapi.ts";
import { type ProblemCode, problem, problemOf } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { roomAndBearer } from "../stage/verbs.ts";
import { forgetArchive } from "./segments.ts";

/** How long an isolate believes what an archive said of a recording, in ms: so long after its end it may still be looked at. */
const SAID_MS = 1_000;
/** Recordings that one isolate remembers; the oldest give way. */
const MOST_SAID = 100;

const position = z.object({ epoch: z.int(), sequence: z.int() });

/** What is kept of a room. */
const News = z
  .object({
    room: z.string(),
    title: z.string(),
    startedAt: z.iso.datetime(),
    ended: z.boolean().describe("The room is over; false while more may be kept"),
    keptUntil: z.iso.datetime().optional().describe("When it will be deleted; missing while the room is not over"),
    durationMs: z.int().describe("How long it plays: run after run, `segmentMs` for each segment and each that its lead touches"),
    segments: z.string().describe("The path below which its segments are fetched: `<segments>/<epoch>/<index>`"),
    segmentMs: z.int(),
    runs: z
      .array(z.object({ epoch: z.int(), first: z.int(), last: z.int(), lead: z.int().exactOptional() }))
      .describe("Segments `first` to `last` of `epoch`, oldest first; `lead`: its first begins so many ms before its own `segmentMs`"),
    gaps: z.array(z.object({ from: position, to: position })).describe("Chunks after `from` and before `to` were lost"),
    people: z
      .array(
        z.object({
          track: z.int().describe("His number: 1 for who spoke first"),
          session: z.string(),
          name: z.string(),
          voices: z.array(z.object({ epoch: z.int(), voice: z.int() })).describe("What his sound bears in chunks"),
        }),
      )
      .describe("Who is heard"),
    spells: z.array(z.object({ track: z.int(), fromMs: z.int(), toMs: z.int() })).describe("Who sounds when, in ms of replay time"),
    captioned: z.boolean().describe("There are captions"),
  })
  .meta({ ref: "Recording" });

export const READ_RECORDING: RouteSays = {
  name: "readRecording",
  tag: "sound",
  summary: "What is kept of a room",
  about: "All that a replay must know; also while the room is live. The segments themselves never change.",
  door: "listener",
  answers: { 200: { says: "The recording", schema: News } },
  no: ["recording-none", "removed", "too-many-requests"],
};

export const DELETE_RECORDING: RouteSays = {
  name: "deleteRecording",
  tag: "running",
  summary: "Delete the recording",
  about: "All that is kept of the room so far, for good; also after its end. Nobody finds any of it a minute later.",
  door: "ticket",
  answers: { 204: "It is deleted" },
  no: ["hosts-only", "recording-none", "too-many-verbs"],
};

export const DELETE_ANY_RECORDING: RouteSays = {
  name: "deleteRecordingByOperator",
  tag: "operator",
  summary: "Delete the recording of any room",
  about: "Also when the room is long over, and every ticket with it.",
  door: "admin-key",
  answers: { 204: "It is deleted" },
  no: ["room-unknown", "room-moved", "recording-none"],
};

type Said = { readonly says: RecordingSays | undefined; readonly at: number };

const said = new Map<string, Said>();
const questions = new SharedQuestions<string, RecordingSays | undefined>();

/** What is kept of a room, for who may hear it: with the plan by which its archive lives. */
export type Admitted = { readonly room: RoomId; readonly known: Known; readonly secret: string; readonly says: RecordingSays };

/** `GET /api/rooms/:room/recording`: what is kept of a room, all that a replay must know. Also while it is live. */
export async function readRecording(c: Context<{ Bindings: Env }>): Promise<Response> {
  const admitted = await admitToRecording(c);
  if (typeof admitted === "string") return refuse(c, admitted);
  const { room, known, says } = admitted;
  const { recording, startedAt, ended, keptUntil } = says;
  const news: RecordingNews = {
    ...recording,
    room,
    title: known.summary.title,
    startedAt: new Date(startedAt).toISOString(),
    ended,
    ...(keptUntil === undefined ? {} : { keptUntil: new Date(keptUntil).toISOString() }),
    durationMs: replayMs(recording),
    segments: segmentsPath(known.plan) ?? "",
  };
  const cached = known.plan.listenTicket === true ? "private, no-store" : "public, max-age=1";
  return c.json(news, 200, { "Cache-Control": cached, ...ANY_ORIGIN });
}

/** `DELETE /api/rooms/:room/recording`: all that is kept of a room goes, for good; also after its end. 204. */
export async function deleteRecording(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c, "ended-too");
  return "refused" in bearer ? bearer.refused : forgetOf(c, bearer.room, bearer.by);
}

/** `DELETE /api/admin/rooms/:room/recording`: the same by the operator: a recording may outlive every ticket. */
export async function deleteRecordingByOperator(c: Context<{ Bindings: Env }>): Promise<Response> {
  const refused = await noOperator(c);
  if (refused !== undefined) return problem(c, refused);
  const room = parseRoomId(c.req.param("room") ?? "");
  return room === undefined || (await knownOf(c.env, room)) === undefined ? problem(c, "room-unknown") : forgetOf(c, room, "operator");
}

async function forgetOf(c: Context<{ Bindings: Env }>, room: RoomId, by: Bearer | "operator"): Promise<Response> {
  const answer = await roomStub(c.env, room).deleteRecording(by);
  if (answer === undefined) return problem(c, "room-moved");
  if (answer === "too-many") return problem(c, "too-many-verbs");
  if (typeof answer === "object") return problemOf(c, answer.refused);
  const known = await knownOf(c.env, room);
  if (known !== undefined) forgetRecording(known);
  // Its summary says that something is kept.
  forget(room);
  return answer ? c.body(null, 204, { "Cache-Control": "no-store" }) : problem(c, "recording-none");
}

/**
 * What is kept of a room, if there is anything and the bearer may hear it; else why not. For every route that hands out a part of it.
 *
 * @param ticket what he brings, where it is not in a header
 */
export async function admitToRecording(c: Context<{ Bindings: Env }>, ticket?: string): Promise<Admitted | ProblemCode> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  const secret = known?.plan.segments;
  if (room === undefined || known === undefined) return "room-unknown";
  const says = secret === undefined ? undefined : await saysOf(c.env, known, secret);
  if (secret === undefined || says === undefined) return "recording-none";
  const plan = learn(room, says.plan) ?? known.plan;
  return (await lockedFor(c, { ...known, plan }, says, ticket)) ?? { room, known: { ...known, plan }, secret, says };
}

/** What was deleted here is not told of here any more. */
function forgetRecording({ plan }: Known): void {
  said.delete(plan.audience);
  forgetArchive(plan.audience);
}

async function saysOf(env: Env, { plan }: Known, secret: string): Promise<RecordingSays | undefined> {
  const before = said.get(plan.audience);
  if (before !== undefined && Date.now() - before.at <= SAID_MS) return before.says;
  const says = await questions.ask(plan.audience, async () => {
    // What an object answers lives no longer than the question, unless it is copied.
    const answer = await archiveStub(env, plan.audience).recording(secret);
    return answer === undefined ? undefined : { ...answer };
  });
  keepNewest(said, plan.audience, { says, at: Date.now() }, MOST_SAID);
  return says;
}
