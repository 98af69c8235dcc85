import type { Listing } from "../../../core/room/lobby.ts";
import { type Doors, opensAtOf } from "../../../core/room/schedule.ts";
import type { Room as People } from "../../../core/room/state.ts";
import type { Legacy, Summary } from "../../calls/audience.ts";
import type { RoomRecord } from "../room-store.ts";

/** What the public is told of an evening that was announced. Of a private room: when, and no more. */
export function announced(room: { readonly doors?: Doors | undefined; readonly locked: boolean }): Pick<Summary, "opensAt" | "schedule"> {
  const { doors, locked } = room;
  if (doors === undefined) return {};
  const { opensAt, timeZone, minutes, about, speakers, changedAt } = doors;
  const length = minutes === undefined ? {} : { minutes };
  const words = locked ? { speakers: [] } : { speakers, ...(about === undefined ? {} : { about }) };
  const schedule = { opensAt: isoOf(opensAt), timeZone, ...length, ...words, changedAt: isoOf(changedAt) };
  return opensAtOf(room) === undefined ? { schedule } : { opensAt: isoOf(opensAt), schedule };
}

/** What a room leaves to whoever takes its audience over. @param doors as they are now */
export function legacyOf({ maxSpeakers, webhook }: Pick<RoomRecord, "maxSpeakers" | "webhook">, doors: Doors | undefined): Legacy {
  return { maxSpeakers, ...(webhook === undefined ? {} : { webhook }), ...(doors === undefined ? {} : { doors }) };
}

/** What the lobby is told of a room. */
export function listingOf(record: Pick<RoomRecord, "room" | "createdAt">, people: People, listeners: number): Listing {
  const opensAt = opensAtOf(people);
  const { title, phase, doors } = people;
  const announcedFor = opensAt === undefined || doors === undefined ? {} : { opensAt: isoOf(opensAt), timeZone: doors.timeZone };
  const { room, createdAt } = record;
  return { room, title, createdAt, live: phase === "live", listeners, ...announcedFor, at: Date.now() };
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
