import type { Context } from "hono";
import { z } from "zod";
import { addressOf, isLoopback } from "../../core/address.ts";
import { initSegment } from "../../core/audio/fragment.ts";
import { type AudienceId, parseRoomId, type SessionId } from "../../core/ids.ts";
import { isKeptOut } from "../../core/tree/people/visitors.ts";
import { MOST_RADIOS, nodeName, type Plan, radioOf } from "../../core/tree/shape/plan.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { HlsAnswer, HlsSays } from "../../objects/calls/radio.ts";
import type { Env } from "../../objects/env.ts";
import { HEADER } from "../../objects/header.ts";
import { radioStub } from "../../objects/locate.ts";
import { learn, learnFrom, recall } from "../memory/plan-memory.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { listenClaims } from "../people/guest.ts";
import { ANY_ORIGIN, refuse } from "../request/any-origin.ts";
import { bearerOf } from "../request/body.ts";
import { addressMarkOf } from "../request/identity.ts";
import { mayStill } from "../request/limits.ts";
import type { RouteSays } from "../request/openapi.ts";
import { isProblemCode, type ProblemCode } from "../request/problem.ts";
import { settingsOf } from "../request/settings.ts";
import { addressTextOf } from "../request/visitor.ts";

/** A radio that was full is passed over for so long, in ms. */
const FULL_MS = 2_000;
/** Audiences whose full radios one isolate remembers, and pieces of HLS: some 8 KB each. The oldest give way. */
const MOST_REMEMBERED = 1_000;
/**
 * How long one playlist is handed out, and believed what a radio said with it, in ms: half of what is in a fragment, so that nobody is told too
 * late of the next; also how long somebody who was removed still hears.
 */
const PLAYLIST_MS = 1_000;
/** How long it is believed that a fragment is not there, in ms: an eighth of its length, so nobody hears it later than he would notice. */
const MISS_MS = 250;
/** Fragments that may have been made since a radio was asked. */
const AHEAD = 1;
/** A fragment's bytes never change under its number; caches may keep them for as long as a playlist lists them, in s. */
const FRAGMENT_S = 20;
/** Which radio serves HLS: all who play it ask through the edges' memories, so one is enough. */
const HLS_RADIO = 0;

/** The first radio of an audience that is not known to be full, and until when that is believed. */
const full = new Map<AudienceId, { readonly below: number; readonly until: number }>();
const playlists = new Map<string, { readonly answer: HlsAnswer; readonly at: number }>();
/** What the first radio of an audience said last, with a playlist or without; undefined: that it has never played. */
const looks = new Map<AudienceId, { readonly says: HlsSays | undefined; readonly at: number }>();
const lookQuestions = new SharedQuestions<AudienceId, HlsSays | undefined>();
const playlistQuestions = new SharedQuestions<string, HlsAnswer>();
const fragments = new Map<string, Uint8Array<ArrayBuffer>>();
/** Fragments that were not there, and until when that is believed, in ms since 1970. */
const misses = new Map<string, number>();
const fragmentQuestions = new SharedQuestions<string, Uint8Array<ArrayBuffer> | undefined>();
const init = initSegment(2);

const Ticket = z.object({
  ticket: z
    .string()
    .optional()
    .describe("In a private room: an invitation, for players that can send no header. Whoever has such an address can listen"),
});
const NO = ["room-ended", "removed", "too-many-joins", "room-full", "server-full", "room-unready"] as const;

export const LIVE_OGG: RouteSays = {
  name: "liveOgg",
  tag: "sound",
  summary: "The room as one stream for any player",
  about:
    "Progressive Ogg Opus that begins with the last seconds: whoever speaks loudest, his packets unchanged, and silence while nobody does. It ends with the room.",
  door: "listener",
  query: Ticket,
  answers: { 200: { says: "The stream", type: "audio/ogg" } },
  no: [...NO],
};
export const LIVE_M3U: RouteSays = {
  name: "liveM3u",
  tag: "sound",
  summary: "A playlist file that opens the stream in a player",
  door: "listener",
  query: Ticket,
  answers: { 200: { says: "The playlist", type: "audio/x-mpegurl" } },
  no: ["room-ended"],
};
export const LIVE_PLS: RouteSays = {
  ...LIVE_M3U,
  name: "livePls",
  summary: "The same, as PLS",
  answers: { 200: { says: "The playlist", type: "audio/x-scpls" } },
};
export const LIVE_HLS: RouteSays = {
  name: "liveHls",
  tag: "sound",
  summary: "The room as HLS: Opus in fragmented MP4, two seconds each",
  door: "listener",
  query: Ticket,
  answers: { 200: { says: "The playlist", type: "application/vnd.apple.mpegurl" } },
  no: [...NO],
};
export const LIVE_PIECE: RouteSays = {
  name: "livePiece",
  tag: "sound",
  summary: "What an HLS playlist names",
  door: "listener",
  query: Ticket,
  answers: { 200: { says: "MP4", type: "audio/mp4" } },
  no: ["room-ended", "not-found", "removed", "room-unready"],
};

