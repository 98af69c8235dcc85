import type { SessionId } from "../ids.ts";
import { runsRoom, type Standing } from "./roles.ts";
import { coHostsOf, hostOf, isMuted, type Room, type RoomEffect, type Speaker, withSpeaker } from "./state.ts";
import { no, type Step } from "./step.ts";
import type { Rank } from "./verbs.ts";

/** A host's line that says nothing for so long is silent: his page says something every 2 s. */
export const SILENT_MS = 5_000;
/** After so long he is gone, and the first co-host who is here may take over, in ms. */
export const GONE_MS = 30_000;
/** After so long so may the second, in ms. */
export const SECOND_MS = 45_000;

/** Co-hosts who may take the room over now. */
export function mayTakeOver(room: Room): readonly SessionId[] {
  if (room.host.presence !== "gone") return [];
  const here = coHostsOf(room).filter(({ connection }) => connection !== undefined);
  return here.slice(0, room.host.offered).map(({ session }) => session);
}

/** When the host's silence comes to its next step; undefined where it has none, or nobody has come yet. */
export function hostDueMs(room: Room): number | undefined {
  const { heardAt, presence, offered } = room.host;
  if (hostOf(room) === undefined) return undefined;
  if (presence === "here") return heardAt + SILENT_MS;
  if (presence === "silent") return heardAt + GONE_MS;
  return offered < 2 ? heardAt + SECOND_MS : undefined;
}

/** How long the host has said nothing. */
export function watchHost(room: Room, now: number): Room {
  if (hostOf(room) === undefined) return room;
  const { heardAt, presence, offered } = room.host;
  const silentMs = now - heardAt;
  const is = silentMs >= GONE_MS ? "gone" : silentMs >= SILENT_MS ? "silent" : "here";
  const to = silentMs >= SECOND_MS ? 2 : is === "gone" ? 1 : 0;
  return is === presence && to === offered ? room : { ...room, host: { presence: is, heardAt, offered: to } };
}

/** Makes somebody a co-host, or gives a co-host another rank. Only the host changes who holds a rank: co-hosts fill free ones. */
export function appoint(room: Room, by: Standing, session: SessionId, rank: Rank): Step {
  const speaker = room.speakers.get(session);
  if (speaker === undefined) return no(room, "not-on-stage");
  const holder = coHostsOf(room).find((one) => one.rank === rank);
  if (holder?.session === session) return { room };
  if (by.role !== "host" && (holder !== undefined || speaker.role === "co-host"))
    return no(room, "host-only", "Only the host changes who is which co-host");
  const other: Rank = rank === 1 ? 2 : 1;
  const isFree = speaker.role === "co-host" || coHostsOf(room).every((one) => one.rank !== other);
  if (holder !== undefined && !isFree) return no(room, "co-hosts-full");
  const moved = holder === undefined ? room : withSpeaker(room, { ...holder, rank: other });
  return { room: withSpeaker(moved, { ...speaker, role: "co-host", rank }), late: [ticketFor(speaker, "co-host")] };
}

/** A co-host is a speaker again. */
export function dismiss(room: Room, session: SessionId): Step {
  const speaker = room.speakers.get(session);
  if (speaker?.role !== "co-host") return no(room, "not-a-co-host");
  return { room: withSpeaker(room, { ...speaker, role: "speaker", rank: undefined }), late: [ticketFor(speaker, "speaker")] };
}

/** Makes somebody else the host; a co-host may do so for a host who is gone. */
export function transfer(room: Room, by: SessionId, own: Standing, session: SessionId, now: number): Step {
  const refused = own.role === "host" ? undefined : notNow(room, by);
  if (refused !== undefined) return refused;
  const next = room.speakers.get(session);
  if (next === undefined) return no(room, "not-on-stage");
  if (next.connection === undefined) return no(room, "not-here");
  if (next.role === "speaker" && coHostsOf(room).length > 1) return no(room, "co-hosts-full");
  return enthrone(room, next, now);
}

/** A co-host becomes the host, because the host is gone. */
export function takeOver(room: Room, by: SessionId, now: number): Step {
  const co = room.speakers.get(by);
  if (co === undefined) return no(room, "not-on-stage");
  return notNow(room, by) ?? enthrone(room, co, now);
}

/** Why this co-host may not act for the host now. */
function notNow(room: Room, by: SessionId): Step | undefined {
  if (room.host.presence !== "gone") return no(room, "host-is-here");
  return mayTakeOver(room).includes(by) ? undefined : no(room, "not-your-turn");
}

/** The old host is the first co-host from here on, the other co-host the second. Nobody can open a new host's microphone but himself. */
function enthrone(room: Room, next: Speaker, now: number): Step {
  const host: Speaker = { ...next, role: "host", rank: undefined, muted: isMuted(next), held: "no" };
  let made = withSpeaker(room, host);
  const late: RoomEffect[] = [ticketFor(next, "host")];
  for (const speaker of room.speakers.values()) {
    if (speaker.session === next.session || !runsRoom(speaker)) continue;
    made = withSpeaker(made, { ...speaker, role: "co-host", rank: speaker.role === "host" ? 1 : 2 });
    if (speaker.role === "host") late.push(ticketFor(speaker, "co-host"));
  }
  return { room: { ...made, host: { presence: "here", heardAt: now, offered: 0 } }, late };
}

function ticketFor({ session, name }: Speaker, role: "host" | "co-host" | "speaker"): RoomEffect {
  return { do: "new-ticket", to: session, role, name };
}
