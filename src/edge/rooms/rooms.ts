import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { CHUNK_MS_CHOICES, DEFAULT_CHUNK_MS } from "../../core/audio/format.ts";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import type { Listing } from "../../core/room/lobby.ts";
import { KEEP_DAYS, MOST_KEEP_DAYS } from "../../core/room/recording.ts";
import { refusal } from "../../core/room/refusals.ts";
import { DEFAULT_SPEAKERS, MOST_SPEAKERS } from "../../core/room/state.ts";
import { MAX_TITLE, readable } from "../../core/text.ts";
import { regionOf } from "../../core/tree/shape/region.ts";
import type { Summary } from "../../objects/calls/audience.ts";
import type { Created } from "../../objects/calls/room.ts";
import type { Env } from "../../objects/env.ts";
import { list } from "../../objects/lobby/lobby-client.ts";
import { roomStub } from "../../objects/locate.ts";
import { isRecordable } from "../../objects/recordable.ts";
import { forget, recall } from "../memory/plan-memory.ts";
import { ANY_ORIGIN } from "../request/any-origin.ts";
import { jsonOf, sentenceOf } from "../request/body.ts";
import { bringsKey } from "../request/keys.ts";
import type { RouteSays } from "../request/openapi.ts";
import { type ProblemCode, problem, problemOf } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { placeOf } from "../request/visitor.ts";
import { inventName } from "./room-names.ts";
import { AnnouncedView, readSchedule, ScheduleBody, WRONG_SCHEDULES } from "./schedule.ts";
import { WebhookWish } from "./webhook-address.ts";

/** Largest body that is read, in bytes. */
const MAX_BODY_BYTES = 4_096;

/** Stops reading a body that is too large, also one that does not say so. */
export const smallBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => problem(c, "body-too-large") });

/** What one may wish of a room that is made. */
export const WISHES = {
  title: z
    .string()
    .trim()
    .min(1, "a room needs a title")
    .max(MAX_TITLE * 4, `a title has at most ${MAX_TITLE} characters`)
    .transform((title, context) => {
      const said = readable(title, MAX_TITLE);
      if (said === undefined)
        context.addIssue({ code: "custom", message: `a title has at most ${MAX_TITLE} characters, all of which can be read` });
      return said ?? z.NEVER;
    }),
  room: z
    .string()
    .regex(/^[a-z0-9-]{3,64}$/, "a room's name has 3 to 64 characters of a-z, 0-9 and -")
    .optional()
    .describe("Its name, as it stands in its addresses; one is invented where it is missing"),
  listed: z.boolean().describe("Shown in the lobby"),
  chunkMs: z.literal(CHUNK_MS_CHOICES, "chunkMs is 40, 100 or 200").describe("How often sound is sent, in ms"),
  maxSpeakers: z
    .int()
    .min(1)
    .max(MOST_SPEAKERS, `at most ${MOST_SPEAKERS} people are on stage at once`)
    .describe("People on stage at once, at most"),
  webhook: WebhookWish.optional().describe("Who is told what happens in the room, where the operator allows it (ROOM_WEBHOOKS)"),
  record: z
    .strictObject({
      keepDays: z.int().min(1).max(MOST_KEEP_DAYS).optional().describe(`So long after its end, in days; ${KEEP_DAYS} if it is not said`),
    })
    .optional()
    .describe("It is recorded from its first word; who runs it may switch that off"),
};

/** What `POST /api/rooms` takes. */
const CreateBody = z.strictObject({
  ...WISHES,
  listed: WISHES.listed.default(false),
  chunkMs: WISHES.chunkMs.default(DEFAULT_CHUNK_MS),
  maxSpeakers: WISHES.maxSpeakers.default(DEFAULT_SPEAKERS),
  schedule: ScheduleBody.optional(),
});

/** What a room's maker is answered. */
export const Made = z
  .object({
    room: z.string().describe("Its name, as it stands in its addresses"),
    hostTicket: z.string().describe("Makes its bearer the host; 30 days"),
    successorTickets: z.array(z.string()).describe("For people whom you trust with your audience: the first to use one takes it over"),
    continues: z.string().optional().describe("The room whose audience this one has taken over"),
    webhookHost: z
      .string()
      .optional()
      .describe(
        "Of a room that continues another: the host name of whom it tells what happens; missing where nobody but the operator is told",
      ),
    urls: z.object({
      page: z.url().describe("For listeners"),
      broadcast: z.url().describe("The host's studio; the ticket stands in the fragment"),
      listen: z.url().describe("WebSocket: sound and states"),
      stage: z.url().describe("WebSocket: who speaks"),
      continue: z
        .array(z.url())
        .describe("For each successor ticket, which stands in the fragment, the page that takes the audience over with it"),
    }),
  })
  .meta({ ref: "Made" });

export const CREATE_ROOM: RouteSays = {
  name: "createRoom",
  tag: "rooms",
  summary: "Make a room",
  door: "create-key",
  body: { schema: CreateBody, example: { title: "Friday talk", listed: true } },
  answers: { 201: { says: "The room, and the tickets that open it", schema: Made } },
  no: ["room-taken", "room-name-invalid", "webhooks-off", "recording-unavailable", ...WRONG_SCHEDULES],
};

