import type { RoomId, SessionId } from "../ids.ts";
import type { HAND_SAYS, Refusal } from "./refusals.ts";
import type { Role, Standing } from "./roles.ts";
import type { Doors } from "./schedule.ts";
import type { Over } from "./upkeep.ts";
import type { Deed, Rank } from "./verbs.ts";

/** quiet: nobody is on air; live: somebody is; ended: for good. */
export type RoomPhase = "quiet" | "live" | "ended";

/** Who may be on stage. */
export type StageRole = Exclude<Role, "listener">;

/** Someone who has a place on stage, across reconnects. */
export type Speaker = {
  readonly session: SessionId;
  readonly name: string;
  readonly role: StageRole;
  /** A co-host's. */
  readonly rank: Rank | undefined;
  /** What the speaker's sound bears in chunks; never reused. */
  readonly voice: number;
  /** The connection that counts, by number; the newest silences all older ones. Undefined: away. */
  readonly connection: number | undefined;
  /** check: the stage hears him, the audience does not. */
  readonly air: "off" | "check" | "on";
  /** He is to be heard only while nobody else on air sounds. */
  readonly standsBy: boolean;
  /** He has closed his microphone himself. */
  readonly muted: boolean;
  /** Who runs the room has closed it: he may open it again himself, or (locked) only they may. */
  readonly held: "no" | "muted" | "locked";
  /** Since when he is away, in ms since 1970. */
  readonly awaySince: number | undefined;
  /** Where he comes from, as far as a ban needs it: a keyed hash, never the address. */
  readonly address: string | undefined;
};

/** A listener who wants to speak. `since`: ms since 1970. */
export type Hand = { readonly session: SessionId; readonly name: string; readonly since: number };
/** A listener who may come up until then, ms since 1970. */
export type Invitation = { readonly session: SessionId; readonly name: string; readonly until: number };
export type Asked = { readonly id: string; readonly session: SessionId; readonly name: string; readonly text: string };

/** Somebody who is not let in again. */
export type KeptOut = {
  readonly session: SessionId;
  readonly name: string;
  /** Banned, not only removed. */
  readonly banned: boolean;
  /** Also whoever comes from where he came from; `address` is missing until his leaf has told it. */
  readonly byAddress: boolean;
  readonly address: string | undefined;
};

/** What a room's hosts have said of its recording. */
export type RecordingWish = {
  /** What is said is kept. */
  readonly on: boolean;
  /** For how many days after the room's end; undefined where nobody in this room has said it. */
  readonly keepDays: number | undefined;
  /** Something may be kept: it was on since the room was made, or since all was deleted, or in a room whose audience this one took over. */
  readonly any: boolean;
};

/** Whether the host's line says anything. */
export type HostWatch = {
  /** silent: for 5 s; gone: for 30 s. */
  readonly presence: "here" | "silent" | "gone";
  /** When it last did, ms since 1970. */
  readonly heardAt: number;
  /** Co-hosts who were offered the room, of those who are here, by rank. */
  readonly offered: 0 | 1 | 2;
};

/** The people of one room, and what it is doing. Never mutated. */
export type Room = {
  readonly id: RoomId;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly chunkMs: number;
  /** People on stage at most, the host among them. */
  readonly maxSpeakers: number;
  /** Who has a place on stage, in the order in which they came up. */
  readonly speakers: ReadonlyMap<SessionId, Speaker>;
  readonly nextVoice: number;
  /** Voices that stand by and are on air just now, because nobody else sounds. */
  readonly steppedIn: readonly number[];
  readonly hands: readonly Hand[];
  /** So many hands wait, or waited not long ago, that no more are taken. */
  readonly handsFull?: true;
  readonly invited: readonly Invitation[];
  readonly keptOut: readonly KeptOut[];
  /** Since when addresses are kept, ms since 1970; undefined while none is. */
  readonly addressesSince: number | undefined;
  readonly questions: readonly Asked[];
  readonly pinned: Asked | undefined;
  /** Listeners' asks that were done lately, the newest last (`once`). */
  readonly handled: readonly string[];
  readonly locked: boolean;
  readonly stageLocked: boolean;
  /** Undefined while nobody has said anything of a recording. */
  readonly recording?: RecordingWish;
  /** This deployment has somewhere to keep a recording; not kept with the room, since it is not the room's own. */
  readonly recordable: boolean;
  readonly host: HostWatch;
  /** What is announced of it, and whether its doors are open; a room that is not scheduled has none, and is open. */
  readonly doors?: Doors;
  /** Since its object woke it has not heard whether its audience is still its own: time alone opens no doors until then. */
  readonly unsure?: true;
  /** How it came to its end, if nobody in it ended it. */
  readonly over?: Over;
};

