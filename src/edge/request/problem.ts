import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { RoomId } from "../../core/ids.ts";
import type { Refusal, RefusalCode } from "../../core/room/refusals.ts";
import { SCHEDULE_FAULTS } from "../../core/room/schedule.ts";

/** Every *no* of the API: its stable code, its status, and what people read (RFC 9457). */
export const PROBLEMS = {
  "not-found": [404, "There is nothing at this address"],
  "room-unknown": [404, "There is no room of this name. Rooms are made with POST /api/rooms or on the home page"],
  "room-name-invalid": [400, "A room's name has 3 to 64 characters of a-z, 0-9 and -"],
  "room-taken": [409, "A room of this name exists already. Choose another name, or use the host link you saved when you made it"],
  "room-moved": [409, "Another room has taken this audience over"],
  "room-ended": [410, "This room is over"],
  "range-unsatisfiable": [416, "The file has none of these bytes"],
  "recording-none": [404, "Nothing is kept of this room"],
  "room-full": [503, "The room is full at this moment. Try again in a few seconds"],
  "leaf-busy": [503, "So many are coming at this moment that there was no time for this one. Try again in a few seconds"],
  "server-full": [503, "This server holds as many connections as it can. Try again in a few seconds"],
  "room-unready": [503, "The room could not be reached just now. Try again in a second"],
  "upgrade-required": [426, "This address speaks WebSocket only"],
  "from-invalid": [400, "from must be epoch.sequence, as in ?from=3.1417"],
  "ticket-missing": [401, 'Bring your ticket in the subprotocol list: ["canopy.v1", "ticket.<your ticket>"]'],
  "listen-ticket-missing": [401, "This room is private: bring your invitation, as Authorization: Bearer <ticket>"],
  removed: [403, "A host removed you from this room"],
  "ticket-invalid": [401, "This ticket was not signed by this room"],
  "ticket-expired": [401, "This ticket has expired"],
  "ticket-for-another-room": [403, "This ticket is for another room"],
  "ticket-used": [409, "This ticket has taken the audience over already, and the new room has its host"],
  "ticket-role-wrong": [403, "This ticket does not open the stage"],
  "create-key-missing": [503, "Nobody may make rooms here yet. The operator sets a key with: npx wrangler secret put CREATE_KEY"],
  "create-key-wrong": [401, "Making a room here needs the operator's key, as Authorization: Bearer <key>"],
  "admin-key-wrong": [401, "This needs the operator's ADMIN_KEY, as Authorization: Bearer <key>"],
  "report-off": [503, "This server takes no reports. Write to whoever runs it"],
  "webhooks-off": [403, "This server tells no webhooks that rooms name themselves. Its operator sets ROOM_WEBHOOKS"],
  "too-many-joins": [429, "So many came from your network at once that there was no time for this one. Try again in ten seconds"],
  "too-many-requests": [429, "So much came from your network at this moment that this was left out. Try again in a minute"],
  "too-many-verbs": [429, "You ask for more than a room does at once. Try again in a second"],
  "body-invalid": [400, "The request's body could not be read"],
  "not-scheduled": [404, "This room is not scheduled"],
  "schedule-invalid": [400, SCHEDULE_FAULTS["schedule-invalid"]],
  "time-zone-unknown": [400, SCHEDULE_FAULTS["time-zone-unknown"]],
  "time-missing": [400, SCHEDULE_FAULTS["time-missing"]],
  "time-twice": [400, SCHEDULE_FAULTS["time-twice"]],
  "body-too-large": [413, "The request's body is too large"],
  fault: [500, "Something broke on our side. It has been written down; please try again"],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A *no* of a room's people over HTTP: 403 where it is not his to do, 409 (what is not listed here) where it cannot be done now. */
const REFUSED: Partial<Record<RefusalCode, ContentfulStatusCode>> = {
  "hosts-only": 403,
  "host-only": 403,
  "co-hosts-only": 403,
  outranked: 403,
  "not-yourself": 403,
  "mute-locked": 403,
  removed: 403,
  "question-unknown": 404,
  "caption-too-often": 429,
  "room-ended": 410,
};

/** The status that a *no* of a room's people goes out with. */
export function statusOfRefusal(code: RefusalCode): ContentfulStatusCode {
  return REFUSED[code] ?? 409;
}

/** A *no* of a room's people, with its own code and sentence. */
export function problemOf(c: Context, { code, says }: Refusal): Response {
  // Off the stage a ticket is what any wrong one is.
  return code === "off-stage" ? problem(c, "ticket-role-wrong", says) : answer(c, code, statusOfRefusal(code), says, says);
}

/** True of a code in PROBLEMS; objects refuse with these. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}

/**
 * An answer of application/problem+json. 503 says when to try again, 401 how to authenticate.
 *
 * @param detail what people read, where it says more than the code's own sentence
 * @param more what programs read besides
 */
export function problem(c: Context, code: ProblemCode, detail?: string, more: { readonly room?: RoomId } = {}): Response {
  const [status, says] = PROBLEMS[code];
  return answer(c, code, status, says, detail ?? says, more);
}

/** As long as what was counted is counted (edge/request/limits.ts), in s, where that is no minute. */
const RETRY_AFTER: Readonly<Record<string, string>> = { "too-many-joins": "10", "too-many-verbs": "1", "caption-too-often": "4" };

function answer(c: Context, code: string, status: ContentfulStatusCode, title: string, detail: string, more: object = {}): Response {
  const body = { type: `urn:canopy:problem:${code}`, title, status, code, detail, ...more };
  const headers: Record<string, string> = { "Content-Type": "application/problem+json", "Cache-Control": "no-store" };
  if (status === 503) headers["Retry-After"] = "2";
  if (status === 429) headers["Retry-After"] = RETRY_AFTER[code] ?? "60";
  if (status === 426) headers["Upgrade"] = "websocket";
  if (code === "create-key-wrong" || code === "admin-key-wrong") headers["WWW-Authenticate"] = "Bearer";
  return c.body(JSON.stringify(body), status, headers);
}
