import type { Context } from "hono";
import { z } from "zod";
import { parsePosition } from "../../core/audio/position.ts";
import { parseRoomId, type RoomId } from "../../core/ids.ts";
import { FullRooms } from "../../core/tree/shape/full-rooms.ts";
import { anyLeaf, joinsOf, placeListener } from "../../core/tree/shape/place.ts";
import { type NodeRef, nodeName, type Plan } from "../../core/tree/shape/plan.ts";
import { type Region, regionOf } from "../../core/tree/shape/region.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { Known } from "../../objects/calls/audience.ts";
import type { Env } from "../../objects/env.ts";
import { HEADER } from "../../objects/header.ts";
import { nodeStub } from "../../objects/locate.ts";
import { knownOf, learnFrom } from "../memory/plan-memory.ts";
import { type Guest, guestOf } from "../people/guest.ts";
import { closing, upgraded } from "../request/closing.ts";
import { mayStill } from "../request/limits.ts";
import type { RouteSays } from "../request/openapi.ts";
import { isProblemCode, type ProblemCode, problem } from "../request/problem.ts";
import { placeOf } from "../request/visitor.ts";
import { divert } from "./divert.ts";
import { turn } from "./turn.ts";

/** How many leaves one join may be sent to: one by the plan that is known, two more by what their answers tell. */
const TRIES = 3;
/** Where this isolate found no seat. */
const fullRooms = new FullRooms();

export const LISTEN: RouteSays = {
  name: "listen",
  tag: "sound",
  summary: "The WebSocket of who listens",
  about:
    "Subprotocols `canopy.v1`, `me.<id>` and, in a private room, `ticket.<your ticket>`. Raising a hand, asking and reacting are texts on this socket " +
    "alone: they end at a leaf and climb the tree as totals, so that a crowd's never costs the room a request. `src/core/wire/README.md` is its page.",
  door: "listener",
  query: z.object({
    from: z.string().optional().describe("The last chunk that was heard, `epoch.sequence`: what came after it comes again"),
  }),
  answers: { 101: "The socket" },
  no: ["upgrade-required", "from-invalid", "room-ended", "too-many-joins", "server-full"],
};

/**
 * `GET /rooms/:room/listen`: ends the upgrade here, and hands the socket to a leaf.
 *
 * A Worker has no lasting state, so it holds no socket: it chooses a leaf by the last plan it knows, by arithmetic and luck, and asks nobody else.
 */
export async function listen(c: Context<{ Bindings: Env }>): Promise<Response> {
  const room = parseRoomId(c.req.param("room") ?? "");
  if (room === undefined) return problem(c, "room-unknown");
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") return problem(c, "upgrade-required");
  const from = c.req.query("from");
  if (from !== undefined && parsePosition(from) === undefined) return problem(c, "from-invalid");
  const known = await knownOf(c.env, room);
  if (known === undefined) return problem(c, "room-unknown");
  // What is over stays over, so that even an old memory is right.
  if (known.summary.phase === "ended") return problem(c, "room-ended");
  const guest = await guestOf(c, known);
  if (typeof guest === "string") return closing(c, ENDING.private);
  if (guest.mark !== undefined && !(await mayStill(c, "JOINS", guest.mark))) return problem(c, "too-many-joins");
  const answer = await findLeaf(c, room, known.plan, from, guest);
  return typeof answer === "string" ? lastRung(c, known, answer) : answer;
}

/** What is done for a join that no leaf could take: nobody is refused who can hear the cached lane. */
function lastRung(c: Context<{ Bindings: Env }>, known: Known, why: ProblemCode): Response {
  // A server out of sockets has none for segments either, and what is over is over.
  return why === "server-full" || why === "room-ended" ? problem(c, why) : divert(c, known);
}

