import type { SessionId } from "../ids.ts";
import { withSoundKept } from "./recording.ts";
import { type Refusal, refusal } from "./refusals.ts";
import { type Role, type Standing, standsBelow } from "./roles.ts";
import { isClosed } from "./schedule.ts";
import { hostOf, isKeptOut, isMuted, type Room, type RoomEffect, type RoomEvent, type Speaker, standingOf, withSpeaker } from "./state.ts";
import { no, type Step } from "./step.ts";

/** A speaker who is away for longer loses his place, in ms; host and co-hosts keep theirs. As long as a room without its host stays open. */
export const SEAT_MS = 5 * 60_000;

/** Whether a session may take a place on stage now. @param as what its ticket says */
export function mayCome(room: Room, session: SessionId, as: Role, now: number): true | Refusal {
  if (room.phase === "ended") return refusal("room-ended");
  if (isKeptOut(room, session)) return refusal("removed");
  if (room.speakers.has(session) || standingOf(room, session, as).role === "host") return true;
  if (!room.invited.some((one) => one.session === session && one.until > now)) return refusal("off-stage");
  if (room.stageLocked) return refusal("stage-locked", "The stage was locked meanwhile");
  return room.speakers.size >= room.maxSpeakers ? refusal("stage-full", "The stage is full just now") : true;
}

/** Somebody connects to the stage. Who may not come (mayCome) changes nothing. */
export function came(room: Room, event: Extract<RoomEvent, { type: "speaker-came" }>, now: number): Step {
  const { session, name, connection, as } = event;
  if (mayCome(room, session, as, now) !== true) return { room };
  const late: RoomEffect[] = room.phase === "live" ? [] : [{ do: "ready-clock" }];
  const before = room.speakers.get(session);
  const address = event.address ?? before?.address;
  // Whoever comes is off air until he says so himself: a microphone never opens by a reconnect that nobody asked for.
  const here = { connection, air: "off", awaySince: undefined, address } as const;
  if (before !== undefined) {
    const early: RoomEffect[] = [];
    if (before.connection !== undefined) early.push({ do: "close", connection: before.connection, ending: "superseded" });
    early.push({ do: "silence", voice: before.voice });
    return { room: heard(withSpeaker(room, { ...before, ...here }), session, now), early, late };
  }
  const role = standingOf(room, session, as).role === "host" ? "host" : "speaker";
  const speaker: Speaker = {
    session,
    name,
    role,
    rank: undefined,
    voice: room.nextVoice,
    ...here,
    standsBy: false,
    muted: false,
    held: "no",
  };
  const invited = room.invited.filter((one) => one.session !== session);
  const hands = room.hands.filter((one) => one.session !== session);
  return { room: heard({ ...withSpeaker(room, speaker), nextVoice: room.nextVoice + 1, invited, hands }, session, now), late };
}

/** A connection is gone; an older one than the newest changes nothing. */
export function left(room: Room, session: SessionId, connection: number, now: number): Step {
  const speaker = room.speakers.get(session);
  if (speaker?.connection !== connection) return { room };
  return { room: withSpeaker(room, { ...speaker, connection: undefined, awaySince: now }) };
}

/** The host's line says something: he is here. */
export function heard(room: Room, session: SessionId, now: number): Room {
  if (hostOf(room)?.session !== session) return room;
  return { ...room, host: { presence: "here", heardAt: now, offered: 0 } };
}

/** On air, for all or for a sound check, or off. */
export function air(room: Room, session: SessionId, to: Speaker["air"]): Step {
  const speaker = room.speakers.get(session);
  if (to === "on" && isClosed(room)) return no(room, "doors-closed");
  if (speaker === undefined || (speaker.connection === undefined && to !== "off")) return no(room, "no-line");
  const next = withSpeaker(room, { ...speaker, air: to });
  // What he said before is for the ears that it was said to: his last words on air are heard, a sound check never was.
  if (to !== "on" || room.phase === "live") return { room: next };
  return { room: withSoundKept({ ...next, phase: "live" }), early: [{ do: "start-clock" }] };
}

