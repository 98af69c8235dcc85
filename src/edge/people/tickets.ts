import { decodeJwt, errors, importJWK, jwtVerify } from "jose";
import type { RoomId } from "../../core/ids.ts";
import type { VerifyKey } from "../../core/tree/shape/plan.ts";
import { parseClaims, type TicketClaims } from "../../core/wire/ticket.ts";
import { TICKET_ALGORITHM } from "../../objects/room/tickets.ts";
import type { ProblemCode } from "../request/problem.ts";

/** Longest ticket that is looked at, in characters; ours have about 400. */
const MAX_TICKET_LENGTH = 2_048;

/**
 * What a ticket claims, if this room signed it and it has not expired; else why not.
 *
 * Checked when one connects only: who is in is not cut off when it expires.
 */
export async function checkTicket(ticket: string, room: RoomId, key: VerifyKey): Promise<TicketClaims | ProblemCode> {
  if (ticket.length > MAX_TICKET_LENGTH) return "ticket-invalid";
  try {
    const { payload } = await jwtVerify(ticket, await importJWK({ ...key }, TICKET_ALGORITHM), {
      algorithms: [TICKET_ALGORITHM],
      audience: room,
    });
    return parseClaims(payload) ?? "ticket-invalid";
  } catch (fault) {
    return refusalOf(fault, ticket, room);
  }
}

function refusalOf(fault: unknown, ticket: string, room: RoomId): ProblemCode {
  if (fault instanceof errors.JWTExpired) return "ticket-expired";
  // Another room's ticket fails by its signature already; its claim is read only to say so in plain words.
  return isForAnother(ticket, room) ? "ticket-for-another-room" : "ticket-invalid";
}

function isForAnother(ticket: string, room: RoomId): boolean {
  try {
    const audience = decodeJwt(ticket).aud;
    return typeof audience === "string" && audience !== room;
  } catch {
    return false;
  }
}
