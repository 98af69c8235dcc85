import { unreachable } from "../unreachable.ts";
import { ADDRESS_MS, forgetAddresses, keepOut, learnAddress, letIn, withoutAddresses } from "./bans.ts";
import { caption } from "./captions.ts";
import { callOff, openDoors, schedule } from "./doors.ts";
import { decline, expire, HAND_MS, invite, lockStage, lower, raise, withHandsCounted } from "./hands.ts";
import { once } from "./once.ts";
import { answer, ask, pin } from "./questions.ts";
import { record, recordingDeleted } from "./recording.ts";
import { refusal } from "./refusals.ts";
import { may } from "./roles.ts";
import { opensAtOf } from "./schedule.ts";
import { air, anybodyOnAir, came, heard, hold, holdAll, left, muteOneself, offStage, SEAT_MS, standBy, without } from "./stage.ts";
import { type Decision, type Room, type RoomEffect, type RoomEvent, standingOf, withSpeaker } from "./state.ts";
import { both, no, type Step } from "./step.ts";
import { appoint, dismiss, hostDueMs, takeOver, transfer, watchHost } from "./succession.ts";
import { mustSave, tells } from "./tells.ts";

/** With nobody on air by their own choice a room falls quiet after this, in ms: enough for a change of microphone. */
const QUIET_MS = 3_000;
/** While somebody who was on air may still come back, its clock runs on for this long, in ms. */
const AWAY_MS = 60_000;

/**
 * The room after `event`, and what the world must then be told. Pure; what makes no sense changes nothing.
 *
 * @param now ms since 1970
 */
export function decide(room: Room, event: RoomEvent, now: number): Decision {
  if (room.phase === "ended") {
    if (event.type === "recording-deleted") return { room: recordingDeleted(room), effects: [{ do: "save" }] };
    return { room, effects: event.type === "asked" ? [{ do: "refuse", refusal: refusal("room-ended") }] : [] };
  }
  const { room: stepped, early = [], late = [] } = inTime(room, event, now);
  const next = withHandsCounted(stepped);
  const save: readonly RoomEffect[] = mustSave(room, next) ? [{ do: "save" }] : [];
  return { room: next, effects: [...save, ...early, ...tells(room, next), ...late] };
}

