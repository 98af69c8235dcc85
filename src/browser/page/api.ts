import { type Fields, isCount, isFields, parseObject } from "../../core/json.ts";
import type { Progress } from "../../core/tree/shape/plant.ts";
import { parseRecording, type RecordingNews } from "../../core/wire/recording.ts";
import { words } from "./words.ts";

/** What a new room's maker gets. The host ticket is shown once and kept nowhere else. */
export type CreatedRoom = {
  readonly room: string;
  readonly page: string;
  readonly broadcast: string;
  /** By rank: who opens one may take the audience over if the host cannot go on. */
  readonly rescue: readonly string[];
};

/** A *no* in the server's own words; `code` is stable. `room`: where the audience is now, to who would take it over. */
export type Problem = { readonly status: number; readonly code: string; readonly detail: string; readonly room?: string };

/** What a successor may take over. `taken`: with his ticket that was done already, and `room` is the new one. */
export type Successible = { readonly room: string; readonly live: boolean; readonly listeners: number; readonly taken: boolean };

/** An evening as it is announced: the time as a clock on the wall shows it, and in which zone; the server knows what that means, and says so if it is nothing. */
export type WantedSchedule = {
  readonly opensAt: string;
  readonly timeZone: string;
  readonly minutes?: number;
  readonly about?: string;
  readonly speakers: readonly string[];
  readonly expect?: number;
};

export type RoomRequest = {
  readonly title: string;
  readonly room?: string;
  readonly listed: boolean;
  readonly schedule?: WantedSchedule | undefined;
  /** It is recorded from its first word. */
  readonly record?: object | undefined;
};

/**
 * Makes a room.
 *
 * @param key the deployment's create key, where it wants one
 */
export async function createRoom(wanted: RoomRequest, key: string | undefined): Promise<CreatedRoom | Problem> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (key !== undefined) headers["authorization"] = `Bearer ${key}`;
  return makeRoom("/api/rooms", { method: "POST", headers, body: JSON.stringify(wanted) });
}

/** Takes the audience of `room` over with a room of one's own, which is as that one was. @param ticket a successor's */
export function continueRoom(room: string, ticket: string): Promise<CreatedRoom | Problem> {
  return makeRoom(`/api/rooms/${encodeURIComponent(room)}/continue`, { method: "POST", headers: { authorization: `Bearer ${ticket}` } });
}

/** Whether a successor's ticket would take the audience over now. */
export async function readSuccessible(room: string, ticket: string): Promise<Successible | Problem> {
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/continue`, { headers: { authorization: `Bearer ${ticket}` } });
  if ("code" in answer) return answer;
  const { room: now, phase, listeners, taken } = answer.fields;
  if (typeof now !== "string" || !isCount(listeners) || typeof taken !== "boolean") return notUnderstood(answer.status);
  return { room: now, live: phase === "live", listeners, taken };
}

async function makeRoom(path: string, init: RequestInit): Promise<CreatedRoom | Problem> {
  const answer = await ask(path, init);
  if ("code" in answer) return answer;
  const { room, urls } = answer.fields;
  const { page, broadcast, continue: rescue } = isFields(urls) ? urls : {};
  if (typeof room !== "string" || typeof page !== "string" || typeof broadcast !== "string") return notUnderstood(answer.status);
  return { room, page, broadcast, rescue: Array.isArray(rescue) ? rescue.filter((link) => typeof link === "string") : [] };
}

/** Tells who runs the server that something is wrong with a room. Nothing if it is on its way, else why not. */
export async function sendReport(room: string, reason: string, text: string): Promise<Problem | undefined> {
  const headers = { "content-type": "application/json" };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/report`, {
    method: "POST",
    headers,
    body: JSON.stringify({ reason, text }),
  });
  return "code" in answer ? answer : undefined;
}

/** Deletes what is kept of a room. Nothing if it is deleted, else why not. */
export async function deleteRecording(room: string, ticket: string): Promise<Problem | undefined> {
  const headers = { authorization: `Bearer ${ticket}` };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/recording`, { method: "DELETE", headers });
  return "code" in answer ? answer : undefined;
}

/** Announces the evening for another time, or calls it off. Nothing if it is done, else why not. */
export async function announce(
  room: string,
  ticket: string,
  wanted: WantedSchedule | { readonly cancel: true },
): Promise<Problem | undefined> {
  const headers = { authorization: `Bearer ${ticket}`, "content-type": "application/json" };
  const answer = await ask(`/api/rooms/${encodeURIComponent(room)}/schedule`, { method: "POST", headers, body: JSON.stringify(wanted) });
  return "code" in answer ? answer : undefined;
}

/** How far a room is ready for the crowd that its host expects; who is there already stands elsewhere on his page. */
export type CrowdProgress = Omit<Progress, "listeners">;

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

/** The report of an evening as CSV, for who ran it. */
export async function readEvening(room: string, ticket: string): Promise<string | Problem> {
  const answer = await say(`/api/rooms/${encodeURIComponent(room)}/evening.csv`, { headers: { authorization: `Bearer ${ticket}` } });
  return "code" in answer ? answer : answer.text;
}

/** What was recorded of a room; nothing where nothing was. */
export async function readRecording(room: string, ticket: string): Promise<RecordingNews | undefined> {
  const answer = await say(`/api/rooms/${encodeURIComponent(room)}/recording`, { headers: { authorization: `Bearer ${ticket}` } });
  return "code" in answer ? undefined : parseRecording(answer.text);
}

function progressOf({ expected, seats, leaves, ready, capped, full, planned }: Fields): CrowdProgress | undefined {
  if (!isCount(expected) || !isCount(seats) || !isCount(leaves) || !isCount(ready)) return undefined;
  const { listeners, at } = isFields(planned) ? planned : {};
  const later = isCount(listeners) && isCount(at) ? { planned: { listeners, at } } : {};
  return { expected, seats, leaves, ready, capped: capped === true, full: full === true, ...later };
}

/** Asks the server that this page came from: what it says, or its *no*. */
export async function ask(path: string, init: RequestInit): Promise<{ status: number; fields: Fields } | Problem> {
  const answer = await say(path, init);
  if ("code" in answer) return answer;
  const fields = answer.text === "" ? {} : parseObject(answer.text);
  return fields === undefined ? notUnderstood(answer.status) : { status: answer.status, fields };
}

async function say(path: string, init: RequestInit): Promise<{ status: number; text: string } | Problem> {
  try {
    const response = await fetch(path, init);
    const text = await response.text();
    if (response.ok) return { status: response.status, text };
    const { code, detail, title, room } = parseObject(text) ?? {};
    if (typeof code !== "string") return notUnderstood(response.status);
    const says = typeof detail === "string" ? detail : typeof title === "string" ? title : code;
    return { status: response.status, code, detail: says, ...(typeof room === "string" && { room }) };
  } catch {
    return { status: 0, code: "unreachable", detail: words.no.unreachable };
  }
}

function notUnderstood(status: number): Problem {
  return {
    status,
    code: "not-understood",
    detail: words.no.notUnderstood(status),
  };
}
