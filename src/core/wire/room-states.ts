import { comeBackMs } from "../backoff.ts";
import type { SessionId } from "../ids.ts";
import type { CaptionLine } from "../room/caption-lines.ts";
import { handsAre, INVITATION_MS } from "../room/hands.ts";
import { isRecorded, keepMsOf } from "../room/recording.ts";
import { opensAtOf } from "../room/schedule.ts";
import { coHostsOf, isMuted, type Room, type Speaker } from "../room/state.ts";
import { mayTakeOver } from "../room/succession.ts";
import type { Switch } from "../tree/archive/switches.ts";
import { MOST_BANS } from "../tree/people/bans.ts";
import type { Reactions } from "../tree/people/reactions.ts";
import type { CrowdFigures } from "../tree/up/crowd.ts";
import type {
  AudienceState,
  BansState,
  CaptionsState,
  CrowdState,
  HandsState,
  ListenerHears,
  MovedState,
  OnStage,
  PeopleState,
  PinnedState,
  QuestionsState,
  ReactionsState,
  RecordingState,
  RoomState,
  ScheduleState,
  StageState,
} from "./messages.ts";

/** Which change of a state this is, and when on the room's timeline. */
export type Head = { readonly revision: number; readonly roomTime: number };

/** All that is told of the audience, or how many listen alone. */
type AudienceFigures =
  | Pick<CrowdFigures, "listeners" | "peak" | "unique" | "hearing">
  | { readonly listeners: number; readonly peak?: undefined; readonly unique?: undefined; readonly hearing?: undefined };

/** What the room is and does, as everybody is told. */
export function roomStateOf(room: Room, epoch: number, head: Head): RoomState {
  const { id, title, phase, chunkMs, host, locked, stageLocked, over } = room;
  const { recordable, recording } = room;
  const rules = { host: host.presence, locked, stageLocked, recorded: isRecorded(room), recordable, hands: handsAre(room) };
  const days = recording?.keepDays === undefined ? {} : { keepDays: recording.keepDays };
  const kept = { ...days, ...(recording?.any === true ? { kept: true as const } : {}) };
  const opensAt = phase === "ended" ? undefined : opensAtOf(room);
  return {
    type: "room",
    for: "all",
    ...head,
    room: id,
    title,
    phase,
    chunkMs,
    epoch,
    ...rules,
    ...kept,
    ...(opensAt === undefined ? {} : { opensAt }),
    ...(over === undefined ? {} : { over }),
  };
}

/** Who is on stage, as everybody is told: in the order in which they came up. */
export function stageStateOf(room: Room, head: Head): StageState {
  return { type: "stage", for: "all", ...head, speakers: [...room.speakers.values()].map((one) => onStageOf(one, room.steppedIn)) };
}

function onStageOf(speaker: Speaker, steppedIn: readonly number[]): OnStage {
  const { voice, session, name, role, rank, connection, air, standsBy, held } = speaker;
  const state = connection === undefined ? "away" : air !== "on" ? "off" : isMuted(speaker) ? "muted" : "on-air";
  const ranked = rank === undefined ? {} : { rank };
  const stepsIn = state === "on-air" && steppedIn.includes(voice);
  const standby: Pick<OnStage, "standby" | "steppedIn"> = {
    ...(standsBy ? { standby: true } : {}),
    ...(standsBy && stepsIn ? { steppedIn: true } : {}),
  };
  return { voice, session, name, role, ...ranked, state, ...(held === "locked" ? { muteLocked: true } : {}), ...standby };
}

/** The question that is shown to all. */
export function pinnedStateOf({ pinned }: Room, head: Head): PinnedState {
  return {
    type: "pinned",
    for: "all",
    ...head,
    ...(pinned === undefined ? {} : { question: { id: pinned.id, name: pinned.name, text: pinned.text } }),
  };
}