/** When time itself next changes something, in ms since 1970; undefined where it does not. */
export function nextDueMs(room: Room): number | undefined {
  if (room.phase === "ended") return undefined;
  const due = [
    ...room.invited.map(({ until }) => until),
    ...room.hands.map(({ since }) => since + HAND_MS),
    ...[...room.speakers.values()].flatMap(({ role, awaySince }) =>
      role === "speaker" && awaySince !== undefined ? [awaySince + SEAT_MS] : [],
    ),
  ];
  const host = hostDueMs(room);
  if (host !== undefined) due.push(host);
  if (room.addressesSince !== undefined) due.push(room.addressesSince + ADDRESS_MS);
  const opensAt = opensByTimeAt(room);
  if (opensAt !== undefined) due.push(opensAt);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** How long the room waits before it falls quiet, in ms; undefined while there is no reason to. */
export function quietAfterMs(room: Room): number | undefined {
  if (room.phase !== "live" || anybodyOnAir(room)) return undefined;
  return [...room.speakers.values()].some((speaker) => speaker.air === "on") ? AWAY_MS : QUIET_MS;
}

/** Timers ring late, and not at all while an object sleeps: what has come due happens before anything else. */
function inTime(room: Room, event: RoomEvent, now: number): Step {
  const due = nextDueMs(room);
  // A life that begins first learns who is still there.
  if (due === undefined || due > now || event.type === "woke") return stepOf(room, event, now);
  return both(passed(room, now), (next) => stepOf(next, event, now));
}

function stepOf(room: Room, event: RoomEvent, now: number): Step {
  switch (event.type) {
    case "speaker-came":
      return came(room, event, now);
    case "speaker-left":
      return left(room, event.session, event.connection, now);
    case "line-heard":
      return { room: heard(room, event.session, now) };
    case "asked":
      return asked(room, event, now);
    case "hand":
      return once(room, event.ask, () => (event.raised ? raise(room, event.session, event.name, now) : lower(room, event.session)));
    case "question": {
      const { id, session, name, text } = event;
      return once(room, event.ask, () => ask(room, { id, session, name, text }));
    }
    case "address":
      return learnAddress(room, event.session, event.address);
    case "time":
      return passed(room, now);
    case "woke":
      return woke(room, now);
    case "sure": {
      const { unsure: _, ...rest } = room;
      return passed(rest, now);
    }
    case "closed":
      return over({ ...room, over: event.over });
    case "key-is-old":
      // Who is banned by where he comes from is banned by the key that his address was hashed with.
      return room.addressesSince === undefined ? { room: withoutAddresses(room), late: [{ do: "forget-addresses" }] } : { room };
    case "nobody-on-air-for-long":
      if (room.phase !== "live" || anybodyOnAir(room)) return { room };
      return { room: { ...room, phase: "quiet" }, early: [{ do: "stop-clock" }] };
    case "stepped-in":
      return { room: { ...room, steppedIn: event.voices } };
    case "recording-deleted":
      return { room: recordingDeleted(room) };
    case "claim-refused":
      // Whose audience is another's has no doors to open any more.
      return { room: allOff({ ...callOff(room).room, phase: "quiet" }), early: [{ do: "stop-clock" }] };
    default:
      return unreachable(event);
  }
}

/** A verb: first whether it is his to do, then whether it can be done now. */
function asked(room: Room, { by, as, deed }: Extract<RoomEvent, { type: "asked" }>, now: number): Step {
  const actor = standingOf(room, by, as);
  const target =
    !("session" in deed) || deed.session === undefined ? undefined : deed.session === by ? "self" : standingOf(room, deed.session);
  const isOwn = deed.type === "mute" || deed.type === "caption";
  const allowed = may(actor, deed.type, isOwn ? (target ?? "self") : target);
  if (allowed !== true) return { room, late: [{ do: "refuse", refusal: allowed }] };
  switch (deed.type) {
    case "on-air":
      return air(room, by, "on");
    case "off-air":
      return air(room, by, "off");
    case "check":
      return air(room, by, "check");
    case "standby":
      return standBy(room, by, deed.on);
    case "mute":
      if (deed.session === undefined || deed.session === by) return muteOneself(room, by, deed.muted, deed.again === true);
      return hold(room, deed.session, !deed.muted ? "no" : deed.lock === true ? "locked" : "muted");
    case "mute-all":
      return holdAll(room, by, actor, deed.lock);
    case "invite":
      return invite(room, deed.session, now);
    case "decline":
      return decline(room, deed.session);
    case "demote":
      return offStage(room, deed.session, "demoted");
    case "step-down":
      return offStage(room, by);
    case "remove":
      return keepOut(room, deed.session, { banned: false, byAddress: false }, now);
    case "ban":
      return keepOut(room, deed.session, { banned: true, byAddress: deed.address }, now);
    case "unban":
      return letIn(room, deed.session);
    case "lock-stage":
      return lockStage(room, deed.locked);
    case "lock-room":
      return { room: { ...room, locked: deed.locked }, late: [{ do: "lock-audience", locked: deed.locked }] };
    case "record":
      return record(room, deed.on, deed.keepDays);
    case "rename":
      return { room: { ...room, title: deed.title } };
    case "call-me": {
      const speaker = room.speakers.get(by);
      return speaker === undefined ? no(room, "no-line") : { room: withSpeaker(room, { ...speaker, name: deed.name }) };
    }
    case "appoint":
      return appoint(room, actor, deed.session, deed.rank);
    case "dismiss":
      return dismiss(room, deed.session);
    case "transfer":
      return transfer(room, by, actor, deed.session, now);
    case "take-over":
      return takeOver(room, by, now);
    case "pin":
      return pin(room, deed.question);
    case "answer":
      return answer(room, deed.question);
    case "caption":
      return caption(room, by, deed);
    case "invite-listener":
      return { room, late: [{ do: "listener-ticket", name: deed.name }] };
    case "schedule":
      return deed.schedule === undefined ? callOff(room) : schedule(room, deed.schedule, now);
    case "open-doors":
      return opensAtOf(room) === undefined ? no(room, "doors-open") : openDoors(room, now);
    case "end":
      return over(room);
    default:
      return unreachable(deed);
  }
}

/** Whatever has come due. */
function passed(room: Room, now: number): Step {
  const expired = expire(watchHost(room, now), now);
  const forgot = both(expired, (next) => forgetAddresses(next, now));
  const kept = both(forgot, (next) => ({ room: withoutLost(next, now) }));
  return both(kept, (next) => ((opensByTimeAt(next) ?? Number.POSITIVE_INFINITY) <= now ? openDoors(next, now) : { room: next }));
}

/** When time alone opens the doors: of a room whose audience may be another's by now it opens none, however late it is. */
function opensByTimeAt(room: Room): number | undefined {
  return room.unsure === true ? undefined : opensAtOf(room);
}

/** Speakers who were away for too long have lost their place. */
function withoutLost(room: Room, now: number): Room {
  return [...room.speakers.values()].reduce((left, { session, role, awaySince }) => {
    return role === "speaker" && awaySince !== undefined && awaySince + SEAT_MS <= now ? without(left, session) : left;
  }, room);
}

/** Nobody has a line, and nobody is on air until he says so. A host who was here is given the time to come back. */
function woke(room: Room, now: number): Step {
  const speakers = new Map(
    [...room.speakers].map(([session, speaker]) => {
      return [session, { ...speaker, air: "off", connection: undefined, awaySince: speaker.awaySince ?? now } as const];
    }),
  );
  const host = room.host.presence === "here" ? { ...room.host, heardAt: now } : room.host;
  return { room: { ...room, phase: "quiet", speakers, host, steppedIn: [], unsure: true } };
}

/** It is over, for everybody and for good. */
function over(room: Room): Step {
  return { room: { ...withoutAddresses(allOff(room)), phase: "ended" }, early: [{ do: "stop-clock" }], late: [{ do: "end" }] };
}

function allOff(room: Room): Room {
  return { ...room, speakers: new Map([...room.speakers].map(([session, speaker]) => [session, { ...speaker, air: "off" } as const])) };
}
