import { runsRoom } from "./roles.ts";
import { type Schedule, whyNotThen } from "./schedule.ts";
import type { Room, RoomEffect } from "./state.ts";
import { no, type Step } from "./step.ts";

/** Announces an evening, or another time for it: from now until then the doors are closed, and nobody goes on air. */
export function schedule(room: Room, wanted: Schedule, now: number): Step {
  if (room.phase === "live") return no(room, "live-already");
  const why = whyNotThen(wanted, now);
  if (why !== undefined) return no(room, why);
  // The tickets of who runs the room must outlive the evening, however far it was put off.
  const tickets = [...room.speakers.values()].filter((speaker) => runsRoom(speaker) && speaker.connection !== undefined);
  const late = tickets.map(({ session, role, name }): RoomEffect => ({ do: "new-ticket", to: session, role, name }));
  return { room: { ...room, doors: { ...wanted, changedAt: now } }, late };
}

/** The evening is called off, and the room is one like any other: open, and quiet. */
export function callOff(room: Room): Step {
  if (room.doors === undefined) return no(room, "not-scheduled");
  const { doors: _, ...rest } = room;
  return { room: rest };
}

/** The doors open, by their time or before it; doors that are open stay so, and nobody hears of it again. */
export function openDoors(room: Room, now: number): Step {
  if (room.doors === undefined || room.doors.openedAt !== undefined) return { room };
  return { room: { ...room, doors: { ...room.doors, openedAt: now } }, late: [{ do: "opened" }, { do: "ready-clock" }] };
}
