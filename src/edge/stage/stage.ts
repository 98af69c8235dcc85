import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import type { Role } from "../../core/room/roles.ts";
import { PROTOCOL, type TicketClaims, ticketInProtocols } from "../../core/wire/ticket.ts";
import type { Env } from "../../objects/env.ts";
import { HEADER } from "../../objects/header.ts";
import { roomStub } from "../../objects/locate.ts";
import { knownOf, recall } from "../memory/plan-memory.ts";
import { claimsOf, listenClaims } from "../people/guest.ts";
import { bearerOf } from "../request/body.ts";
import { addressMarkOf } from "../request/identity.ts";
import type { RouteSays } from "../request/openapi.ts";
import { isProblemCode, type ProblemCode, problem, problemOf } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { addressTextOf } from "../request/visitor.ts";

export const READ_TICKET: RouteSays = {
  name: "readTicket",
  tag: "rooms",
  summary: "Whether a ticket opens the stage now, or lets one listen",
  about: "A browser cannot read why an upgrade was refused.",
  door: "ticket",
  query: z.object({
    for: z.literal("listen").optional().describe("Ask whether its bearer may listen: a public room needs no ticket for that"),
  }),
  answers: { 204: "It does" },
  no: ["listen-ticket-missing", "removed", "off-stage", "stage-locked", "stage-full"],
};

export const STAGE: RouteSays = {
  name: "stage",
  tag: "stage",
  summary: "The WebSocket of who is on stage",
  about:
    "Subprotocols `canopy.v1` and `ticket.<your ticket>`. Sound goes and comes as binary messages, verbs and states as texts: `src/core/wire/README.md`.",
  door: "ticket",
  answers: { 101: "The socket" },
  no: ["upgrade-required", "removed", "off-stage", "stage-locked", "stage-full", "server-full", "room-unready"],
};

/**
 * `GET /api/rooms/:room/ticket`: 204 if the bearer's ticket opens the stage now, or with `?for=listen`, if he may listen; else why not. A
 * browser cannot read why an upgrade was refused.
 */
export async function readTicket(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  const isForListening = c.req.query("for") === "listen";
  const claims = isForListening ? await mayListen(c.env, room, bearerOf(c)) : await admit(c.env, room, bearerOf(c));
  if (typeof claims === "string") return problem(c, claims);
  // Only the room knows who was removed or sent back since his ticket was signed.
  const why = claims === undefined ? undefined : await roomStub(c.env, room).whyNotOnStage({ session: claims.session, role: claims.role });
  return why === undefined ? c.body(null, 204, { "Cache-Control": "no-store" }) : problemOf(c, why.refused);
}

/** `GET /rooms/:room/stage`: checks the ticket, then hands the speaker's socket to the room's object. */
export async function stage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return problem(c, "upgrade-required");
  const claims = await admit(c.env, room, ticketInProtocols(c.req.header("sec-websocket-protocol") ?? null));
  if (typeof claims === "string") return problem(c, claims);
  const { session, role, name } = claims;
  // A header holds no more than Latin-1 (RFC 9110 §5.5), and names do.
  const headers: Record<string, string> = {
    Upgrade: "websocket",
    [HEADER.session]: session,
    [HEADER.role]: role,
    [HEADER.name]: encodeURIComponent(name),
  };
  const mark = await addressMarkOf((await knownOf(c.env, room))?.plan.addressKey, addressTextOf(c.req.raw, c.env));
  if (mark !== undefined) headers[HEADER.address] = mark;
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

/** Who bears this ticket, if it opens this room's stage as far as the ticket says; else why not. */
export async function admit(
  env: Env,
  room: RoomId,
  ticket: string | undefined,
  ended: "ended-too" | "live-only" = "live-only",
): Promise<RoomClaims | ProblemCode> {
  const claims = await bearerIn(env, room, ticket, ended);
  return typeof claims !== "string" && claims.role === "listener" ? "ticket-role-wrong" : claims;
}

/** What a ticket claims that one of the room's people bears. A successor's is for another room. */
export type RoomClaims = TicketClaims & { readonly role: Role };

/** Who bears this ticket of the room; else why it is none. */
async function bearerIn(
  env: Env,
  room: RoomId,
  ticket: string | undefined,
  ended: "ended-too" | "live-only",
): Promise<RoomClaims | ProblemCode> {
  const known = await knownOf(env, room);
  if (known === undefined) return "room-unknown";
  // Its tickets were signed with a key that its audience has no use for any more.
  if (known.plan.root !== room) return "room-moved";
  if (ticket === undefined) return "ticket-missing";
  const claims = await claimsOf(env, known, ticket);
  if (typeof claims === "string") return claims;
  if (known.summary.phase === "ended" && ended === "live-only") return "room-ended";
  const { role } = claims;
  return role === "successor" ? "ticket-role-wrong" : { ...claims, role };
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
