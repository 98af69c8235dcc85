import type { Context } from "hono";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import { isFields } from "../../core/json.ts";
import { parseSchedule } from "../../core/room/schedule.ts";
import { stageSaysOf } from "../../core/wire/stage-says.ts";
import type { Bearer } from "../../objects/calls/room.ts";
import type { Env } from "../../objects/env.ts";
import { roomStub } from "../../objects/locate.ts";
import { zones } from "../../objects/room/zones.ts";
import { bearerOf, jsonOf, sentenceOf } from "../request/body.ts";
import { problem, problemOf } from "../request/problem.ts";
import { admit } from "./stage.ts";
import { VERB_ROUTES } from "./verb-says.ts";

/** `POST /api/rooms/:room/<verb>`: what may be said on the stage's socket, by HTTP. 204, or a ticket if that was asked for. */
export async function askRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c);
  if ("refused" in bearer) return bearer.refused;
  const text = await c.req.text();
  const body = text === "" ? {} : jsonOf(text);
  const verb = c.req.path.split("/").at(-1) ?? "";
  const deed = isFields(body) ? stageSaysOf({ ...body, type: verb }, zones) : undefined;
  if (deed === undefined || deed.type === "ping") {
    // What is wrong with a time is not seen by its shape.
    const schedule = verb === "schedule" ? parseSchedule(body, zones) : undefined;
    if (schedule !== undefined && "code" in schedule) return problem(c, schedule.code, schedule.says);
    return problem(c, "body-invalid", whatIsWrong(verb, body));
  }
  const answer = await roomStub(c.env, bearer.room).ask(bearer.by, deed);
  if (answer === undefined) return problem(c, "room-ended");
  if (answer === "too-many") return problem(c, "too-many-verbs");
  if ("refused" in answer) return problemOf(c, answer.refused);
  const headers = { "Cache-Control": "no-store" };
  return answer.ticket === undefined ? c.body(null, 204, headers) : c.json({ ticket: answer.ticket }, 200, headers);
}

/** Why that is nothing that may be asked. */
function whatIsWrong(verb: string, body: unknown): string {
  const says = VERB_ROUTES.find((route) => route.verb === verb)?.says.body;
  if (says === undefined) return "There is no such verb. GET /openapi.json lists them";
  const { error } = says.schema.safeParse(body);
  return error === undefined ? "The fields of this verb could not be read" : sentenceOf(error, JSON.stringify(says.example));
}

/**
 * The room, and who bears one of its tickets: this goes to the room's object, which strangers never reach. As on the stage, an invitation to
 * listen lets one do nothing else, whatever its session has become: it may have been handed on.
 *
 * @param ended whether a room that is over is still one
 */
export async function roomAndBearer(
  c: Context<{ Bindings: Env }>,
  ended: "ended-too" | "live-only" = "live-only",
): Promise<{ readonly room: RoomId; readonly by: Bearer } | { readonly refused: Response }> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return { refused: problem(c, "room-unknown") };
  const ticket = bearerOf(c);
  if (ticket === undefined)
    return { refused: problem(c, "ticket-missing", "Bring your ticket for this room, as Authorization: Bearer <ticket>") };
  const claims = await admit(c.env, room, ticket, ended);
  return typeof claims === "string" ? { refused: problem(c, claims) } : { room, by: { session: claims.session, role: claims.role } };
}
