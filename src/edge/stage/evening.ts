import type { Context } from "hono";
import { formatEvening } from "../../core/evening-report.ts";
import type { Env } from "../../objects/env.ts";
import { roomStub } from "../../objects/locate.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem, problemOf } from "../request/problem.ts";
import { roomAndBearer } from "./verbs.ts";

export const READ_EVENING: RouteSays = {
  name: "readEvening",
  tag: "running",
  summary: "The report of the evening, as CSV",
  about:
    "A line for each ten seconds in which the room was live: listeners (of the live lane; who hears the cached one is counted by nobody), joins since the line " +
    "before, whether the operator's limit diverted some, the widest stride, and how late sound came at the latest leaf. After a day one line a " +
    "minute is kept; all of it goes with the recording, or 30 days after the room's end. For hosts and co-hosts, also once the room is over.",
  door: "ticket",
  answers: { 200: { says: "CSV as RFC 4180 has it, the oldest line first", type: "text/csv" } },
  no: ["hosts-only", "too-many-verbs"],
};

/** `GET /api/rooms/:room/evening.csv`: what was known of the audience, for whoever runs the room. */
export async function readEvening(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c, "ended-too");
  if ("refused" in bearer) return bearer.refused;
  const rows = await roomStub(c.env, bearer.room).evening(bearer.by);
  if (rows === undefined) return problem(c, "room-unknown");
  if (rows === "too-many") return problem(c, "too-many-verbs");
  if ("refused" in rows) return problemOf(c, rows.refused);
  return c.body(formatEvening(rows), 200, {
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": `attachment; filename="${bearer.room}-evening.csv"`,
    "Cache-Control": "no-store",
  });
}
