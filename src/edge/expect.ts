import type { Context } from "hono";
import { z } from "zod";
import { REGIONS } from "../core/tree/region.ts";
import type { Env, Progress, Refused } from "../objects/calls.ts";
import { roomStub } from "../objects/locate.ts";
import { jsonOf, sentenceOf } from "./body.ts";
import { problem, problemOf } from "./problem.ts";
import { settingsOf } from "./settings.ts";
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

function told(c: Context, progress: Progress | Refused | undefined): Response {
  if (progress === undefined) return problem(c, "room-ended");
  return "refused" in progress ? problemOf(c, progress.refused) : c.json(progress, 200, { "Cache-Control": "no-store" });
}
