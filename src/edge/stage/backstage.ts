import type { Context } from "hono";
import { z } from "zod";
import { REGIONS } from "../../core/tree/shape/region.ts";
import type { Backstage } from "../../objects/calls/room.ts";
import type { Env } from "../../objects/env.ts";
import { roomStub } from "../../objects/locate.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem, problemOf } from "../request/problem.ts";
import { DoorsView } from "../rooms/schedule.ts";
import { roomAndBearer } from "./verbs.ts";

const person = { session: z.string(), name: z.string() };
const region = z.enum([...REGIONS, "other"]);

/** What the panel of who runs the room is told on its socket, at this moment. */
export const BackstageView = z
  .object({
    room: z.string(),
    title: z.string(),
    phase: z.enum(["quiet", "live", "ended"]),
    locked: z.boolean(),
    stageLocked: z.boolean(),
    host: z.enum(["here", "silent", "gone"]).describe("What the host's line says"),
    speakers: z
      .array(
        z.object({
          ...person,
          voice: z.int().describe("What his sound bears in chunks"),
          role: z.enum(["host", "co-host", "speaker"]),
          rank: z.literal([1, 2]).exactOptional(),
          state: z.enum(["away", "off", "muted", "on-air"]),
          muteLocked: z.boolean().exactOptional(),
        }),
      )
      .readonly(),
    hands: z
      .array(z.object({ ...person, state: z.enum(["raised", "invited"]), since: z.number() }))
      .readonly()
      .describe("Who wants to speak, or was asked to"),
    questions: z.array(z.object({ ...person, id: z.string(), text: z.string(), pinned: z.boolean() })).readonly(),
    successors: z.array(z.object({ ...person, rank: z.literal([1, 2]), here: z.boolean() })).readonly(),
    mayTakeOver: z.array(z.string()).readonly().describe("Sessions of co-hosts who may take the room over now"),
    bans: z.array(z.object({ ...person, address: z.boolean() })).readonly(),
    audience: z.object({ listeners: z.int(), peak: z.int(), unique: z.int().describe("An estimate"), hearing: z.int() }),
    regions: z.array(z.object({ region, listeners: z.int(), hearing: z.int() })).readonly(),
    lines: z
      .array(z.object({ session: z.string(), roundTripMs: z.number().exactOptional(), lossPercent: z.number() }))
      .readonly()
      .describe("How the speakers' lines do"),
    schedule: DoorsView.exactOptional().describe("What is announced; missing where nothing is"),
  })
  .meta({ ref: "Backstage" });

export const READ_BACKSTAGE: RouteSays = {
  name: "readBackstage",
  tag: "running",
  summary: "Who is there, who wants what, and how the audience does",
  about: "What the panel of who runs the room shows, at this moment. Who wants to follow it connects to `stage` instead.",
  door: "ticket",
  answers: { 200: { says: "All of it", schema: BackstageView } },
  no: ["hosts-only", "too-many-verbs"],
};

/** `GET /api/rooms/:room/backstage`: what the panel of who runs the room shows. For who runs the room. */
export async function readBackstage(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c);
  if ("refused" in bearer) return bearer.refused;
  const seen = await roomStub(c.env, bearer.room).backstage(bearer.by);
  if (seen === undefined) return problem(c, "room-ended");
  if (seen === "too-many") return problem(c, "too-many-verbs");
  if ("refused" in seen) return problemOf(c, seen.refused);
  const view: Backstage = seen;
  return c.json(view, 200, { "Cache-Control": "no-store" });
}
