import type { Context } from "hono";
import { z } from "zod";
import { addressOf, isLoopback } from "../../core/address.ts";
import { parseRoomId, type SessionId } from "../../core/ids.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { recall } from "../memory/plan-memory.ts";
import { listenClaims } from "../people/guest.ts";
import { ANY_ORIGIN } from "../request/any-origin.ts";
import { bearerOf } from "../request/body.ts";
import { addressMarkOf } from "../request/identity.ts";
import type { ProblemCode } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { addressTextOf } from "../request/visitor.ts";

/** What a plain player can bring. */
export const RadioTicket = z.object({
  ticket: z
    .string()
    .optional()
    .describe("In a private room: an invitation, for players that can send no header. Whoever has such an address can listen"),
});
/** Why a radio may not play for somebody. */
export const NO_RADIO = ["room-ended", "removed", "too-many-joins", "room-full", "server-full", "room-unready"] as const;

/** What every answer says: that it is not to be kept, and that any page may read it. */
export const OPEN = { "Cache-Control": "no-store", ...ANY_ORIGIN } as const;

/** Who plays a room with a plain player. */
export type RadioListener = {
  readonly known: Known;
  readonly session: SessionId | undefined;
  readonly mark: string | undefined;
  /** Why he may not hear the room if it is private; undefined of who is invited. */
  readonly uninvited: ProblemCode | undefined;
  /** He comes from this very machine, or through a proxy on it. */
  readonly isNear: boolean;
};

/** Who comes, or why he may not. A player can send no header, so that in a private room a ticket may stand behind the address. */
export async function admitToRadio(c: Context<{ Bindings: Env }>): Promise<RadioListener | ProblemCode> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  if (known === undefined) return "room-unknown";
  if (known.summary.phase === "ended") return "room-ended";
  const ticket = c.req.query("ticket") ?? bearerOf(c);
  const claims = ticket === undefined ? ("listen-ticket-missing" as const) : await listenClaims(c.env, known, ticket);
  if (typeof claims === "string" && known.plan.listenTicket === true) return claims;
  const session = typeof claims === "string" ? undefined : claims.session;
  const uninvited = typeof claims === "string" ? claims : undefined;
  const text = addressTextOf(c.req.raw, c.env);
  const isNear = isLoopback(addressOf(text ?? "") ?? "");
  return { known, session, uninvited, isNear, mark: await addressMarkOf(known.plan.addressKey, text) };
}

/** What a player brought, for the addresses that it is told. */
export function ticketQuery(c: Context): string {
  const ticket = c.req.query("ticket");
  return ticket === undefined ? "" : `?ticket=${encodeURIComponent(ticket)}`;
}