/** A leaf's answer to the upgrade; or why there is none. */
async function findLeaf(
  c: Context<{ Bindings: Env }>,
  room: RoomId,
  plan: Plan,
  from: string | undefined,
  guest: Guest,
): Promise<Response | ProblemCode> {
  const wanted = regionOf(placeOf(c.req.raw));
  const own = joinsOf(from !== undefined, Math.random());
  if (!fullRooms.mayKnock(room, plan.revision, Date.now())) {
    if (own > 0) fullRooms.leaveUncounted(room, wanted, own);
    return "room-full";
  }
  // Only now: who knocks at a room that is over or full, is not invited or comes too often takes nobody's place in line.
  if (!(await turn())) {
    if (own > 0) fullRooms.leaveUncounted(room, wanted, own);
    return "leaf-busy";
  }
  const tried: NodeRef[] = [];
  // Others have been answered while this one waited.
  let newest = (await knownOf(c.env, room))?.plan ?? plan;
  let joins = own + fullRooms.takeUncounted(room, wanted);
  let why: ProblemCode = "room-full";
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const full = [...tried, ...fullRooms.fullLeaves(room, Date.now())];
    // Where all is full by the plan alone, one leaf is asked all the same: its answer brings the newer plan.
    const leaf =
      placeListener(newest, wanted, Math.random(), full) ?? (full.length === 0 ? anyLeaf(newest, wanted, Math.random()) : undefined);
    if (leaf === undefined) break;
    const answer = await nodeStub(c.env, leaf)
      .fetch("https://node/listen", { headers: handOver(leaf, newest, from, guest, wanted, joins) })
      .catch(() => undefined);
    tried.push(leaf);
    if (answer === undefined) {
      why = "room-unready";
      continue;
    }
    joins = 0;
    newest = learnFrom(room, answer) ?? newest;
    // Only the socket goes out: what our own objects tell each other in headers stays inside.
    if (answer.webSocket !== null) {
      fullRooms.foundSeat(room);
      return newest.listenTicket === true && !mayStay(plan, guest) ? turnedAway(c, answer.webSocket) : upgraded(c, answer.webSocket);
    }
    const code = answer.headers.get(HEADER.refusal) ?? "";
    if (isProblemCode(code)) why = code;
    if (code === "room-full") fullRooms.leafIsFull(room, leaf, Date.now());
    // Who has been parked for as long as one can wait is not sent to wait elsewhere.
    if (code === "server-full" || code === "room-ended" || code === "leaf-busy") return why;
  }
  if (joins > 0) fullRooms.leaveUncounted(room, wanted, joins);
  if (why === "room-full") {
    const isSure = placeListener(newest, wanted, 0, fullRooms.fullLeaves(room, Date.now())) === undefined;
    fullRooms.foundFull(room, newest.revision, isSure, Date.now());
  }
  return why;
}

/** True of who was let in by a plan that knew already that the room is private, or has a ticket anyway. */
function mayStay(plan: Plan, { invited }: Guest): boolean {
  return plan.listenTicket === true || invited;
}

/** The room became private, and this isolate heard of it by the very answer to this join. */
function turnedAway(c: Context<{ Bindings: Env }>, socket: WebSocket): Response {
  socket.accept();
  socket.close(ENDING.private.code, ENDING.private.says);
  return closing(c, ENDING.private);
}

/** Made anew rather than passed on: nothing that a stranger wrote reaches a leaf, but a position that was parsed. */
function handOver(
  leaf: NodeRef,
  plan: Plan,
  from: string | undefined,
  { session, mark }: Guest,
  wanted: Region,
  joins: number,
): Record<string, string> {
  const headers: Record<string, string> = {
    Upgrade: "websocket",
    [HEADER.node]: nodeName(leaf),
    [HEADER.plan]: JSON.stringify(plan),
    [HEADER.planRevision]: String(plan.revision),
    [HEADER.wanted]: wanted,
    [HEADER.joins]: String(joins),
  };
  if (from !== undefined) headers[HEADER.from] = from;
  if (session !== undefined) headers[HEADER.session] = session;
  if (mark !== undefined) headers[HEADER.address] = mark;
  return headers;
}
