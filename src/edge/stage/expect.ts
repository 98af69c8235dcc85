import type { Context } from "hono";
import { z } from "zod";
import type { Progress } from "../../core/tree/shape/plant.ts";
import { REGIONS } from "../../core/tree/shape/region.ts";
import type { Refused, TooMany } from "../../objects/calls/room.ts";
import type { Env } from "../../objects/env.ts";
import { roomStub } from "../../objects/locate.ts";
import { jsonOf, sentenceOf } from "../request/body.ts";
import type { RouteSays } from "../request/openapi.ts";
import { problem, problemOf } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { roomAndBearer } from "./verbs.ts";

/** More than anybody can mean. */
const MOST_EXPECTED = 100_000_000;

const REGIONS_SAYS = `regions is a list like ["weur", "enam"] or shares like {"weur": 0.7, "enam": 0.3}, of ${REGIONS.join(", ")}`;

const region = z.enum(REGIONS, { error: `a region is one of ${REGIONS.join(", ")}` });

/** Shares are compared with each other; a number larger than this, or smaller than its inverse, is no share. */
const MOST_SHARE = 1_000_000;

/** What `POST …/expect` takes: shares by region, or regions that get equal shares. */
const ExpectBody = z.strictObject({
  listeners: z
    .int("listeners is a whole number")
    .min(0, "listeners is 0 or more; 0 means that no crowd is expected any more")
    .max(MOST_EXPECTED, "that many people do not listen to one room"),
  regions: z
    .union(
      [
        z.array(region).min(1, REGIONS_SAYS),
        z
          .partialRecord(
            region,
            z
              .number()
              .min(1 / MOST_SHARE)
              .max(MOST_SHARE),
          )
          .refine((shares) => Object.keys(shares).length > 0, REGIONS_SAYS),
      ],
      {
        error: `regions is a list like ["weur", "enam"] or shares like {"weur": 0.7, "enam": 0.3}, of ${REGIONS.join(", ")}`,
      },
    )
    .optional(),
});

/** How far a tree is ready for its crowd. */
const Readiness = z
  .object({
    expected: z.int().describe("Listeners that were last said to come; 0 if none were"),
    seats: z.int().describe("Listeners for whom there are leaves"),
    leaves: z.int(),
    ready: z.int().describe("Leaves that are awake and linked"),
    listeners: z.int(),
    capped: z.boolean().describe("More are expected than the operator allows"),
    full: z.boolean().describe("More want to come just now than the operator allows: they hear the cached lane"),
    planned: z
      .object({ listeners: z.int(), at: z.number().describe("ms since 1970") })
      .exactOptional()
      .describe("The tree will be made ready by itself for so many then, because the room is scheduled"),
  })
  .meta({ ref: "Readiness" }) satisfies z.ZodType<Progress>;

const READY = { 200: { says: "How far the tree is ready", schema: Readiness } };

export const EXPECT_CROWD: RouteSays = {
  name: "expectCrowd",
  tag: "running",
  summary: "Say how many people are expected",
  about: "Makes the tree wide enough for so many and wakes it, before they come. `listeners: 0` ends it.",
  door: "ticket",
  body: { schema: ExpectBody, example: { listeners: 50_000, regions: { weur: 0.7, enam: 0.3 } } },
  answers: READY,
  no: ["hosts-only", "too-many-verbs"],
};

export const READ_EXPECTED: RouteSays = {
  name: "readExpected",
  tag: "running",
  summary: "How far the tree is ready for its crowd",
  about: "To be read until `ready` is `leaves`.",
  door: "ticket",
  answers: READY,
  no: ["hosts-only"],
};

/** `POST /api/rooms/:room/expect`: a crowd will come; the tree is made for it and woken before the doors open. For who runs the room. */
export async function expectCrowd(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c);
  if ("refused" in bearer) return bearer.refused;
  const body = ExpectBody.safeParse(jsonOf(await c.req.text()));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"listeners": 50000}'));
  const { listeners, regions = {} } = body.data;
  const shares = Array.isArray(regions) ? Object.fromEntries(regions.map((named) => [named, 1])) : regions;
  const { room, by } = bearer;
  return told(c, await roomStub(c.env, room).expect(by, { listeners, shares }, settingsOf(c.env).maxListeners));
}

/** `GET /api/rooms/:room/expect`: how far the tree is ready. For who runs the room. */
export async function readExpected(c: Context<{ Bindings: Env }>): Promise<Response> {
  const bearer = await roomAndBearer(c);
  if ("refused" in bearer) return bearer.refused;
  return told(c, await roomStub(c.env, bearer.room).progress(bearer.by));
}

function told(c: Context, progress: Progress | Refused | TooMany | undefined): Response {
  if (progress === undefined) return problem(c, "room-ended");
  if (progress === "too-many") return problem(c, "too-many-verbs");
  return "refused" in progress ? problemOf(c, progress.refused) : c.json(progress, 200, { "Cache-Control": "no-store" });
}
