import type { Context } from "hono";
import ical from "ical-generator";
import { parseRoomId } from "../../core/ids.ts";
import type { Announced } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { recall } from "../memory/plan-memory.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";

/** An evening whose length nobody said is an hour in calendars: without a length they show a moment. */
const MINUTES = 60;
/** Revisions of an event count the seconds since then: they must rise with every change, and fit into 31 bits until the year 2088. */
const REVISIONS_SINCE = Date.UTC(2020, 0, 1);

export const EVENT_ICS: RouteSays = {
  name: "readEvent",
  tag: "rooms",
  summary: "A scheduled room as an event for calendars",
  about: "iCalendar (RFC 5545). Whoever imports it again after the room was put off has one event, at the new time.",
  door: "anybody",
  answers: { 200: { says: "The event", type: "text/calendar" } },
  no: ["room-unknown", "not-scheduled"],
};

/** `GET /rooms/:room/event.ics`. */
export async function eventIcs(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  if (room === undefined || known === undefined) return problem(c, "room-unknown");
  const { title, schedule } = known.summary;
  if (schedule === undefined) return problem(c, "not-scheduled");
  const page = new URL(`/rooms/${room}`, c.req.url);
  return c.body(eventOf(room, title, schedule, page), 200, {
    "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
    "Content-Disposition": `attachment; filename="${room}.ics"`,
    "Cache-Control": "public, max-age=5",
  });
}

/** One event in UTC, which no change of a zone's rules can move. */
function eventOf(room: string, title: string, { opensAt, minutes = MINUTES, about, speakers, changedAt }: Announced, page: URL): string {
  const start = new Date(opensAt);
  const calendar = ical({ prodId: { company: "Canopy", product: "Canopy", language: "EN" } });
  calendar.createEvent({
    // Of this room on this server, for as long as it lives: calendars know the event again by it.
    id: `${room}@${page.hostname}`,
    sequence: Math.max(0, Math.floor((Date.parse(changedAt) - REVISIONS_SINCE) / 1_000)),
    stamp: new Date(changedAt),
    start,
    end: new Date(start.getTime() + minutes * 60_000),
    summary: title,
    description: [about, speakers.join(", "), page.href].filter((part) => part !== undefined && part !== "").join("\n\n"),
    url: page.href,
    location: page.href,
  });
  return calendar.toString();
}
