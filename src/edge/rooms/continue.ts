import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import { refusal } from "../../core/room/refusals.ts";
import type { Known, Summary } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { list, unlist } from "../../objects/lobby/lobby-client.ts";
import { audienceStub, roomStub } from "../../objects/locate.ts";
import { isRecordable } from "../../objects/recordable.ts";
import { forget, recall } from "../memory/plan-memory.ts";
import { checkTicket } from "../people/tickets.ts";
import { bearerOf, jsonOf, sentenceOf } from "../request/body.ts";
import type { RouteSays } from "../request/openapi.ts";
import { type ProblemCode, problem, problemOf } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { Made, made, nameOf, newListing, WISHES } from "./rooms.ts";
import { WebhookWish } from "./webhook-address.ts";

/** What `POST /api/rooms/:room/continue` takes: as for a new room, and what is left out is as it was in the old one. */
const ContinueBody = z
  .strictObject({
    ...WISHES,
    webhook: WebhookWish.nullable().describe("Who is told what happens in the room; null: nobody. Left out: whoever the old room told"),
  })
  .partial();

export const CONTINUE_ROOM: RouteSays = {
  name: "continueRoom",
  tag: "rooms",
  summary: "Take over the audience of a room that failed",
  about:
    "The new room has the audience of `room`, whose listeners keep their sockets. What is left out is as it was in the old one, and so is what was " +
    "announced of it: doors that are closed there are closed here, and open at the same time. Recording is not inherited: it is off here, whatever it was there, unless `record` is said or until the new host switches it on.",
  door: "successor",
  body: { schema: ContinueBody, example: { title: "Friday talk, second part" }, optional: true },
  answers: {
    201: {
      says: "The new room, and the tickets that open it; `continues` is the old one, `webhookHost` whom the new one tells what happens",
      schema: Made,
    },
  },
  no: ["room-moved", "room-ended", "room-taken", "room-name-invalid", "ticket-used", "webhooks-off", "recording-unavailable"],
};

/** What a successor reads before he decides. */
const Successible = z
  .object({
    room: z.string().describe("Who has the audience now"),
    title: z.string(),
    phase: z.enum(["quiet", "live"]),
    listeners: z.int(),
    taken: z
      .boolean()
      .describe("This very ticket has taken it over already: to ask again gives the new room's tickets until its host has come"),
  })
  .meta({ ref: "Successible" });

export const READ_CONTINUE: RouteSays = {
  name: "readContinue",
  tag: "rooms",
  summary: "Whether a successor ticket would take the audience over now, and what of",
  about: "It changes nothing, and is as new as the room itself told it.",
  door: "successor",
  answers: { 200: { says: "It would", schema: Successible } },
  no: ["room-moved", "room-ended"],
};

/** A successor's right: the session that his ticket names, and the room that it has made already, if he asks again. */
type Right = { readonly ticket: string; readonly room: RoomId | undefined };

/**
 * `POST /api/rooms/:room/continue`: a successor's new room takes over the audience of one that failed. Nobody asks the room that failed.
 *
 * Which successor wins, the audience's object decides; the ticket is checked here, as every ticket is.
 */
