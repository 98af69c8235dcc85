import type { Context } from "hono";
import type { SessionId } from "../core/ids.ts";
import type { TicketClaims } from "../core/wire/ticket.ts";
import type { Env, Known } from "../objects/calls.ts";
import { bearerOf } from "./body.ts";
import { listenClaims } from "./guest.ts";
import type { ProblemCode } from "./problem.ts";

/** A ticket that was good is good for so long, in ms: no more than it may outlive its expiry here. */
const PROVEN_MS = 30_000;
/** Tickets that one isolate remembers; the oldest give way. */
const MOST_TICKETS = 1_000;

/** Tickets that were good, and until when that is believed, in ms since 1970. */
const tickets = new Map<string, { readonly claims: TicketClaims; readonly until: number }>();

/**
 * Why the bearer may not hear a room; undefined if he may, as everybody may where it is not private.
 *
 * @param ticket what he brings, where it is not in a header
 */
export async function lockedFor(
  c: Context<{ Bindings: Env }>,
  known: Known,
  { keptOut }: { readonly keptOut: readonly SessionId[] },
  ticket: string | undefined = bearerOf(c),
): Promise<ProblemCode | undefined> {
  if (known.plan.listenTicket !== true) return undefined;
  if (ticket === undefined) return "listen-ticket-missing";
  const claims = await proven(c.env, known, ticket);
  if (typeof claims === "string") return claims;
  return keptOut.includes(claims.session) ? "removed" : undefined;
}

/** A ticket that was looked at a moment ago is not looked at again for each segment: that costs more than the segment. */
async function proven(env: Env, known: Known, ticket: string): Promise<TicketClaims | ProblemCode> {
  const key = `${known.plan.verifyKey.x} ${ticket}`;
  const before = tickets.get(key);
  if (before !== undefined && Date.now() < before.until) return before.claims;
  tickets.delete(key);
  const claims = await listenClaims(env, known, ticket);
  if (typeof claims === "string") return claims;
  tickets.set(key, { claims, until: Date.now() + PROVEN_MS });
  const [oldest] = tickets.keys();
  if (tickets.size > MOST_TICKETS && oldest !== undefined) tickets.delete(oldest);
  return claims;
}