/** What is said, in words, as everybody is told. */
export function captionsStateOf(lines: readonly CaptionLine[], epoch: number, head: Head): CaptionsState {
  return { type: "captions", for: "all", ...head, epoch, lines };
}

/** Who wants to speak, for who runs the room: who was asked up first, then who waits, oldest first. */
export function handsStateOf({ hands, invited }: Room, head: Head): HandsState {
  const asked = invited.map(({ session, name, until }) => ({ session, name, state: "invited" as const, since: until - INVITATION_MS }));
  const raised = hands.map(({ session, name, since }) => ({ session, name, state: "raised" as const, since }));
  return { type: "hands", for: "stage", ...head, hands: [...asked, ...raised] };
}

/** What listeners asked, for who runs the room. */
export function questionsStateOf({ questions, pinned }: Room, head: Head): QuestionsState {
  const waiting = questions.map(({ id, session, name, text }) => ({ id, session, name, text, pinned: id === pinned?.id }));
  return { type: "questions", for: "stage", ...head, questions: waiting };
}

/** Who takes over in which order, and who is kept out, for who runs the room. */
export function peopleStateOf(room: Room, head: Head): PeopleState {
  const successors = coHostsOf(room).map(({ session, name, rank, connection }) => {
    return { session, name, rank: rank ?? 2, here: connection !== undefined };
  });
  const bans = room.keptOut.map(({ session, name, byAddress }) => ({ session, name, address: byAddress }));
  return { type: "people", for: "stage", ...head, successors, mayTakeOver: mayTakeOver(room), bans };
}

/** What is announced of the evening, for who runs the room. */
export function scheduleStateOf({ doors }: Room, head: Head): ScheduleState {
  return { type: "schedule", for: "stage", ...head, ...(doors === undefined ? {} : { schedule: doors }) };
}

/** How many listen, and in which window they come back should they all be cut off, as everybody is told. */
export function audienceStateOf({ listeners, peak, unique, hearing }: AudienceFigures, head: Head): AudienceState {
  const more = peak === undefined ? {} : { peak, unique, hearing };
  return { type: "audience", for: "all", ...head, listeners, comeBackMs: comeBackMs(listeners), ...more };
}

/** The audience by region, as the stage is told. Who hears the cached lane is counted by nobody, so that the live lane is all there is. */
export function crowdStateOf({ parts }: CrowdFigures, head: Head): CrowdState {
  return { type: "crowd", for: "stage", ...head, parts: parts.map((part) => ({ ...part, lane: "live" })) };
}

/** How often each reaction was tapped since the room was made, as everybody is told. */
export function reactionsStateOf(counts: Reactions, head: Head): ReactionsState {
  return { type: "reactions", for: "all", ...head, counts };
}

/** What of what is said is kept, as nodes are told. */
export function recordingStateOf(room: Room, switches: readonly Switch[], head: Head): RecordingState {
  const keepMs = keepMsOf(room);
  return { type: "recording", for: "nodes", ...head, switches, ...(keepMs === undefined ? {} : { keepMs }) };
}

/** That `room` feeds the audience of `from`, as everybody is told. */
export function movedStateOf(from: string, room: string, head: Head): MovedState {
  return { type: "moved", for: "all", ...head, from, room };
}

/** Whom the room keeps out, as leaves are told: the newest of too many. To be told also when nobody is, so that no older bans hold. */
export function bansStateOf(sessions: readonly SessionId[], addresses: readonly string[], head: Head): BansState {
  return { type: "bans", for: "nodes", ...head, sessions: sessions.slice(-MOST_BANS), addresses: addresses.slice(-MOST_BANS) };
}

/** The window in which to come back, in ms, if this text tells it: an `audience`, a `welcome` that holds one, or a `lane`. */
export function comeBackTold(said: ListenerHears): number | undefined {
  if (said.type === "audience" || said.type === "lane") return said.comeBackMs;
  return said.type === "welcome" ? said.states.find((state) => state.type === "audience")?.comeBackMs : undefined;
}
