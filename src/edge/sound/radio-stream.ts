import type { Context } from "hono";
import type { AudienceId } from "../../core/ids.ts";
import { MOST_RADIOS, nodeName, radioOf } from "../../core/tree/shape/plan.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { HEADER } from "../../objects/header.ts";
import { radioStub } from "../../objects/locate.ts";
import { keepNewest } from "../memory/newest.ts";
import { learnFrom } from "../memory/plan-memory.ts";
import { refuse } from "../request/any-origin.ts";
import { mayStill } from "../request/limits.ts";
import type { RouteSays } from "../request/openapi.ts";
import { isProblemCode, type ProblemCode } from "../request/problem.ts";
import { admitToRadio, NO_RADIO, OPEN, type RadioListener, RadioTicket, ticketQuery } from "./radio.ts";

/** A radio that was full is passed over for so long, in ms. */
const FULL_MS = 2_000;
/** Audiences whose full radios one isolate remembers; the oldest give way. */
const MOST_FULL = 1_000;

/** The first radio of an audience that is not known to be full, and until when that is believed. */
const full = new Map<AudienceId, { readonly below: number; readonly until: number }>();

export const LIVE_OGG: RouteSays = {
  name: "liveOgg",
  tag: "sound",
  summary: "The room as one stream for any player",
  about:
    "Progressive Ogg Opus that begins with the last seconds: whoever speaks loudest, his packets unchanged, and silence while nobody does. It ends with the room.",
  door: "listener",
  query: RadioTicket,
  answers: { 200: { says: "The stream", type: "audio/ogg" } },
  no: [...NO_RADIO],
};
export const LIVE_M3U: RouteSays = {
  name: "liveM3u",
  tag: "sound",
  summary: "A playlist file that opens the stream in a player",
  door: "listener",
  query: RadioTicket,
  answers: { 200: { says: "The playlist", type: "audio/x-mpegurl" } },
  no: ["room-ended"],
};
export const LIVE_PLS: RouteSays = {
  ...LIVE_M3U,
  name: "livePls",
  summary: "The same, as PLS",
  answers: { 200: { says: "The playlist", type: "audio/x-scpls" } },
};

/** `GET /rooms/:room/live.ogg`. */
export async function liveOgg(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admitToRadio(c);
  if (typeof guest === "string") return refuse(c, guest);
  const headers = { "Content-Type": "audio/ogg", ...OPEN, ...icy(guest.known) };
  // Players ask so what they are in for; nobody is to be seated for that.
  if (c.req.raw.method === "HEAD") return new Response(null, { headers });
  if (guest.mark !== undefined && !(await mayStill(c, "JOINS", guest.mark))) return refuse(c, "too-many-joins");
  const stream = await findRadio(c.env, guest);
  return typeof stream === "string" ? refuse(c, stream) : new Response(stream, { headers });
}

/** `GET /rooms/:room/live.m3u`. */
export async function liveM3u(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admitToRadio(c);
  if (typeof guest === "string") return refuse(c, guest);
  const text = `#EXTM3U\n#EXTINF:-1,${guest.known.summary.title}\n${streamAddress(c)}\n`;
  return new Response(text, { headers: { "Content-Type": "audio/x-mpegurl; charset=utf-8", ...OPEN } });
}

/** `GET /rooms/:room/live.pls`. */
export async function livePls(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admitToRadio(c);
  if (typeof guest === "string") return refuse(c, guest);
  const text = `[playlist]\nNumberOfEntries=1\nFile1=${streamAddress(c)}\nTitle1=${guest.known.summary.title}\nLength1=-1\nVersion=2\n`;
  return new Response(text, { headers: { "Content-Type": "audio/x-scpls; charset=utf-8", ...OPEN } });
}

/** The stream of the first radio that has room; or why there is none. */
async function findRadio(env: Env, { known, session, mark, uninvited, isNear }: RadioListener): Promise<ReadableStream | ProblemCode> {
  const { audience } = known.plan;
  const before = full.get(audience);
  let why: ProblemCode = "room-full";
  for (let index = before !== undefined && Date.now() < before.until ? before.below : 0; index < MOST_RADIOS; index++) {
    const radio = radioOf(audience, index);
    const headers: Record<string, string> = {
      [HEADER.node]: nodeName(radio),
      [HEADER.plan]: JSON.stringify(known.plan),
      [HEADER.name]: encodeURIComponent(known.summary.title),
    };
    if (session !== undefined) headers[HEADER.session] = session;
    if (mark !== undefined) headers[HEADER.address] = mark;
    if (uninvited === undefined) headers[HEADER.invited] = "1";
    if (isNear) headers[HEADER.near] = "1";
    const answer = await radioStub(env, radio)
      .fetch("https://node/live", { headers })
      .catch(() => undefined);
    if (answer?.body && answer.ok) return answer.body;
    if (answer !== undefined) learnFrom(known.summary.room, answer);
    const code = answer?.headers.get(HEADER.refusal) ?? "";
    if (code === "listen-ticket-missing") return uninvited ?? code;
    why = isProblemCode(code) ? code : "room-unready";
    if (why !== "room-full") return why;
    keepNewest(full, audience, { below: index + 1, until: Date.now() + FULL_MS }, MOST_FULL);
  }
  return why;
}

/** What players of internet radio show. Only on the stream: VLC takes whatever says so for one, a playlist too. */
function icy({ summary: { room, title } }: Known): Record<string, string> {
  // A header is read as Latin-1 or UTF-8, nobody knows which.
  return { "icy-name": /^[ -~]+$/.test(title) ? title : room, "icy-pub": "0" };
}

function streamAddress(c: Context): string {
  return new URL(`/rooms/${c.req.param("room")}/live.ogg${ticketQuery(c)}`, c.req.url).href;
}
