import type { Context } from "hono";
import type { AudienceId, SessionId } from "../../core/ids.ts";
import type { TicketClaims } from "../../core/wire/ticket.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { audienceStub } from "../../objects/locate.ts";
import { log } from "../../objects/log.ts";
import { keepNewest } from "../memory/newest.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { bearerOf } from "../request/body.ts";
import type { ProblemCode } from "../request/problem.ts";
import { listenClaims } from "./guest.ts";

/** A ticket that was good is good for so long, in ms: no more than it may outlive its expiry here. */
const PROVEN_MS = 30_000;
/** Tickets that one isolate remembers; the oldest give way. */
const MOST_TICKETS = 1_000;

/** How long an isolate believes whom an audience keeps out, in ms. */
const OUTCASTS_MS = 2_000;
/** Audiences of private rooms of which one isolate remembers that; the oldest give way. */
const MOST_AUDIENCES = 100;

const outcasts = new Map<AudienceId, { readonly sessions: ReadonlySet<SessionId>; readonly at: number }>();
const questions = new SharedQuestions<AudienceId, readonly SessionId[]>();

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
  const isOut = keptOut.includes(claims.session) || (await outcastsOf(c.env, known)).has(claims.session);
  return isOut ? "removed" : undefined;
}

/** Whom the audience keeps out: an archive that has let go of a quiet room does not hear whom it removes then. Nobody new where it cannot be reached. */
async function outcastsOf(env: Env, { plan: { audience } }: Known): Promise<ReadonlySet<SessionId>> {
  const before = outcasts.get(audience);
  if (before !== undefined && Date.now() - before.at <= OUTCASTS_MS) return before.sessions;
  try {
    const sessions = new Set(await questions.ask(audience, async () => [...(await audienceStub(env, audience).outcasts())]));
    keepNewest(outcasts, audience, { sessions, at: Date.now() }, MOST_AUDIENCES);
    return sessions;
  } catch (fault) {
    log("outcasts-unknown", { audience, why: String(fault) });
    return before?.sessions ?? new Set();
  }
}

/** A ticket that was looked at a moment ago is not looked at again for each segment: that costs more than the segment. */
async function proven(env: Env, known: Known, ticket: string): Promise<TicketClaims | ProblemCode> {
  const key = `${known.plan.verifyKey.x} ${ticket}`;
  const before = tickets.get(key);
  if (before !== undefined && Date.now() < before.until) return before.claims;
  tickets.delete(key);
  const claims = await listenClaims(env, known, ticket);
  if (typeof claims === "string") return claims;
  keepNewest(tickets, key, { claims, until: Date.now() + PROVEN_MS }, MOST_TICKETS);
  return claims;
}