/** `GET /rooms/:room/live.ogg`. */
export async function liveOgg(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admit(c);
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
  const guest = await admit(c);
  if (typeof guest === "string") return refuse(c, guest);
  const text = `#EXTM3U\n#EXTINF:-1,${guest.known.summary.title}\n${streamAddress(c)}\n`;
  return new Response(text, { headers: { "Content-Type": "audio/x-mpegurl; charset=utf-8", ...OPEN } });
}

/** `GET /rooms/:room/live.pls`. */
export async function livePls(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admit(c);
  if (typeof guest === "string") return refuse(c, guest);
  const text = `[playlist]\nNumberOfEntries=1\nFile1=${streamAddress(c)}\nTitle1=${guest.known.summary.title}\nLength1=-1\nVersion=2\n`;
  return new Response(text, { headers: { "Content-Type": "audio/x-scpls; charset=utf-8", ...OPEN } });
}

/** `GET /rooms/:room/live.m3u8`: asked for once a second per isolate, however many play it. */
export async function livePlaylist(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admit(c);
  if (typeof guest === "string") return refuse(c, guest);
  const { plan } = guest.known;
  const key = plan.audience;
  const before = playlists.get(key);
  const isFresh = before !== undefined && Date.now() - before.at < PLAYLIST_MS;
  const name = nodeName(radioOf(plan.audience, HLS_RADIO));
  const ask = () => radioStub(c.env, radioOf(plan.audience, HLS_RADIO)).playlist(name, plan);
  const answer = isFresh ? before.answer : await playlistQuestions.ask(key, ask);
  if (!isFresh) remember(playlists, key, { answer, at: Date.now() });
  if (answer === undefined) return refuse(c, "room-unready");
  if (!isFresh) remember(looks, key, { says: answer, at: Date.now() });
  const judged = await judge(c, guest, answer);
  if (typeof judged === "string") return refuse(c, judged);
  // What a player brought it brings again: the names in a playlist are all that it knows.
  const text = answer.text.replaceAll(/live\/[^"\n]+/g, (name) => `${name}${ticketQuery(c)}`);
  return new Response(text, { headers: { "Content-Type": "application/vnd.apple.mpegurl", ...OPEN } });
}

/** `GET /rooms/:room/live/:piece`: what a playlist names, `init.mp4` or `<number>.m4s`. */
export async function livePiece(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admit(c);
  if (typeof guest === "string") return refuse(c, guest);
  const piece = c.req.param("piece") ?? "";
  // How a player begins, the same for every room: there is nothing to hear in it.
  if (piece === "init.mp4") return mp4(init, guest.known.plan);
  const number = Number(/^([1-9]\d{0,11})\.m4s$/.exec(piece)?.[1] ?? 0);
  if (number === 0) return refuse(c, "not-found");
  const says = await lookAt(c.env, guest.known.plan).catch(() => "room-unready" as const);
  if (says === "room-unready") return refuse(c, says);
  if (says === undefined) return refuse(c, "not-found");
  const plan = await judge(c, guest, says);
  if (typeof plan === "string") return refuse(c, plan);
  const { numbers } = says;
  const mayBe = numbers !== undefined && numbers.first <= number && number <= numbers.last + AHEAD;
  const bytes = mayBe ? await fragment(c.env, plan, number) : undefined;
  return bytes === undefined ? refuse(c, "not-found") : mp4(bytes, plan);
}

function mp4(bytes: Uint8Array<ArrayBuffer>, { listenTicket }: Plan): Response {
  const headers = { "Content-Type": "audio/mp4", ...OPEN };
  return new Response(bytes, {
    headers: listenTicket === true ? headers : { ...headers, "Cache-Control": `public, max-age=${FRAGMENT_S}, immutable` },
  });
}

/** What an audience's first radio says of its HLS, a second old at most. @throws if it cannot be reached */
async function lookAt(env: Env, { audience }: Plan): Promise<HlsSays | undefined> {
  const before = looks.get(audience);
  if (before !== undefined && Date.now() - before.at < PLAYLIST_MS) return before.says;
  const says = await lookQuestions.ask(audience, () => radioStub(env, radioOf(audience, HLS_RADIO)).look());
  remember(looks, audience, { says, at: Date.now() });
  return says;
}

/** The plan as the radio knows it; or why this one may not hear, which a radio hears of before the edge does. */
async function judge(c: Context<{ Bindings: Env }>, guest: Listener, says: HlsSays): Promise<Plan | ProblemCode> {
  const { known, session, uninvited } = guest;
  const plan = learn(known.summary.room, says.plan) ?? known.plan;
  if (plan.listenTicket === true && uninvited !== undefined) return uninvited;
  const isRekeyed = plan.addressKey !== known.plan.addressKey;
  const address = isRekeyed ? await addressMarkOf(plan.addressKey, addressTextOf(c.req.raw, c.env)) : guest.mark;
  return isKeptOut(says.keptOut, { session, address }) ? "removed" : plan;
}

type Listener = {
  readonly known: Known;
  readonly session: SessionId | undefined;
  readonly mark: string | undefined;
  /** Why he may not hear the room if it is private; undefined of who is invited. */
  readonly uninvited: ProblemCode | undefined;
  /** He comes from this very machine, or through a proxy on it. */
  readonly isNear: boolean;
};

/** Who comes, or why he may not. A player can send no header, so that in a private room a ticket may stand behind the address. */
async function admit(c: Context<{ Bindings: Env }>): Promise<Listener | ProblemCode> {
  const room = parseRoomId(c.req.param("room") ?? "");
  const known = room === undefined ? undefined : await recall(c.env, room, settingsOf(c.env).summaryMs);
  if (known === undefined) return "room-unknown";
  if (known.summary.phase === "ended") return "room-ended";
  const ticket = c.req.query("ticket") ?? bearerOf(c);
  const claims = ticket === undefined ? ("listen-ticket-missing" as const) : await listenClaims(c.env, known, ticket);
  if (typeof claims === "string" && known.plan.listenTicket === true) return claims;
  const session = typeof claims === "string" ? undefined : claims.session;
  const uninvited = typeof claims === "string" ? claims : undefined;
  const text = addressTextOf(c.req.raw, c.env);
  const isNear = isLoopback(addressOf(text ?? "") ?? "");
  return { known, session, uninvited, isNear, mark: await addressMarkOf(known.plan.addressKey, text) };
}

/** The stream of the first radio that has room; or why there is none. */
async function findRadio(env: Env, { known, session, mark, uninvited, isNear }: Listener): Promise<ReadableStream | ProblemCode> {
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
    remember(full, audience, { below: index + 1, until: Date.now() + FULL_MS });
  }
  return why;
}

async function fragment(env: Env, plan: Plan, number: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const radio = radioOf(plan.audience, HLS_RADIO);
  const key = `${nodeName(radio)}/${number}`;
  const kept = fragments.get(key);
  if (kept !== undefined) return kept;
  if ((misses.get(key) ?? 0) > Date.now()) return undefined;
  const found = await fragmentQuestions.ask(key, () => radioStub(env, radio).fragment(nodeName(radio), plan, number));
  if (found === undefined) remember(misses, key, Date.now() + MISS_MS);
  else remember(fragments, key, found);
  return found;
}

/** What every answer says: that it is not to be kept, and that any page may read it. */
const OPEN = { "Cache-Control": "no-store", ...ANY_ORIGIN } as const;

/** What players of internet radio show. Only on the stream: VLC takes whatever says so for one, a playlist too. */
function icy({ summary: { room, title } }: Known): Record<string, string> {
  // A header is read as Latin-1 or UTF-8, nobody knows which.
  return { "icy-name": /^[ -~]+$/.test(title) ? title : room, "icy-pub": "0" };
}

function streamAddress(c: Context): string {
  return new URL(`/rooms/${c.req.param("room")}/live.ogg${ticketQuery(c)}`, c.req.url).href;
}

function ticketQuery(c: Context): string {
  const ticket = c.req.query("ticket");
  return ticket === undefined ? "" : `?ticket=${encodeURIComponent(ticket)}`;
}

function remember<Key, Value>(memory: Map<Key, Value>, key: Key, value: Value): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (memory.size > MOST_REMEMBERED && oldest !== undefined) memory.delete(oldest);
}
