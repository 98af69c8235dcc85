import type { Context } from "hono";
import { initSegment } from "../../core/audio/fragment.ts";
import type { AudienceId } from "../../core/ids.ts";
import { isKeptOut } from "../../core/tree/people/visitors.ts";
import { nodeName, type Plan, radioOf } from "../../core/tree/shape/plan.ts";
import type { HlsAnswer, HlsSays } from "../../objects/calls/radio.ts";
import type { Env } from "../../objects/env.ts";
import { radioStub } from "../../objects/locate.ts";
import { keepNewest } from "../memory/newest.ts";
import { learn } from "../memory/plan-memory.ts";
import { SharedQuestions } from "../memory/shared-questions.ts";
import { refuse } from "../request/any-origin.ts";
import { addressMarkOf } from "../request/identity.ts";
import type { RouteSays } from "../request/openapi.ts";
import type { ProblemCode } from "../request/problem.ts";
import { addressTextOf } from "../request/visitor.ts";
import { admitToRadio, NO_RADIO, OPEN, type RadioListener, RadioTicket, ticketQuery } from "./radio.ts";

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

/** Audiences of whose playlists one isolate remembers what was said of them, and fragments: some 8 KB each. The oldest give way. */
const MOST_REMEMBERED = 1_000;

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

export const LIVE_HLS: RouteSays = {
  name: "liveHls",
  tag: "sound",
  summary: "The room as HLS: Opus in fragmented MP4, two seconds each",
  door: "listener",
  query: RadioTicket,
  answers: { 200: { says: "The playlist", type: "application/vnd.apple.mpegurl" } },
  no: [...NO_RADIO],
};
export const LIVE_PIECE: RouteSays = {
  name: "livePiece",
  tag: "sound",
  summary: "What an HLS playlist names",
  door: "listener",
  query: RadioTicket,
  answers: { 200: { says: "MP4", type: "audio/mp4" } },
  no: ["room-ended", "not-found", "removed", "room-unready"],
};

/** `GET /rooms/:room/live.m3u8`: asked for once a second per isolate, however many play it. */
export async function livePlaylist(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admitToRadio(c);
  if (typeof guest === "string") return refuse(c, guest);
  const { plan } = guest.known;
  const key = plan.audience;
  const before = playlists.get(key);
  const isFresh = before !== undefined && Date.now() - before.at < PLAYLIST_MS;
  const name = nodeName(radioOf(plan.audience, HLS_RADIO));
  const ask = () => radioStub(c.env, radioOf(plan.audience, HLS_RADIO)).playlist(name, plan);
  const answer = isFresh ? before.answer : await playlistQuestions.ask(key, ask);
  if (!isFresh) keepNewest(playlists, key, { answer, at: Date.now() }, MOST_REMEMBERED);
  if (answer === undefined) return refuse(c, "room-unready");
  if (!isFresh) keepNewest(looks, key, { says: answer, at: Date.now() }, MOST_REMEMBERED);
  const judged = await judge(c, guest, answer);
  if (typeof judged === "string") return refuse(c, judged);
  // What a player brought it brings again: the names in a playlist are all that it knows.
  const text = answer.text.replaceAll(/live\/[^"\n]+/g, (name) => `${name}${ticketQuery(c)}`);
  return new Response(text, { headers: { "Content-Type": "application/vnd.apple.mpegurl", ...OPEN } });
}

/** `GET /rooms/:room/live/:piece`: what a playlist names, `init.mp4` or `<number>.m4s`. */
export async function livePiece(c: Context<{ Bindings: Env }>): Promise<Response> {
  const guest = await admitToRadio(c);
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
  keepNewest(looks, audience, { says, at: Date.now() }, MOST_REMEMBERED);
  return says;
}

/** The plan as the radio knows it; or why this one may not hear, which a radio hears of before the edge does. */
async function judge(c: Context<{ Bindings: Env }>, guest: RadioListener, says: HlsSays): Promise<Plan | ProblemCode> {
  const { known, session, uninvited } = guest;
  const plan = learn(known.summary.room, says.plan) ?? known.plan;
  if (plan.listenTicket === true && uninvited !== undefined) return uninvited;
  const isRekeyed = plan.addressKey !== known.plan.addressKey;
  const address = isRekeyed ? await addressMarkOf(plan.addressKey, addressTextOf(c.req.raw, c.env)) : guest.mark;
  return isKeptOut(says.keptOut, { session, address }) ? "removed" : plan;
}

async function fragment(env: Env, plan: Plan, number: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const radio = radioOf(plan.audience, HLS_RADIO);
  const key = `${nodeName(radio)}/${number}`;
  const kept = fragments.get(key);
  if (kept !== undefined) return kept;
  if ((misses.get(key) ?? 0) > Date.now()) return undefined;
  const found = await fragmentQuestions.ask(key, () => radioStub(env, radio).fragment(nodeName(radio), plan, number));
  if (found === undefined) keepNewest(misses, key, Date.now() + MISS_MS, MOST_REMEMBERED);
  else keepNewest(fragments, key, found, MOST_REMEMBERED);
  return found;
}
