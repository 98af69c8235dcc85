import type { Context } from "hono";
import type { SessionId } from "../../core/ids.ts";
import { meInProtocols, type TicketClaims, ticketInProtocols } from "../../core/wire/ticket.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { recall } from "../memory/plan-memory.ts";
import { addressMarkOf, sessionOf } from "../request/identity.ts";
import type { ProblemCode } from "../request/problem.ts";
import { addressTextOf } from "../request/visitor.ts";
import { checkTicket } from "./tickets.ts";

/** What an isolate knows of a room may be older than the ticket that is brought; then the audience's object is asked, this seldom, in ms. */
const DOUBT_MS = 2_000;

/** Who comes to listen, as far as a leaf may know it. */
export type Guest = {
  /** Undefined for a client that brings neither an id of its own nor a ticket of its own. */
  readonly session: SessionId | undefined;
  /** Where he comes from, under the room's key. */
  readonly mark: string | undefined;
  /** He brings a ticket that lets him listen whether or not the room is private. */
  readonly invited: boolean;
};

/** Who comes to listen; or why he may not, where the room is private. */
export async function guestOf(c: Context<{ Bindings: Env }>, known: Known): Promise<Guest | ProblemCode> {
  const { audience, listenTicket, addressKey } = known.plan;
  const offered = c.req.header("sec-websocket-protocol") ?? null;
  // A public room looks at a ticket too: whoever it names is the same person there when the room becomes private.
  const claims = await listenClaims(c.env, known, ticketInProtocols(offered));
  if (listenTicket === true && typeof claims === "string") return claims;
  const invited = typeof claims !== "string";
  const own = invited ? claims.session : undefined;
  const me = meInProtocols(offered);
  const [session, mark] = await Promise.all([
    own ?? (me === undefined ? undefined : sessionOf(audience, me)),
    addressMarkOf(addressKey, addressTextOf(c.req.raw, c.env)),
  ]);
  return { session, mark, invited };
}

/** What a ticket claims that is brought to listen with: any role's does that is at home in the room. */
export async function listenClaims(env: Env, known: Known, ticket: string | undefined): Promise<TicketClaims | ProblemCode> {
  if (ticket === undefined) return "listen-ticket-missing";
  const claims = await invitationOf(env, known, ticket);
  // A successor's ticket is kept for an emergency, and is no person's.
  return typeof claims !== "string" && claims.role === "successor" ? "ticket-role-wrong" : claims;
}

/** What a ticket claims that the room signed, or the one that it continues. */
async function invitationOf(env: Env, known: Known, ticket: string): Promise<TicketClaims | ProblemCode> {
  const { before } = known.plan;
  const earlier = before === undefined ? undefined : await checkTicket(ticket, before.root, before.verifyKey);
  return typeof earlier === "object" ? earlier : claimsOf(env, known, ticket);
}

/**
 * What a ticket claims, by the key of the room that feeds the audience now. One that does not fit what this isolate remembers is looked at
 * once more by what the audience's object says: the room may have been made anew, or taken over.
 */
export async function claimsOf(env: Env, { plan }: Known, ticket: string): Promise<TicketClaims | ProblemCode> {
  const claims = await checkTicket(ticket, plan.root, plan.verifyKey);
  if (claims !== "ticket-invalid" && claims !== "ticket-for-another-room") return claims;
  const newer = await recall(env, plan.root, DOUBT_MS);
  if (newer === undefined || newer.plan.verifyKey.x === plan.verifyKey.x) return claims;
  return checkTicket(ticket, newer.plan.root, newer.plan.verifyKey);
}
