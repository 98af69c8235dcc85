import { ENDING } from "../../core/wire/ending.ts";
import { ask } from "../page/api.ts";
import { sayNo, words } from "../page/words.ts";
import type { LinkEnd } from "./link-mind.ts";

/**
 * Why there is no use in connecting to `room` again, to listen; nothing if there may be (or if nobody answers).
 *
 * @param invitation the ticket that is brought, if any
 */
export async function whyNot(room: string, invitation: string | undefined): Promise<LinkEnd | undefined> {
  const headers = invitation === undefined ? {} : { authorization: `Bearer ${invitation}` };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/ticket?for=listen`, { headers });
  if (!("code" in answer)) return undefined;
  if (answer.code === "room-ended") return { code: ENDING.ended.code, says: words.no.ending.ended };
  if (answer.status === 404) return { code: answer.status, says: sayNo({ code: answer.code, says: answer.detail }) };
  return answer.status === 401 || answer.status === 403 ? { code: ENDING.private.code, says: words.no.ending.private } : undefined;
}

/** Why `ticket` does not open the stage of `room`, in words for its host; nothing if it does (or if nobody answers). */
export async function whyNoStage(room: string, ticket: string): Promise<LinkEnd | undefined> {
  const headers = { authorization: `Bearer ${ticket}` };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/ticket`, { headers });
  if (!("code" in answer)) return undefined;
  if (answer.code === "room-ended") return { code: 4500, says: words.no.ending.ended };
  const says = sayNoTicket(answer.code);
  return says === undefined ? undefined : { code: answer.code === "room-moved" ? 4502 : answer.status, says };
}

/** Why a host's ticket opens nothing, in words for him, by the server's code; nothing where it is not about the ticket. */
export function sayNoTicket(code: string): string | undefined {
  const { moved, invalid, expired, anotherRoom, role, unknown } = words.no.ticket;
  const says: Readonly<Record<string, string>> = {
    "room-moved": moved,
    "ticket-invalid": invalid,
    "ticket-expired": expired,
    "ticket-for-another-room": anotherRoom,
    "ticket-role-wrong": role,
    "room-unknown": unknown,
  };
  return says[code];
}