/** People on stage at most, where nothing else was wished. */
export const DEFAULT_SPEAKERS = 13;
/** More than that no room takes: each costs everybody on stage his part of the fast path. */
export const MOST_SPEAKERS = 50;

/** A room that was just made: nobody has come yet. */
export function newRoom(
  of: Pick<Room, "id" | "title" | "chunkMs"> & {
    readonly maxSpeakers?: number;
    readonly recordable?: boolean;
    readonly doors?: Doors | undefined;
  },
): Room {
  return {
    id: of.id,
    title: of.title,
    phase: "quiet",
    chunkMs: of.chunkMs,
    maxSpeakers: of.maxSpeakers ?? DEFAULT_SPEAKERS,
    speakers: new Map(),
    nextVoice: 1,
    steppedIn: [],
    hands: [],
    invited: [],
    keptOut: [],
    addressesSince: undefined,
    questions: [],
    pinned: undefined,
    handled: [],
    locked: false,
    stageLocked: false,
    recordable: of.recordable ?? false,
    host: { presence: "here", heardAt: 0, offered: 0 },
    ...(of.doors === undefined ? {} : { doors: of.doors }),
  };
}

/** What can happen to a room. `connection` numbers are given by the body, one more each. */
export type RoomEvent =
  /** `as`: what his ticket says; the room's own table is the truth, but for the host's first coming. */
  | {
      readonly type: "speaker-came";
      readonly session: SessionId;
      readonly name: string;
      readonly connection: number;
      readonly as: Role;
      readonly address?: string | undefined;
    }
  | { readonly type: "speaker-left"; readonly session: SessionId; readonly connection: number }
  /** Anything came on a speaker's line; of importance for the host's alone, and once a second is enough. */
  | { readonly type: "line-heard"; readonly session: SessionId }
  /** Somebody asks for something, on his line or by HTTP. `as`: as above. */
  | { readonly type: "asked"; readonly by: SessionId; readonly as: Role; readonly deed: Deed }
  /** A listener raises or lowers his hand. `ask`: what tells this from whatever else is asked, if it may come again. */
  | { readonly type: "hand"; readonly session: SessionId; readonly name: string; readonly raised: boolean; readonly ask?: string }
  | {
      readonly type: "question";
      readonly id: string;
      readonly session: SessionId;
      readonly name: string;
      readonly text: string;
      readonly ask?: string;
    }
  /** A leaf tells where somebody came from whose address is banned. */
  | { readonly type: "address"; readonly session: SessionId; readonly address: string }
  /** The time that `nextDueMs` told has come, or passed. */
  | { readonly type: "time" }
  /** The room's object begins a new life: whoever comes again says so next. */
  | { readonly type: "woke" }
  /** Its audience has answered, or was waited for long enough: what time alone would have opened opens now. */
  | { readonly type: "sure" }
  /** Not by who is in it: the operator ended it, or nobody used it. */
  | { readonly type: "closed"; readonly over: Over }
  /** The day of the key to addresses is over, and nobody is there. */
  | { readonly type: "key-is-old" }
  | { readonly type: "nobody-on-air-for-long" }
  /** These voices, of those that stand by, are on air now; none but these. */
  | { readonly type: "stepped-in"; readonly voices: readonly number[] }
  /** All that was kept of the room is deleted, by a host or because its time was over; also after its end. */
  | { readonly type: "recording-deleted" }
  /** The audience is fed by another room now: this one must not publish. */
  | { readonly type: "claim-refused" };

/** Why a listener's hand is not up any more. */
export type HandCode = keyof typeof HAND_SAYS;

