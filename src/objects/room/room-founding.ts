import { audienceOf } from "../../core/ids.ts";
import { DEFAULT_SPEAKERS } from "../../core/room/state.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";
import type { Summary } from "../calls/audience.ts";
import type { ContinueAsk, CreateAsk, Created, NotContinued } from "../calls/room.ts";
import type { Env } from "../env.ts";
import { audienceStub } from "../locate.ts";
import { makeSecret } from "../secret.ts";
import type { Awake, Reign } from "./reign.ts";
import type { RoomRecord } from "./room-store.ts";
import { makeKeys, makeSession, signTicket } from "./tickets.ts";
import { announced, legacyOf } from "./told/announced.ts";

/** Successor tickets given out with a new room. */
const SUCCESSORS = 2;

/** A room that has taken an audience over, and is awake. */
type Continued = { readonly awake: Awake; readonly reign: Reign };

/** What a new room keeps, and what its maker is given. */
export type Founded = { readonly record: RoomRecord; readonly created: Created };

/**
 * Founds a room: its key pair, its plan, its tickets; plants its audience.
 *
 * The audience comes first and is planted anew until it was claimed: if this is cut off half way, the name stays free for another try.
 */
export async function found(env: Env, ask: CreateAsk): Promise<Founded | "taken"> {
  const keys = await makeKeys();
  const { room, title, listed, chunkMs, maxSpeakers, fanOut, leafListeners, maxListeners, webhook, schedule, record: recording } = ask;
  const regions = { [ask.region]: { firstOpen: 0, width: ask.leaves } };
  const plan: Plan = {
    revision: 1,
    audience: audienceOf(room),
    root: room,
    fanOut,
    leafListeners,
    regions,
    planted: false,
    verifyKey: keys.verifying,
    segments: makeSecret(),
    addressKey: makeSecret(),
  };
  const now = Date.now();
  const createdAt = new Date(now).toISOString();
  const doors = schedule === undefined ? undefined : { ...schedule, changedAt: now };
  const about = { room, title, listed, chunkMs, createdAt, phase: "quiet", listeners: 0, locked: false, recorded: false } as const;
  const summary: Summary = { ...about, ...announced({ doors, locked: false }) };
  const legacy = legacyOf({ maxSpeakers, webhook }, doors);
  if ((await audienceStub(env, plan.audience).open({ plan, summary }, legacy)) === "taken") return "taken";
  const host = makeSession("host");
  const wished = { room, title, listed, chunkMs, maxSpeakers, maxListeners, webhook, doors, record: recording };
  const record: RoomRecord = { ...wished, createdAt, ended: false, epoch: 0, plan, keys, host };
  return { record, created: await ticketsOf(record) };
}

/**
 * Founds a room that takes over the audience of another: its own key pair and tickets, that audience's tree, the next epoch.
 *
 * Its name leads to that audience before the audience is asked: a room that has won can be found, whatever breaks in between, and who asks
 * again with the same ticket makes good the rest.
 */
export async function takeOver(env: Env, ask: ContinueAsk): Promise<Founded | NotContinued> {
  const keys = await makeKeys();
  const { room, title, listed, chunkMs, maxListeners, from, ticket } = ask;
  const createdAt = new Date().toISOString();
  const summary: Summary = { room, title, listed, chunkMs, createdAt, phase: "quiet", listeners: 0, locked: false, recorded: false };
  await audienceStub(env, audienceOf(room)).follow(room, ask.audience);
  const answer = await audienceStub(env, ask.audience).adopt({
    from,
    ticket,
    verifyKey: keys.verifying,
    addressKey: makeSecret(),
    summary,
  });
  if (typeof answer !== "object") return answer ?? "unknown";
  if ("moved" in answer) return answer;
  const { epoch, plan, outcasts = [], recorded, legacy } = answer;
  const continues = { room: from, ticket, outcasts, ...(recorded === true ? { recorded } : {}) };
  const host = makeSession("host");
  const { maxSpeakers = legacy?.maxSpeakers ?? DEFAULT_SPEAKERS, webhook = legacy?.webhook } = ask;
  const inherited = { maxSpeakers, webhook: webhook ?? undefined, doors: legacy?.doors };
  const wished = { room, title, listed, chunkMs, maxListeners, record: ask.record, ...inherited };
  const record: RoomRecord = { ...wished, createdAt, ended: false, epoch, plan, keys, host, continues };
  return { record, created: await createdAgain(record) };
}

/** Fresh tickets of a room, as its maker is given them. */
async function ticketsOf({ keys, room, title, listed, host, plan, createdAt, doors }: RoomRecord): Promise<Created> {
  const ranks = Array.from({ length: SUCCESSORS }, (_, index) => index + 1);
  const [hostTicket, ...successorTickets] = await Promise.all([
    signTicket(keys, room, { session: host, role: "host", name: "Host", from: doors?.opensAt }),
    ...ranks.map((rank) =>
      signTicket(keys, room, { session: makeSession("successor"), role: "successor", name: "Successor", rank, from: doors?.opensAt }),
    ),
  ]);
  return { plan, createdAt, title, listed, hostTicket, successorTickets };
}

/**
 * Who has taken the audience over and was cut off before he had his answer, may have it again until the host has come. And from the first answer
 * he knows whom the room tells: he may want it otherwise. All else is as he wished it at first.
 */
export async function continueAgain({ awake, reign }: Continued, ask: ContinueAsk): Promise<Created | NotContinued> {
  const why = whyNotAgain(awake.record, ask);
  if (why !== undefined) return why;
  if (ask.webhook !== undefined) {
    reign.keep({ webhook: ask.webhook ?? undefined });
    awake.announcer.notes.bequeath();
  }
  return createdAgain(awake.record);
}

function whyNotAgain({ continues, movedTo, ended, hosted }: RoomRecord, { ticket }: ContinueAsk): NotContinued | undefined {
  if (continues?.ticket !== ticket) return "taken";
  if (movedTo !== undefined) return movedTo;
  if (ended) return "ended";
  return hosted === true ? "used" : undefined;
}

/** What a successor is given: fresh tickets; and since he may not have named whom the room tells, the name of that, never its address or key. */
async function createdAgain(record: RoomRecord): Promise<Created> {
  const created = await ticketsOf(record);
  return record.webhook === undefined ? created : { ...created, webhookHost: new URL(record.webhook.url).hostname };
}
