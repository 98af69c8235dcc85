import type { SessionId } from "../ids.ts";
import { unreachable } from "../unreachable.ts";
import type { Decision, Room, RoomEffect, RoomEvent, Speaker } from "./state.ts";

/** With nobody on air by their own choice a room falls quiet after this, in ms: enough for a change of microphone. */
const QUIET_MS = 3_000;
/** While somebody who was on air may still come back, its clock runs on for this long, in ms. */
const AWAY_MS = 60_000;

/** The room after `event`, and what the world must then be told. Pure; what makes no sense changes nothing. */
export function decide(room: Room, event: RoomEvent): Decision {
  if (room.phase === "ended") return { room, effects: [] };
  switch (event.type) {
    case "speaker-came":
      return came(room, event.session, event.name, event.connection);
    case "speaker-left":
      return left(room, event.session, event.connection);
    case "on-air":
      return onAir(room, event.session);
    case "off-air":
      return change(room, event.session, (speaker) => ({ ...speaker, onAir: false }));
    case "mute":
      return change(room, event.session, (speaker) => ({ ...speaker, muted: event.muted }));
    case "ended":
      return { room: { ...room, phase: "ended" }, effects: [{ do: "stop-clock" }, { do: "tell-room" }, { do: "end" }] };
    case "nobody-on-air-for-long":
      if (room.phase !== "live" || anybodyOnAir(room)) return { room, effects: [] };
      return { room: { ...room, phase: "quiet" }, effects: [{ do: "stop-clock" }, { do: "tell-room" }] };
    case "claim-refused": {
      const speakers = new Map([...room.speakers].map(([session, speaker]) => [session, { ...speaker, onAir: false }]));
      const phase = "quiet";
      return { room: { ...room, phase, speakers }, effects: [{ do: "stop-clock" }, { do: "tell-room" }, { do: "tell-stage" }] };
    }
    default:
      return unreachable(event);
  }
}

/** True while somebody is on air with a connection: then the room's clock must run. */
export function anybodyOnAir(room: Room): boolean {
  return [...room.speakers.values()].some((speaker) => speaker.onAir && speaker.connection !== undefined);
}

/** How long the room waits before it falls quiet, in ms; undefined while there is no reason to. */
export function quietAfterMs(room: Room): number | undefined {
  if (room.phase !== "live" || anybodyOnAir(room)) return undefined;
  return onStage(room).length > 0 ? AWAY_MS : QUIET_MS;
}

/** Those of whom listeners are told: who is on air, or was and may come back. */
export function onStage(room: Room): readonly Speaker[] {
  return [...room.speakers.values()].filter((speaker) => speaker.onAir);
}

/** True if what this connection sends is heard: it is the speaker's newest, on air, and not muted. */
export function isHeard(room: Room, session: SessionId, connection: number): boolean {
  const speaker = room.speakers.get(session);
  return room.phase !== "ended" && speaker?.connection === connection && speaker.onAir && !speaker.muted;
}

function came(room: Room, session: SessionId, name: string, connection: number): Decision {
  const before = room.speakers.get(session);
  const effects: RoomEffect[] = [];
  if (before?.connection !== undefined) effects.push({ do: "supersede", connection: before.connection });
  // Whoever comes is off air until he says so himself: a microphone never opens by a reconnect that nobody asked for.
  const speaker: Speaker =
    before === undefined
      ? { session, name, role: "host", voice: room.nextVoice, connection, onAir: false, muted: false }
      : { ...before, name, connection, onAir: false };
  const nextVoice = before === undefined ? room.nextVoice + 1 : room.nextVoice;
  if (before !== undefined) effects.push({ do: "silence", voice: before.voice }, { do: "tell-stage" });
  return { room: { ...withSpeaker(room, speaker), nextVoice }, effects };
}

function left(room: Room, session: SessionId, connection: number): Decision {
  if (room.speakers.get(session)?.connection !== connection) return { room, effects: [] };
  return change(room, session, (speaker) => ({ ...speaker, connection: undefined }));
}

function onAir(room: Room, session: SessionId): Decision {
  const speaker = room.speakers.get(session);
  if (speaker === undefined || speaker.connection === undefined) return { room, effects: [] };
  const next = withSpeaker(room, { ...speaker, onAir: true });
  const starts: RoomEffect[] = room.phase === "live" ? [] : [{ do: "start-clock" }, { do: "tell-room" }];
  return { room: { ...next, phase: "live" }, effects: [...starts, { do: "tell-stage" }] };
}

/** A change of one speaker; what was said before it and not sent yet is dropped when the speaker can no longer be heard. */
function change(room: Room, session: SessionId, to: (speaker: Speaker) => Speaker): Decision {
  const speaker = room.speakers.get(session);
  if (speaker === undefined) return { room, effects: [] };
  const next = to(speaker);
  const hushed: RoomEffect[] = next.muted && !speaker.muted ? [{ do: "silence", voice: speaker.voice }] : [];
  return { room: withSpeaker(room, next), effects: [...hushed, { do: "tell-stage" }] };
}

function withSpeaker(room: Room, speaker: Speaker): Room {
  return { ...room, speakers: new Map(room.speakers).set(speaker.session, speaker) };
}
