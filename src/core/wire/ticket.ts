import { parseRoomId, parseSessionId, type RoomId, type SessionId } from "../ids.ts";
import { isCount } from "../json.ts";

/** What a ticket makes of who bears it. A successor may take over the audience when the room fails. */
export type TicketRole = "host" | "successor";

/** What a ticket claims. Its signature (EdDSA, the room's own key) is checked before anybody reads this. */
export type TicketClaims = {
  /** `aud`: the room that it is for. */
  readonly room: RoomId;
  /** `sub`: the person's stay; the same ticket is the same session. */
  readonly session: SessionId;
  readonly role: TicketRole;
  readonly name: string;
  /** A successor's rank, from 1. */
  readonly rank: number;
};

/** The subprotocol that speakers speak; the only one echoed. */
export const STAGE_PROTOCOL = "canopy.v1";
/** Stands before the ticket in the subprotocol list: in a URL it would end up in logs. */
export const TICKET_PROTOCOL_PREFIX = "ticket.";

/** The ticket in a `Sec-WebSocket-Protocol` header; undefined if there is none. */
export function ticketInProtocols(header: string | null): string | undefined {
  const named = (header ?? "").split(",").map((protocol) => protocol.trim());
  return named.find((protocol) => protocol.startsWith(TICKET_PROTOCOL_PREFIX))?.slice(TICKET_PROTOCOL_PREFIX.length);
}

/** The only door from a verified token's payload to claims. */
export function parseClaims(payload: { readonly [claim: string]: unknown }): TicketClaims | undefined {
  const { aud, sub, role, name, rank } = payload;
  const room = typeof aud === "string" ? parseRoomId(aud) : undefined;
  const session = typeof sub === "string" ? parseSessionId(sub) : undefined;
  if (room === undefined || session === undefined || typeof name !== "string") return undefined;
  return role === "host" || role === "successor" ? { room, session, role, name, rank: isCount(rank) ? rank : 0 } : undefined;
}
