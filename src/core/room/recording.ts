import { isCount, isFields } from "../json.ts";
import type { RecordingWish, Room } from "./state.ts";
import { no, type Step } from "./step.ts";

/** Days for which a recording is kept after the room's end, where nobody has said how many. */
export const KEEP_DAYS = 30;
/** No recording is kept for longer after the room's end, in days. */
export const MOST_KEEP_DAYS = 3_650;
const DAY_MS = 86_400_000;

/** On or off, or only for how long: what is left out stays, also what the host of a room before this one has promised. */
export function record(room: Room, on: boolean, keepDays: number | undefined): Step {
  if (on && !room.recordable) return no(room, "recording-unavailable");
  const { keepDays: before, any = false } = room.recording ?? {};
  const kept = any ? before : (before ?? KEEP_DAYS);
  const recording: RecordingWish = { on, keepDays: keepDays ?? kept, any: any || on };
  return { room: { ...room, recording } };
}

/** What a room begins with that was made to be recorded; nothing is kept of it yet. */
export function toBeRecorded(keepDays = KEEP_DAYS): RecordingWish {
  return { on: true, keepDays, any: false };
}

/** The room goes live: of one that is recorded, something is kept from here on. */
export function withSoundKept(room: Room): Room {
  return room.recording === undefined || !isRecorded(room) ? room : { ...room, recording: { ...room.recording, any: true } };
}

/** All that was kept is deleted; what is said from here on is kept as before. */
export function recordingDeleted(room: Room): Room {
  return room.recording?.any === true ? { ...room, recording: { ...room.recording, any: isRecorded(room) } } : room;
}

/** True while what is said is kept. */
export function isRecorded({ recording, recordable, phase }: Room): boolean {
  return recording?.on === true && recordable && phase !== "ended";
}

/** How long it is kept after the room's end, in ms; undefined where nobody has said anything of it. */
export function keepMsOf({ recording }: Room): number | undefined {
  return recording?.keepDays === undefined ? undefined : recording.keepDays * DAY_MS;
}

/** When all that is kept of a room that is over now will have gone, in ms since 1970; undefined if nothing is kept. */
export function keptUntil(room: Room, now: number): number | undefined {
  return room.recording?.any === true ? now + (keepMsOf(room) ?? KEEP_DAYS * DAY_MS) : undefined;
}

/** True of days for which a recording may be kept. */
export function isKeepDays(said: unknown): said is number {
  return isCount(said) && said >= 1 && said <= MOST_KEEP_DAYS;
}

/** The only door for what was kept of it. */
export function recordingOf(said: unknown): RecordingWish | undefined {
  if (!isFields(said)) return undefined;
  const { on, keepDays, any } = said;
  return { on: on === true, keepDays: isKeepDays(keepDays) ? keepDays : undefined, any: any === true };
}
