import type { Context } from "hono";
import { parseRoomId } from "../core/ids.ts";
import { STAGE_PROTOCOL, ticketInProtocols } from "../core/wire/ticket.ts";
import { type Env, HEADER } from "../objects/calls.ts";
import { roomStub } from "../objects/locate.ts";
import { knownOf } from "./plan-memory.ts";
import { isProblemCode, problem } from "./problem.ts";
import { checkTicket } from "./tickets.ts";

/** `GET /rooms/:room/stage`: checks the ticket, then hands the speaker's socket to the room's object. */
export async function stage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return problem(c, "upgrade-required");
  const known = await knownOf(c.env, room);
  if (known === undefined) return problem(c, "room-unknown");
  const ticket = ticketInProtocols(c.req.header("sec-websocket-protocol") ?? null);
  if (ticket === undefined) return problem(c, "ticket-missing");
  const claims = await checkTicket(ticket, room, known.plan.verifyKey);
  if (typeof claims === "string") return problem(c, claims);
  if (claims.role !== "host") return problem(c, "ticket-role-wrong");
  const headers = { Upgrade: "websocket", [HEADER.session]: claims.session, [HEADER.name]: claims.name };
  const answer = await roomStub(c.env, room)
    .fetch("https://room/stage", { headers })
    .catch(() => undefined);
  if (answer?.webSocket != null) {
    // Only the protocol's name is echoed; the ticket that stood beside it is not.
    return new Response(null, { status: 101, webSocket: answer.webSocket, headers: { "Sec-WebSocket-Protocol": STAGE_PROTOCOL } });
  }
  const code = answer?.headers.get(HEADER.refusal) ?? "";
  return problem(c, isProblemCode(code) ? code : "room-unready");
}
