import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId } from "../../core/ids.ts";
import { readable } from "../../core/text.ts";
import type { Registered } from "../../objects/calls/register.ts";
import type { Env } from "../../objects/env.ts";
import { pageOfRegister } from "../../objects/lobby/register-client.ts";
import { roomStub } from "../../objects/locate.ts";
import { recall } from "../memory/plan-memory.ts";
import { jsonOf, sentenceOf } from "../request/body.ts";
import { noOperator } from "../request/keys.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";

/** Rooms on one page: each is one question to its audience's object, and a Worker may ask many, but not any number. */
const PAGE = 50;
/** Longest reason for an end, in characters: everybody in the room reads it. */
const MAX_REASON = 280;
/** Longest place in the register that is looked at, in characters: an instant, a slash and a room's name. */
const MAX_AFTER = 100;

const EndBody = z.strictObject({
  reason: z.string().transform((text, context) => {
    const reason = readable(text, MAX_REASON);
    if (reason === undefined) context.addIssue({ code: "custom", message: `reason has 1 to ${MAX_REASON} characters that can be read` });
    return reason ?? z.NEVER;
  }),
});

const RegisterView = z.object({
  rooms: z.array(
    z.object({
      room: z.string(),
      title: z.string(),
      listed: z.boolean(),
      createdAt: z.iso.datetime(),
      phase: z.enum(["quiet", "live", "ended"]).exactOptional(),
      listeners: z.int().exactOptional(),
      locked: z.boolean().exactOptional(),
    }),
  ),
  next: z.string().exactOptional().describe("The `after` of the next page; missing on the last one"),
});

export const READ_ROOMS: RouteSays = {
  name: "listRooms",
  tag: "operator",
  summary: "Every room that is not over, newest first",
  door: "admin-key",
  query: z.object({ after: z.string().max(MAX_AFTER).optional().describe("Where the page begins: the `next` of the one before") }),
  answers: { 200: { says: "Up to fifty rooms; of one that cannot be asked now, what the register has", schema: RegisterView } },
};

export const END_ROOM: RouteSays = {
  name: "endRoomByOperator",
  tag: "operator",
  summary: "End any room, for everybody and for good",
  about: "Everybody in it reads the reason.",
  door: "admin-key",
  body: { schema: EndBody, example: { reason: "It broke the rules of this server" } },
  answers: { 204: "It is over" },
  no: ["room-unknown", "room-moved", "room-ended"],
};

/** `GET /api/admin/rooms`: every room that is not over, newest first, listed or not, and what it is doing. For the operator. */
export async function readRooms(c: Context<{ Bindings: Env }>): Promise<Response> {
  const refused = await noOperator(c);
  if (refused !== undefined) return problem(c, refused);
  const { rooms, next } = await pageOfRegister(c.env, (c.req.query("after") || undefined)?.slice(0, MAX_AFTER), PAGE);
  const shown = await Promise.all(rooms.map((room) => nowOf(c.env, room)));
  return c.json({ rooms: shown, ...(next === undefined ? {} : { next }) }, 200, { "Cache-Control": "no-store" });
}

/** `POST /api/admin/rooms/:room/end`: ends it for everybody, for good; they read why. For the operator. */
export async function endRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const refused = await noOperator(c);
  if (refused !== undefined) return problem(c, refused);
  const room = parseRoomId(c.req.param("room") ?? "");
  const body = EndBody.safeParse(jsonOf(await c.req.text()));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"reason": "It broke the rules of this server"}'));
  const known = room === undefined ? undefined : await recall(c.env, room, 0);
  if (room === undefined || known === undefined) return problem(c, "room-unknown");
  if (known.plan.root !== room)
    return problem(c, "room-moved", `Another room has taken this audience over, and can be ended: ${known.plan.root}`);
  const ended = await roomStub(c.env, room).close(body.data.reason);
  return ended === undefined ? problem(c, "room-ended") : c.body(null, 204, { "Cache-Control": "no-store" });
}

/** A room of the register, and what its audience's object knows of it; of one that cannot be asked now, what the register has. */
async function nowOf(env: Env, registered: Registered): Promise<object> {
  const room = parseRoomId(registered.room);
  const known = room === undefined ? undefined : await recall(env, room, settingsOf(env).summaryMs).catch(() => undefined);
  if (known === undefined) return registered;
  const { phase, listeners, locked } = known.summary;
  return { ...registered, phase, listeners, locked };
}