/** Whether he is heard only while nobody else sounds. */
export function standBy(room: Room, session: SessionId, on: boolean): Step {
  const speaker = room.speakers.get(session);
  return speaker === undefined ? no(room, "not-on-stage") : { room: withSpeaker(room, { ...speaker, standsBy: on }) };
}

/**
 * His own microphone: he opens it also where a host has closed it, unless that is locked.
 *
 * @param again true of what his page repeats by itself: that opens nothing which somebody else has closed
 */
export function muteOneself(room: Room, session: SessionId, muted: boolean, again: boolean): Step {
  const speaker = room.speakers.get(session);
  if (speaker === undefined) return no(room, "not-on-stage");
  if (!muted && !again && speaker.held === "locked") return no(room, "mute-locked");
  return become(room, { ...speaker, muted, held: muted || again ? speaker.held : "no" });
}

/** Somebody else's microphone. Opening it lifts what hosts have closed, never what its owner did. */
export function hold(room: Room, session: SessionId, held: Speaker["held"]): Step {
  const speaker = room.speakers.get(session);
  return speaker === undefined ? no(room, "not-on-stage") : become(room, { ...speaker, held });
}

/** Everybody who stands below `by`, but himself. A lock stays one. */
export function holdAll(room: Room, by: SessionId, own: Standing, lock: boolean): Step {
  let step: Step = { room };
  for (const speaker of room.speakers.values()) {
    if (speaker.session === by || !standsBelow(speaker, own)) continue;
    const { room: next, early = [] } = become(step.room, { ...speaker, held: lock || speaker.held === "locked" ? "locked" : "muted" });
    step = { room: next, early: [...(step.early ?? []), ...early] };
  }
  return step;
}

/** Leaves the stage for the audience. @param code why, if he did not ask for it */
export function offStage(room: Room, session: SessionId, code?: "demoted"): Step {
  const speaker = room.speakers.get(session);
  if (speaker === undefined) return no(room, "not-on-stage");
  const why = code === undefined ? {} : { code };
  return {
    room: without(room, session),
    early: [{ do: "silence", voice: speaker.voice }],
    late: [{ do: "whisper", to: session, name: speaker.name, hand: "none", ...why }, ...closing(speaker, "off-stage")],
  };
}

/** His connection, if he has one, ends like this. */
export function closing({ connection }: Speaker, ending: "off-stage" | "removed"): readonly RoomEffect[] {
  return connection === undefined ? [] : [{ do: "close", connection, ending }];
}

/** The room without his place on stage. */
export function without(room: Room, session: SessionId): Room {
  const speakers = new Map(room.speakers);
  speakers.delete(session);
  return { ...room, speakers };
}

/** True while somebody is on air with a connection: then the room's clock must run. */
export function anybodyOnAir(room: Room): boolean {
  return [...room.speakers.values()].some(({ air, connection }) => air === "on" && connection !== undefined);
}

/** True if what this connection sends is heard by the audience: it is the speaker's newest, on air, and not muted. */
export function isHeard(room: Room, session: SessionId, connection: number): boolean {
  const speaker = room.speakers.get(session);
  return room.phase !== "ended" && speaker?.connection === connection && speaker.air === "on" && !isMuted(speaker);
}

/** The same of the others on stage, who also hear a sound check. */
export function isHeardOnStage(room: Room, session: SessionId, connection: number): boolean {
  const speaker = room.speakers.get(session);
  return room.phase !== "ended" && speaker?.connection === connection && speaker.air !== "off" && !isMuted(speaker);
}

/** What was said before a microphone was closed, and not sent yet, is dropped. */
function become(room: Room, next: Speaker): Step {
  const before = room.speakers.get(next.session);
  const hushed = before !== undefined && !isMuted(before) && isMuted(next);
  return { room: withSpeaker(room, next), early: hushed ? [{ do: "silence", voice: next.voice }] : [] };
}
