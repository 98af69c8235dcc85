import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import { parseSessionId, type RoomId, type SessionId } from "../../core/ids.ts";
import { parseVerifyKey, type VerifyKey } from "../../core/tree/shape/plan.ts";
import type { TicketRole } from "../../core/wire/ticket.ts";

/** A ticket lives for so long, in ms: 30 days. It is checked when one connects, so nobody is cut off mid-evening. */
const TICKET_LIFE_MS = 30 * 24 * 3_600_000;
/** The one algorithm of every ticket, for signing and for checking (RFC 8037). */
export const TICKET_ALGORITHM = "EdDSA";

/** A room's own key pair, as JSON Web Keys. The private half never leaves the room's object. */
export type RoomKeys = { readonly signing: JWK; readonly verifying: VerifyKey };

/** A fresh Ed25519 pair. */
export async function makeKeys(): Promise<RoomKeys> {
  const pair = await generateKeyPair(TICKET_ALGORITHM, { crv: "Ed25519", extractable: true });
  const verifying = parseVerifyKey(await exportJWK(pair.publicKey));
  if (verifying === undefined) throw new Error("the runtime made a key that is not Ed25519");
  return { signing: await exportJWK(pair.privateKey), verifying };
}

/** What a ticket says of its bearer. */
export type TicketOf = {
  readonly session: SessionId;
  readonly role: TicketRole;
  readonly name: string;
  /** A successor's, from 1; 0 for everybody else. */
  readonly rank?: number;
  /** When the evening begins that it is for, ms since 1970: its life is counted from there, if that is later than now. */
  readonly from?: number | undefined;
};

/** A session that nobody else has. */
export function makeSession(role: TicketRole): SessionId {
  const session = parseSessionId(`${role}-${crypto.randomUUID()}`);
  if (session === undefined) throw new Error("a session that is none");
  return session;
}

/** A signed ticket (JWT): audience = the room, subject = the session. */
export async function signTicket(keys: RoomKeys, room: RoomId, { session, role, name, rank = 0, from = 0 }: TicketOf): Promise<string> {
  return new SignJWT({ role, name, rank })
    .setProtectedHeader({ alg: TICKET_ALGORITHM })
    .setAudience(room)
    .setSubject(session)
    .setJti(crypto.randomUUID())
    .setIssuedAt()
    .setExpirationTime(new Date(Math.max(Date.now(), from) + TICKET_LIFE_MS))
    .sign(await importJWK(keys.signing, TICKET_ALGORITHM));
}