export async function continueRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const from = parseRoomId(c.req.param("room") ?? "");
  // As it is now: what this isolate remembers may be from before another successor came.
  const known = from === undefined ? undefined : await recall(c.env, from, 0);
  if (from === undefined || known === undefined) return problem(c, "room-unknown");
  const right = await rightOf(c, from, known);
  if (typeof right === "string") return refused(c, right, known.plan.root);
  const text = await c.req.text();
  const body = ContinueBody.safeParse(text === "" ? {} : jsonOf(text));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"title": "Friday talk, second part"}'));
  const { webhook, record } = body.data;
  if (webhook !== undefined && webhook !== null && c.env.ROOM_WEBHOOKS !== "1") return problem(c, "webhooks-off");
  if (record !== undefined && !isRecordable(c.env)) return problemOf(c, refusal("recording-unavailable"));
  const room = right.room ?? nameOf(body.data.room);
  if (room === undefined) return problem(c, "room-name-invalid");
  const { plan, summary } = known;
  const { title = summary.title, listed = summary.listed, chunkMs = summary.chunkMs, maxSpeakers } = body.data;
  const { audience } = plan;
  const { maxListeners } = settingsOf(c.env);
  const wish = { room, title, listed, chunkMs, maxSpeakers, maxListeners, webhook, record };
  const created = await roomStub(c.env, room).continueFrom({ ...wish, audience, from, ticket: right.ticket });
  if (typeof created === "string") return problem(c, WHY_NOT[created]);
  if ("moved" in created) return refused(c, "room-moved", created.moved);
  forget(from);
  if (summary.listed) c.executionCtx.waitUntil(unlist(c.env, from));
  // A private room stands in no lobby, and who takes a private one's audience over is private.
  if (created.listed && plan.listenTicket !== true)
    c.executionCtx.waitUntil(list(c.env, newListing(room, created.title, created.createdAt, announcedBy(summary))));
  const { webhookHost } = created;
  const told = webhookHost === undefined || c.env.ROOM_WEBHOOKS !== "1" ? {} : { webhookHost };
  return made(c, room, created, { continues: from, ...told });
}

/** `GET /api/rooms/:room/continue`: whether the bearer may take the audience over, before he does. */
export async function readContinue(c: Context<{ Bindings: Env }>): Promise<Response> {
  const from = parseRoomId(c.req.param("room") ?? "");
  const known = from === undefined ? undefined : await recall(c.env, from, 0);
  if (from === undefined || known === undefined) return problem(c, "room-unknown");
  const right = await rightOf(c, from, known);
  if (typeof right === "string") return refused(c, right, known.plan.root);
  const { room, title, phase, listeners } = known.summary;
  if (phase === "ended") return problem(c, "room-ended");
  return c.json({ room, title, phase, listeners, taken: right.room !== undefined }, 200, { "Cache-Control": "no-store" });
}

/** Says no to who would take the audience over. @param root who has it now */
function refused(c: Context, code: ProblemCode, root: RoomId): Response {
  return code === "room-moved"
    ? problem(c, code, `Another room has taken this audience over: ${root}`, { room: root })
    : problem(c, code, SAYS[code]);
}

/** What the lobby says of doors that are closed. */
function announcedBy({ opensAt, schedule }: Summary): { opensAt?: string; timeZone?: string } {
  return opensAt === undefined || schedule === undefined ? {} : { opensAt, timeZone: schedule.timeZone };
}

const WHY_NOT = { taken: "room-taken", used: "ticket-used", ended: "room-ended", unknown: "room-unknown" } as const;

/** Where a code's own sentence speaks of the stage, which is not the matter here. */
const SAYS: Partial<Record<ProblemCode, string>> = {
  "ticket-missing": "Bring one of the room's successor tickets, as Authorization: Bearer <ticket>",
  "ticket-role-wrong": "Only a successor ticket takes an audience over; it was given out with the host's when the room was made",
};

/** What entitles the bearer to take over the audience of `from`; else why he is not. */
async function rightOf(c: Context<{ Bindings: Env }>, from: RoomId, { plan, summary }: Known): Promise<Right | ProblemCode> {
  const move = plan.root === from ? undefined : await audienceStub(c.env, plan.audience).moveFrom(from);
  const ticket = bearerOf(c);
  if (ticket === undefined) return "ticket-missing";
  const claims = await checkTicket(ticket, from, move?.verifyKey ?? plan.verifyKey);
  if (typeof claims === "string") return claims;
  if (claims.role !== "successor") return "ticket-role-wrong";
  if (move !== undefined) return move.ticket === claims.session ? { ticket: claims.session, room: move.to } : "room-moved";
  return summary.phase === "ended" ? "room-ended" : { ticket: claims.session, room: undefined };
}
