import { handsAre } from "./hands.ts";
import { isRecorded, keepMsOf } from "./recording.ts";
import { runsRoom } from "./roles.ts";
import { opensAtOf } from "./schedule.ts";
import { coHostsOf, type Room, type RoomEffect, type Speaker } from "./state.ts";
import { mayTakeOver } from "./succession.ts";

/** Who must be told what, now that `before` has become `after`: nothing that changed is ever forgotten, nothing that did not is told. */
export function tells(before: Room, after: Room): readonly RoomEffect[] {
  if (before === after) return [];
  const told: RoomEffect[] = [];
  if (isRecorded(before) !== isRecorded(after) || keepMsOf(before) !== keepMsOf(after)) told.push({ do: "tell-recording" });
  if (differs(before, after, roomView)) told.push({ do: "tell-room" });
  if (differs(before, after, stageView)) told.push({ do: "tell-stage" });
  if (before.pinned !== after.pinned) told.push({ do: "tell-pinned" });
  // Who runs the room from now on has not heard any of it yet.
  const anew = differs(before, after, runners);
  if (anew || before.hands !== after.hands || before.invited !== after.invited) told.push({ do: "tell-hands" });
  if (anew || before.questions !== after.questions || before.pinned !== after.pinned) told.push({ do: "tell-questions" });
  if (anew || before.keptOut !== after.keptOut || differs(before, after, successionView)) told.push({ do: "tell-people" });
  if (anew || before.doors !== after.doors) told.push({ do: "tell-schedule" });
  if (before.keptOut !== after.keptOut) told.push({ do: "tell-bans" });
  return told;
}

/** True if something changed that must outlive the room's object: all but the last word of a host who is still here. */
export function mustSave(before: Room, after: Room): boolean {
  if (before === after) return false;
  const kept = lasting(before);
  return lasting(after).some((value, index) => value !== kept[index]);
}

function lasting(room: Room): readonly unknown[] {
  const {
    title,
    speakers,
    nextVoice,
    hands,
    invited,
    keptOut,
    addressesSince,
    questions,
    pinned,
    locked,
    stageLocked,
    recording,
    host,
    doors,
    over,
  } = room;
  return [
    title,
    speakers,
    nextVoice,
    hands,
    invited,
    keptOut,
    addressesSince,
    questions,
    pinned,
    locked,
    stageLocked,
    recording,
    host.presence,
    host.offered,
    doors,
    over,
  ];
}

function differs(before: Room, after: Room, view: (room: Room) => unknown): boolean {
  return JSON.stringify(view(before)) !== JSON.stringify(view(after));
}

function roomView(room: Room): unknown {
  const { recording, title, phase, locked, stageLocked, host } = room;
  return [recording, title, phase, locked, stageLocked, host.presence, handsAre(room), opensAtOf(room)];
}

function stageView(room: Room): unknown {
  return [...room.speakers.values()].map(({ session, voice, name, role, rank, connection, air, standsBy, muted, held }: Speaker) => {
    const standby = standsBy && [room.steppedIn.includes(voice)];
    return [session, voice, name, role, rank, connection === undefined, air, muted || held !== "no", held === "locked", standby];
  });
}

function runners(room: Room): unknown {
  return [...room.speakers.values()].filter(runsRoom).map(({ session, connection }) => [session, connection]);
}

function successionView(room: Room): unknown {
  return [coHostsOf(room).map(({ session, name, rank, connection }) => [session, name, rank, connection === undefined]), mayTakeOver(room)];
}
