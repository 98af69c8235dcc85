import { type Fields, isCount, isFields, isNumber } from "../json.ts";
import { MAX_ABOUT, MAX_NAME, readable } from "../text.ts";
import { instantOf, type Zones } from "../zones.ts";

/** What is announced of an evening before it begins. */
export type Schedule = {
  /** When the doors open, in ms since 1970. */
  readonly opensAt: number;
  /** The zone in which whoever announced it thinks of that time: an IANA name that the platform knows. */
  readonly timeZone: string;
  /** How long it is to take. */
  readonly minutes?: number;
  readonly about?: string;
  /** Who will speak, by name. */
  readonly speakers: readonly string[];
  /** So many listeners may come at once: the tree is made ready for them before the doors open. */
  readonly expect?: number;
};

/** A schedule as the room keeps it. Times in ms since 1970. */
export type Doors = Schedule & {
  readonly changedAt: number;
  /** When they did open; undefined while they are closed. They open once for each schedule. */
  readonly openedAt?: number;
};

/** What can be wrong with a schedule that somebody wrote. */
export const SCHEDULE_FAULTS = {
  "schedule-invalid": "That is no schedule",
  "time-zone-unknown": "There is no time zone of this name",
  "time-missing": "There is no such time on that day: the clocks are put forward over it",
  "time-twice": "That time comes twice on that day, because the clocks are put back: give it with its offset",
} as const;

export type ScheduleFault = { readonly code: keyof typeof SCHEDULE_FAULTS; readonly says: string };

/** Names of speakers that are announced at most. */
export const MOST_NAMES = 12;
/** A week: what is longer is another room. */
export const MOST_MINUTES = 7 * 24 * 60;
/** More than anybody can mean. */
export const MOST_EXPECTED = 100_000_000;
/** A schedule further away than this, in ms, is a slip of the hand: a year and a fortnight, so that "the same weekend next year" can be said. */
const FURTHEST_MS = 380 * 24 * 3_600_000;
/** Before the doors open, in ms, the tree is made ready for whom it expects: leaves take seconds to wake, and a fault should be seen in time. */
const PLANT_MS = 10 * 60_000;

/**
 * The only door for a schedule that somebody wrote: `{opensAt, timeZone, minutes?, about?, speakers?, expect?}`.
 *
 * `opensAt` is ISO 8601: with an offset (`2026-12-24T20:00:00+01:00`, or Z), or without one, as a clock on a wall in `timeZone` shows it. A wall
 * time that the zone leaves out or has twice on that day (daylight saving) is told, never guessed.
 */
export function parseSchedule(said: unknown, zones: Zones): Schedule | ScheduleFault {
  if (!isFields(said)) return fault("schedule-invalid", "A schedule has at least opensAt and timeZone");
  const { opensAt, timeZone, minutes, expect } = said;
  if (typeof timeZone !== "string" || !isZoneName(timeZone)) {
    return fault("time-zone-unknown", 'timeZone is an IANA name like "Europe/Berlin"');
  }
  if (zones.offsetMsAt(timeZone, 0) === undefined) return fault("time-zone-unknown", `There is no time zone called ${timeZone}`);
  const at = typeof opensAt === "string" ? instantOf(opensAt, timeZone, zones) : undefined;
  if (at === undefined)
    return fault("schedule-invalid", 'opensAt is a time like "2026-12-24T20:00:00+01:00", or without offset in timeZone');
  if ("missing" in at) return fault("time-missing", `${opensAt} does not exist in ${timeZone}: the clocks are put forward over it`);
  if ("twice" in at) {
    return fault("time-twice", `${opensAt} comes twice in ${timeZone}, because the clocks are put back: write ${at.twice.join(" or ")}`);
  }
  if (minutes !== undefined && !isLength(minutes)) return fault("schedule-invalid", `minutes is a whole number from 1 to ${MOST_MINUTES}`);
  if (expect !== undefined && !isExpected(expect)) return fault("schedule-invalid", "expect is a whole number of listeners");
  const words = wordsIn(said);
  if (words === undefined) {
    return fault(
      "schedule-invalid",
      `about has at most ${MAX_ABOUT} characters that can be read; speakers are at most ${MOST_NAMES} names`,
    );
  }
  return { opensAt: at.at, timeZone, ...words, ...numbersIn({ minutes, expect }) };
}

/** The only door for doors that were kept; undefined for what this version cannot read. */
export function doorsOf(said: unknown): Doors | undefined {
  if (!isFields(said)) return undefined;
  const { opensAt, timeZone, changedAt, openedAt } = said;
  const words = wordsIn(said);
  if (!isNumber(opensAt) || typeof timeZone !== "string" || !isZoneName(timeZone) || !isNumber(changedAt) || words === undefined)
    return undefined;
  return { opensAt, timeZone, ...words, ...numbersIn(said), changedAt, ...(isNumber(openedAt) ? { openedAt } : {}) };
}

/** True while nobody may go on air, because the doors are yet to open. */
export function isClosed({ doors }: { readonly doors?: Doors | undefined }): boolean {
  return doors !== undefined && doors.openedAt === undefined;
}

/** When closed doors open, in ms since 1970; undefined where none are closed. */
export function opensAtOf({ doors }: { readonly doors?: Doors | undefined }): number | undefined {
  return doors?.openedAt === undefined ? doors?.opensAt : undefined;
}

/** Why doors cannot be set to open then; undefined if they can. @param now ms since 1970 */
export function whyNotThen({ opensAt }: Schedule, now: number): "opens-too-soon" | "opens-too-late" | undefined {
  if (opensAt <= now) return "opens-too-soon";
  return opensAt > now + FURTHEST_MS ? "opens-too-late" : undefined;
}

/** When the tree is made ready for the expected crowd, in ms since 1970; undefined where none is expected any more. */
export function plantAt(room: { readonly doors?: Doors | undefined }): number | undefined {
  const opensAt = opensAtOf(room);
  const expect = room.doors?.expect ?? 0;
  return opensAt === undefined || expect === 0 ? undefined : opensAt - PLANT_MS;
}

function wordsIn(said: Fields): Pick<Schedule, "about" | "speakers"> | undefined {
  const { about, speakers = [] } = said;
  const text = about === undefined || about === "" ? undefined : readable(about, MAX_ABOUT);
  if (about !== undefined && about !== "" && text === undefined) return undefined;
  const names = readableNames(speakers);
  return names && { ...(text === undefined ? {} : { about: text }), speakers: names };
}

/** Who will speak, as they may be announced; undefined if they are too many, or one of them cannot be read. */
export function readableNames(said: unknown): readonly string[] | undefined {
  if (!Array.isArray(said) || said.length > MOST_NAMES) return undefined;
  const names = said.map((name: unknown) => readable(name, MAX_NAME)).filter((name) => name !== undefined);
  return names.length === said.length ? names : undefined;
}

function numbersIn({ minutes, expect }: Fields): Pick<Schedule, "minutes" | "expect"> {
  return { ...(isLength(minutes) ? { minutes } : {}), ...(isExpected(expect) && expect > 0 ? { expect } : {}) };
}

function isLength(said: unknown): said is number {
  return isCount(said) && said >= 1 && said <= MOST_MINUTES;
}

function isExpected(said: unknown): said is number {
  return isCount(said) && said <= MOST_EXPECTED;
}

/** The shape of a zone's name; whether there is one of this name the platform knows. */
function isZoneName(said: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_+-]{0,31}(?:\/[A-Za-z0-9_+-]{1,32}){0,2}$/.test(said);
}

function fault(code: ScheduleFault["code"], says: string): ScheduleFault {
  return { code, says };
}