/** What the world must be told, or do. */
export type RoomEffect =
  /** Keep the room through sleep and restarts. */
  | { readonly do: "save" }
  | { readonly do: "silence"; readonly voice: number }
  | { readonly do: "start-clock" }
  /** Somebody may be on air soon: whatever must be asked before the clock can start is asked now, so that his first word waits for nothing. */
  | { readonly do: "ready-clock" }
  | { readonly do: "stop-clock" }
  | { readonly do: "tell-room" }
  | { readonly do: "tell-stage" }
  | { readonly do: "tell-pinned" }
  /** To who runs the room. */
  | { readonly do: "tell-hands" }
  | { readonly do: "tell-questions" }
  | { readonly do: "tell-people" }
  /** To the nodes of the tree: whether what is said from here on is kept. Told before the room's own state, so that nobody sees it too late. */
  | { readonly do: "tell-recording" }
  | { readonly do: "tell-schedule" }
  /** The doors have opened: once for each schedule. What was saved before is written as one with what this brings about. */
  | { readonly do: "opened" }
  /** To the nodes of the tree: who is not let in. */
  | { readonly do: "tell-bans" }
  /** To one listener, of himself. An invitation comes with a ticket for the stage. */
  | {
      readonly do: "whisper";
      readonly to: SessionId;
      readonly name: string;
      readonly hand: "none" | "raised" | "invited";
      readonly code?: HandCode;
    }
  /** Somebody on stage has another role: a new ticket. */
  | { readonly do: "new-ticket"; readonly to: SessionId; readonly role: StageRole; readonly name: string }
  /** A ticket for a listener, to who asked. */
  | { readonly do: "listener-ticket"; readonly name: string }
  | { readonly do: "close"; readonly connection: number; readonly ending: "superseded" | "off-stage" | "removed" }
  /** Cut a listener off, wherever he hangs; `address`: and let his leaf tell where he came from. */
  | { readonly do: "dismiss"; readonly session: SessionId; readonly address: boolean }
  /** Whether who listens needs a ticket. */
  | { readonly do: "lock-audience"; readonly locked: boolean }
  /** Something of what he says, in words. `mayBegin`: a new line too, and not only the end of one that he has begun. */
  | { readonly do: "caption"; readonly of: Speaker; readonly said: Extract<Deed, { type: "caption" }>; readonly mayBegin: boolean }
  /** The secret that addresses are hashed with must be forgotten. */
  | { readonly do: "forget-addresses" }
  /** A *no* to who asked. */
  | { readonly do: "refuse"; readonly refusal: Refusal }
  | { readonly do: "end" };

export type Decision = { readonly room: Room; readonly effects: readonly RoomEffect[] };

/** The host; undefined until he came for the first time. From then on there is exactly one. */
export function hostOf(room: Room): Speaker | undefined {
  for (const speaker of room.speakers.values()) if (speaker.role === "host") return speaker;
  return undefined;
}

/** Co-hosts, the first before the second. */
export function coHostsOf(room: Room): readonly Speaker[] {
  return [...room.speakers.values()].filter(({ role }) => role === "co-host").sort((a, b) => (a.rank ?? 2) - (b.rank ?? 2));
}

/** Where a session stands: by the room's table, and for the host's first coming by his ticket. */
export function standingOf(room: Room, session: SessionId, as: Role = "listener"): Standing {
  const speaker = room.speakers.get(session);
  if (speaker !== undefined) return { role: speaker.role, rank: speaker.rank };
  return as === "host" && hostOf(room) === undefined && !isKeptOut(room, session) ? { role: "host" } : { role: "listener" };
}

/** True of who was removed or banned. */
export function isKeptOut(room: Room, session: SessionId): boolean {
  return room.keptOut.some((one) => one.session === session);
}

/** What somebody calls himself, as far as the room has heard. */
export function nameOf(room: Room, session: SessionId): string {
  const of = (all: readonly { readonly session: SessionId; readonly name: string }[]) => all.find((one) => one.session === session)?.name;
  return room.speakers.get(session)?.name ?? of(room.hands) ?? of(room.invited) ?? of(room.questions) ?? of(room.keptOut) ?? "Guest";
}

/** True if his microphone is closed, by himself or by who runs the room. */
export function isMuted(speaker: Speaker): boolean {
  return speaker.muted || speaker.held !== "no";
}

/** The room with this speaker as he is now. */
export function withSpeaker(room: Room, speaker: Speaker): Room {
  return { ...room, speakers: new Map(room.speakers).set(speaker.session, speaker) };
}