/** `POST /api/rooms`: a new room, and the tickets that open it. */
export async function createRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const locked = await lockedFor(c);
  if (locked !== undefined) return problem(c, locked);
  const body = CreateBody.safeParse(jsonOf(await c.req.text()));
  if (!body.success) return problem(c, "body-invalid", sentenceOf(body.error, '{"title": "Friday talk"}'));
  if (body.data.webhook !== undefined && c.env.ROOM_WEBHOOKS !== "1") return problem(c, "webhooks-off");
  const { record } = body.data;
  if (record !== undefined && !isRecordable(c.env)) return problemOf(c, refusal("recording-unavailable"));
  const schedule = body.data.schedule === undefined ? undefined : readSchedule(c, body.data.schedule);
  if (schedule instanceof Response) return schedule;
  const { title, listed, chunkMs, maxSpeakers, webhook } = body.data;
  const room = nameOf(body.data.room);
  if (room === undefined) return problem(c, "room-name-invalid");
  const { fanOut, leafListeners, leaves, maxListeners } = settingsOf(c.env);
  const shape = { region: regionOf(placeOf(c.req.raw)), fanOut, leafListeners, leaves, maxListeners };
  const wish = { room, title, listed, chunkMs, maxSpeakers, webhook, schedule, record };
  const created = await roomStub(c.env, room).create({ ...wish, ...shape });
  if (created === "taken") return problem(c, "room-taken");
  if (listed) {
    const announced = schedule === undefined ? {} : { opensAt: new Date(schedule.opensAt).toISOString(), timeZone: schedule.timeZone };
    c.executionCtx.waitUntil(list(c.env, newListing(room, title, created.createdAt, announced)));
  }
  return made(c, room, created, {});
}

/** The answer to who has made a room: its name, its tickets, its addresses, and what else there is to say. */
export function made(
  c: Context<{ Bindings: Env }>,
  room: RoomId,
  created: Created,
  more: { readonly continues?: RoomId; readonly webhookHost?: string },
): Response {
  forget(room);
  const { hostTicket, successorTickets } = created;
  const body = { room, hostTicket, successorTickets, ...more, urls: urlsOf(c, room, created) };
  return c.json(body, 201, { "Cache-Control": "no-store" });
}

/** The name that a room is to have: the one that was wished for, or an invented one. */
export function nameOf(wished: string | undefined): RoomId | undefined {
  return parseRoomId(wished ?? inventName(crypto.getRandomValues(new Uint32Array(3))));
}

/** What anybody may know of a room. */
const RoomSummary = z
  .object({
    room: z.string(),
    title: z.string(),
    phase: z.enum(["quiet", "live", "ended"]),
    listeners: z.int(),
    chunkMs: z.number(),
    listed: z.boolean(),
    createdAt: z.iso.datetime(),
    locked: z.boolean().describe("Private: who comes to listen needs a ticket"),
    recorded: z.boolean().describe("Something of it is kept"),
    speakers: z
      .array(z.object({ name: z.string(), role: z.enum(["host", "co-host", "speaker"]) }))
      .exactOptional()
      .describe("Who is on stage; missing in a private room"),
    opensAt: z.iso.datetime().exactOptional().describe("When its doors open; missing once they are open"),
    schedule: AnnouncedView.exactOptional().describe("What was announced of it, also once its doors are open"),
  })
  .meta({ ref: "Room" }) satisfies z.ZodType<Omit<Summary, "room">>;

export const READ_ROOM: RouteSays = {
  name: "readRoom",
  tag: "rooms",
  summary: "What anybody may know of a room",
  about: "At most SUMMARY_SECONDS old.",
  door: "anybody",
  answers: { 200: { says: "The room", schema: RoomSummary } },
  no: ["room-unknown"],
};

/** `GET /api/rooms/:room`: what anybody may know of a room. At most SUMMARY_SECONDS old. */
export async function readRoom(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  if (known === undefined) return problem(c, "room-unknown");
  return c.json(known.summary, 200, { "Cache-Control": "public, max-age=5", ...ANY_ORIGIN });
}

/** How the lobby first shows a room: it says more of itself as soon as there is more to say. */
export function newListing(room: RoomId, title: string, createdAt: string, announced: Pick<Listing, "opensAt" | "timeZone"> = {}): Listing {
  return { room, title, createdAt, live: false, listeners: 0, ...announced, at: Date.parse(createdAt) };
}

/** Why this caller may not make rooms; undefined if he may. Nothing is open on a deployment that nobody opened. */
async function lockedFor(c: Context<{ Bindings: Env }>): Promise<ProblemCode | undefined> {
  if (c.env.OPEN_CREATE === "1") return undefined;
  const key = c.env.CREATE_KEY;
  if (key === undefined || key === "") return "create-key-missing";
  return (await bringsKey(c, key)) ? undefined : "create-key-wrong";
}

function urlsOf(c: Context, room: RoomId, { hostTicket, successorTickets }: Created): z.infer<typeof Made>["urls"] {
  const page = new URL(`/rooms/${room}`, c.req.url);
  const socket = new URL(page);
  socket.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  // Tickets stand in the fragment, which no browser sends to any server.
  return {
    page: page.href,
    broadcast: `${page.href}/broadcast#ticket=${hostTicket}`,
    listen: `${socket.href}/listen`,
    stage: `${socket.href}/stage`,
    continue: successorTickets.map((ticket) => `${page.href}/continue#ticket=${ticket}`),
  };
}
