import type { Context } from "hono";
import { parseRoomId, type RoomId } from "../core/ids.ts";
import { PROTOCOL, type TicketClaims, ticketInProtocols } from "../core/wire/ticket.ts";
import { type Env, HEADER } from "../objects/calls.ts";
import { roomStub } from "../objects/locate.ts";
import { bearerOf } from "./body.ts";
import { claimsOf, listenClaims } from "./guest.ts";
import { knownOf, recall } from "./plan-memory.ts";
import { isProblemCode, type ProblemCode, problem } from "./problem.ts";
import { settingsOf } from "./settings.ts";

/**
 * `GET /api/rooms/:room/ticket`: 204 if the bearer's ticket opens the stage, or with `?for=listen`, if he may listen; else why not. A browser
 * cannot read why an upgrade was refused.
 */
export async function readTicket(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  const refused = c.req.query("for") === "listen" ? await mayListen(c.env, room, bearerOf(c)) : await admit(c.env, room, bearerOf(c));
  return typeof refused === "string" ? problem(c, refused) : c.body(null, 204, { "Cache-Control": "no-store" });
}

/** `GET /rooms/:room/stage`: checks the ticket, then hands the speaker's socket to the room's object. */
export async function stage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return problem(c, "upgrade-required");
  const claims = await admit(c.env, room, ticketInProtocols(c.req.header("sec-websocket-protocol") ?? null));
  if (typeof claims === "string") return problem(c, claims);
  const headers = { Upgrade: "websocket", [HEADER.session]: claims.session, [HEADER.name]: claims.name };
  const answer = await roomStub(c.env, room)
    .fetch("https://room/stage", { headers })
    .catch(() => undefined);
  if (answer?.webSocket != null) {
    // Only the protocol's name is echoed; the ticket that stood beside it is not.
    return new Response(null, { status: 101, webSocket: answer.webSocket, headers: { "Sec-WebSocket-Protocol": PROTOCOL } });
  }
  const code = answer?.headers.get(HEADER.refusal) ?? "";
  return problem(c, isProblemCode(code) ? code : "room-unready");
}

/** What the ticket claims, if it opens this room's stage; else why not. */
export async function admit(env: Env, room: RoomId, ticket: string | undefined): Promise<TicketClaims | ProblemCode> {
  const known = await knownOf(env, room);
  if (known === undefined) return "room-unknown";
  // Its tickets were signed with a key that its audience has no use for any more.
  if (known.plan.root !== room) return "room-moved";
  if (ticket === undefined) return "ticket-missing";
  const claims = await claimsOf(env, known, ticket);
  if (typeof claims === "string") return claims;
  if (known.summary.phase === "ended") return "room-ended";
  return claims.role === "host" ? claims : "ticket-role-wrong";
}

/** Why the bearer may not listen; undefined if he may. */
async function mayListen(env: Env, room: RoomId, ticket: string | undefined): Promise<ProblemCode | undefined> {
  const known = await recall(env, room, settingsOf(env).summaryMs);
  if (known === undefined) return "room-unknown";
  if (known.summary.phase === "ended") return "room-ended";
  if (known.plan.listenTicket !== true) return undefined;
  const claims = await listenClaims(env, known, ticket);
  return typeof claims === "string" ? claims : undefined;
}
