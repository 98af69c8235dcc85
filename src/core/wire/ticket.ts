import { parseRoomId, parseSessionId, type RoomId, type SessionId } from "../ids.ts";
import { isCount } from "../json.ts";
import { isRole, type Role } from "../room/roles.ts";

/**
 * What a ticket makes of who bears it: it opens a door, and what he may do behind it says the room's own table. A listener's opens a room
 * that is locked. A successor may take over the audience when the room fails.
 */
export type TicketRole = Role | "successor";

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

/** The subprotocol of both sockets; the only one echoed. */
export const PROTOCOL = "canopy.v1";
/** Stands before the ticket in the subprotocol list: in a URL it would end up in logs. */
export const TICKET_PROTOCOL_PREFIX = "ticket.";

/** Stands before the random id that a browser draws once per room: who it is, as far as anybody may know. */
export const ME_PROTOCOL_PREFIX = "me.";

/** True if a client offers our subprotocol, and so wants it echoed; a browser fails a connection that echoes anything else, or nothing. */
export function offersProtocol(header: string | null): boolean {
  return protocolsIn(header).includes(PROTOCOL);
}

/** The browser's id in a `Sec-WebSocket-Protocol` header: 128 bits of its luck in base64url. Undefined if there is none, or it is no such id. */
export function meInProtocols(header: string | null): string | undefined {
  const me = protocolsIn(header)
    .find((protocol) => protocol.startsWith(ME_PROTOCOL_PREFIX))
    ?.slice(ME_PROTOCOL_PREFIX.length);
  return me !== undefined && /^[A-Za-z0-9_-]{22}$/.test(me) ? me : undefined;
}

/** The ticket in a `Sec-WebSocket-Protocol` header; undefined if there is none. */
export function ticketInProtocols(header: string | null): string | undefined {
  return protocolsIn(header)
    .find((protocol) => protocol.startsWith(TICKET_PROTOCOL_PREFIX))
    ?.slice(TICKET_PROTOCOL_PREFIX.length);
}

/** What a client offers, in its order. */
function protocolsIn(header: string | null): readonly string[] {
  return (header ?? "").split(",").map((protocol) => protocol.trim());
}

/** The only door from a verified token's payload to claims. */
export function parseClaims(payload: { readonly [claim: string]: unknown }): TicketClaims | undefined {
  const { aud, sub, role, name, rank } = payload;
  const room = typeof aud === "string" ? parseRoomId(aud) : undefined;
  const session = typeof sub === "string" ? parseSessionId(sub) : undefined;
  if (room === undefined || session === undefined || typeof name !== "string") return undefined;
  if (!isRole(role) && role !== "successor") return undefined;
  return { room, session, role, name, rank: isCount(rank) ? rank : 0 };
}
