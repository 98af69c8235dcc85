import type { Context } from "hono";
import { z } from "zod";
import { parseRoomId, type RoomId } from "../core/ids.ts";
import { REGIONS } from "../core/tree/region.ts";
import type { Env } from "../objects/calls.ts";
import { roomStub } from "../objects/locate.ts";
import { bearerOf, jsonOf, sentenceOf } from "./body.ts";
import { problem } from "./problem.ts";
import { settingsOf } from "./settings.ts";
import { admit } from "./stage.ts";

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

/** `POST /api/rooms/:room/expect`: a crowd will come; the tree is made for it and woken before the doors open. For the host. */
export async function expectCrowd(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = await roomOfHost(c);
  if (typeof room !== "string") return room.refused;
  const body = ExpectBody.safeParse(jsonOf(await c.req.text()));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"listeners": 50000}'));
  const { listeners, regions = {} } = body.data;
  const shares = Array.isArray(regions) ? Object.fromEntries(regions.map((named) => [named, 1])) : regions;
  const progress = await roomStub(c.env, room).expect({ listeners, shares }, settingsOf(c.env).maxListeners);
  return progress === undefined ? problem(c, "room-ended") : c.json(progress, 200, { "Cache-Control": "no-store" });
}

/** `GET /api/rooms/:room/expect`: how far the tree is ready. For the host. */
export async function readExpected(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = await roomOfHost(c);
  if (typeof room !== "string") return room.refused;
  const progress = await roomStub(c.env, room).progress();
  return progress === undefined ? problem(c, "room-ended") : c.json(progress, 200, { "Cache-Control": "no-store" });
}

/** The room, if its host asks: this goes to the room's object, which strangers never reach. */
async function roomOfHost(c: Context<{ Bindings: Env }>): Promise<RoomId | { readonly refused: Response }> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return { refused: problem(c, "room-unknown") };
  const ticket = bearerOf(c);
  if (ticket === undefined) return { refused: problem(c, "ticket-missing", "Bring the host's ticket, as Authorization: Bearer <ticket>") };
  const claims = await admit(c.env, room, ticket);
  return typeof claims === "string" ? { refused: problem(c, claims) } : room;
}
