import type { Context } from "hono";
import { z } from "zod";
import { refusal } from "../../core/room/refusals.ts";
import { parseSchedule, type Schedule, whyNotThen } from "../../core/room/schedule.ts";
import { stageSaysOf } from "../../core/wire/stage-says.ts";
import { zones } from "../../objects/room/zones.ts";
import { problem, problemOf } from "../request/problem.ts";

/** The shape of what announces an evening; what it means, `parseSchedule` says (core/room/schedule.ts). */
const FIELDS = {
  opensAt: z.string().describe("ISO 8601: with an offset, or without one as a clock on a wall in timeZone shows it"),
  timeZone: z.string().describe('An IANA name like "Europe/Berlin": the zone in which people are told of the time'),
  minutes: z.int().optional().describe("How long it is to take"),
  about: z.string().optional().describe("What it is about, in a sentence or two"),
  speakers: z.array(z.string()).optional().describe("Who will speak, by name"),
  expect: z.int().optional().describe("So many listeners may come at once: the tree is made ready for them ten minutes before"),
};

/** In the body that makes a room. */
export const ScheduleBody = z.strictObject(FIELDS);

/** The verb's: the same, or `{"cancel": true}`. */
export const ScheduleVerb = z
  .looseObject({
    ...FIELDS,
    opensAt: FIELDS.opensAt.optional(),
    timeZone: FIELDS.timeZone.optional(),
    cancel: z.literal(true).optional().describe("Calls it off; then there is nothing else to say"),
  })
  .refine(
    (said) => stageSaysOf({ ...said, type: "schedule" }, zones) !== undefined,
    'a schedule has opensAt and timeZone; or say {"cancel": true}',
  );

/** What a room's summary says of an evening that was announced. */
export const AnnouncedView = z
  .object({
    opensAt: z.iso.datetime(),
    timeZone: z.string(),
    minutes: z.int().exactOptional(),
    about: z.string().exactOptional(),
    speakers: z.array(z.string()).describe("Nobody is named of a private room"),
    changedAt: z.iso.datetime(),
  })
  .meta({ ref: "Announced" });

/** The same for who runs the room; times in ms since 1970. */
export const DoorsView = z.object({
  opensAt: z.number(),
  timeZone: z.string(),
  minutes: z.int().exactOptional(),
  about: z.string().exactOptional(),
  speakers: z.array(z.string()).readonly(),
  expect: z.int().exactOptional(),
  changedAt: z.number(),
  openedAt: z.number().exactOptional().describe("When the doors did open; missing while they are closed"),
});

/** What may be wrong with a schedule beyond its shape. */
export const WRONG_SCHEDULES = [
  "schedule-invalid",
  "time-zone-unknown",
  "time-missing",
  "time-twice",
  "opens-too-soon",
  "opens-too-late",
] as const;

/** The schedule that a new room is to have; else the answer to who wrote what is none. */
export function readSchedule(c: Context, said: unknown): Schedule | Response {
  const schedule = parseSchedule(said, zones);
  if ("code" in schedule) return problem(c, schedule.code, schedule.says);
  const notThen = whyNotThen(schedule, Date.now());
  return notThen === undefined ? schedule : problemOf(c, refusal(notThen));
}
