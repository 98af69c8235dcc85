import { type Fields, isCount, isFields, parseObject } from "../core/json.ts";
import type { LinkEnd } from "./link-mind.ts";
import type { CrowdProgress } from "./say-crowd.ts";

/** What a new room's maker gets. The host ticket is shown once and kept nowhere else. */
export type CreatedRoom = { readonly room: string; readonly page: string; readonly broadcast: string };

/** A *no* in the server's own words; `code` is stable. */
export type Problem = { readonly status: number; readonly code: string; readonly detail: string };

export type RoomRequest = { readonly title: string; readonly room?: string; readonly listed: boolean };

/**
 * Makes a room.
 *
 * @param key the deployment's create key, where it wants one
 */
export async function createRoom(wanted: RoomRequest, key: string | undefined): Promise<CreatedRoom | Problem> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  const answer = await ask("/api/rooms", { method: "POST", headers, body: JSON.stringify(wanted) });
  if ("code" in answer) return answer;
  const { room, urls } = answer.fields;
  const page = isFields(urls) ? urls["page"] : undefined;
  const broadcast = isFields(urls) ? urls["broadcast"] : undefined;
  if (typeof room !== "string" || typeof page !== "string" || typeof broadcast !== "string") return notUnderstood(answer.status);
  return { room, page, broadcast };
}

/** Why there is no use in connecting to `room` again; nothing if there may be (or if nobody answers). */
export async function whyNot(room: string): Promise<LinkEnd | undefined> {
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}`, {});
  if (!("code" in answer)) return answer.fields["phase"] === "ended" ? { code: 4500, says: "The room is over" } : undefined;
  return answer.status === 404 || answer.status === 410 ? { code: answer.status, says: answer.detail } : undefined;
}

/** Why `ticket` does not open the stage of `room`, in words for its host; nothing if it does (or if nobody answers). */
export async function whyNoStage(room: string, ticket: string): Promise<LinkEnd | undefined> {
  const headers = { authorization: `Bearer ${ticket}` };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/ticket`, { headers });
  if (!("code" in answer)) return undefined;
  switch (answer.code) {
    case "room-ended":
      return { code: 4500, says: "The room is over" };
    case "room-moved":
      return { code: 4502, says: "Another room has taken this audience over. Its host has another link" };
    case "ticket-invalid":
      return { code: answer.status, says: "This host link does not open this room. Part of it may be missing: copy the whole link again" };
    case "ticket-expired":
      return { code: answer.status, says: "This host link has expired. Use a newer one, or make a new room" };
    case "ticket-for-another-room":
      return { code: answer.status, says: "This host link is for another room. Open the one that you got for this room" };
    case "ticket-role-wrong":
      return { code: answer.status, says: "This link does not make you the host. Open the host link" };
    case "room-unknown":
      return { code: answer.status, says: "There is no room of this name any more" };
    default:
      return undefined;
  }
}

/** The host expects so many listeners. */
export async function expectCrowd(room: string, ticket: string, listeners: number): Promise<CrowdProgress | Problem> {
  const headers = { authorization: `Bearer ${ticket}`, "content-type": "application/json" };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/expect`, {
    method: "POST",
    headers,
    body: JSON.stringify({ listeners }),
  });
  return "code" in answer ? answer : (progressOf(answer.fields) ?? notUnderstood(answer.status));
}

/** How far the room is ready for whom its host expects; nothing if that cannot be known just now. */
export async function readCrowd(room: string, ticket: string): Promise<CrowdProgress | undefined> {
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/expect`, { headers: { authorization: `Bearer ${ticket}` } });
  return "code" in answer ? undefined : progressOf(answer.fields);
}

function progressOf({ expected, seats, leaves, ready, capped }: Fields): CrowdProgress | undefined {
  if (!isCount(expected) || !isCount(seats) || !isCount(leaves) || !isCount(ready)) return undefined;
  return { expected, seats, leaves, ready, capped: capped === true };
}

async function ask(path: string, init: RequestInit): Promise<{ status: number; fields: { readonly [key: string]: unknown } } | Problem> {
  try {
    const response = await fetch(path, init);
    const text = await response.text();
    const fields = response.status === 204 ? {} : parseObject(text);
    if (response.ok && fields !== undefined) return { status: response.status, fields };
    const { code, detail, title } = fields ?? {};
    if (typeof code !== "string") return notUnderstood(response.status);
    return { status: response.status, code, detail: typeof detail === "string" ? detail : typeof title === "string" ? title : code };
  } catch {
    return { status: 0, code: "unreachable", detail: "The server does not answer. Check your connection and try again." };
  }
}

function notUnderstood(status: number): Problem {
  return {
    status,
    code: "not-understood",
    detail: `The server answered ${status} in a way this page does not know. Try again in a moment.`,
  };
}
