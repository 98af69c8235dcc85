import type { SessionId } from "../ids.ts";
import type { CaptionLine } from "../room/caption-lines.ts";
import type { Role } from "../room/roles.ts";
import type { Doors } from "../room/schedule.ts";
import type { RoomPhase } from "../room/state.ts";
import type { Over } from "../room/upkeep.ts";
import type { Switch } from "../tree/archive/switches.ts";
import type { Status } from "../tree/down/greeting.ts";
import type { Scope } from "../tree/down/states.ts";
import type { Reactions } from "../tree/people/reactions.ts";
import type { Region } from "../tree/shape/region.ts";

export type { CaptionLine };

/** What stands in every text that travels down. */
type Head<Type extends string, For extends Scope> = {
  readonly type: Type;
  readonly for: For;
  /** One more with each change of this type within an epoch; the highest is the newest. */
  readonly revision: number;
  /** The instant on the room's timeline that it belongs to, in ms since the epoch began. */
  readonly roomTime: number;
};

/** Whether the host is there. silent: his line has said nothing for 5 s and is reconnecting; gone: for 30 s, and a co-host may take over. */
export type HostPresence = "here" | "silent" | "gone";

export type RoomState = Head<"room", "all"> & {
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly chunkMs: number;
  readonly epoch: number;
  readonly host: HostPresence;
  /** Who comes to listen needs a ticket. */
  readonly locked: boolean;
  /** Nobody new comes up to the stage. */
  readonly stageLocked: boolean;
  /** What is said is kept beyond two minutes. */
  readonly recorded: boolean;
  /** It can be: this server has somewhere to keep it. */
  readonly recordable: boolean;
  /** For how many days after the room's end what is recorded is kept; missing while nothing was ever recorded. */
  readonly keepDays?: number;
  /** Something is kept of what was said so far. */
  readonly kept?: true;
  /** When its doors open, in ms since 1970; missing once they are open. Until then nobody is on air. */
  readonly opensAt?: number;
  /** Once it is over, if its host did not end it: who did, or why nobody had to, in words for people. */
  readonly over?: Over;
  /** Whether a hand can be raised; full: so many wait that no more are taken now. */
  readonly hands: "open" | "full" | "closed";
};

export type OnStage = {
  /** The number that the sound of this speaker bears in chunks. */
  readonly voice: number;
  readonly session: SessionId;
  readonly name: string;
  readonly role: Exclude<Role, "listener">;
  /** A co-host's rank, 1 or 2. */
  readonly rank?: 1 | 2;
  /** off: on stage, and not on air; away: the connection is lost and may return. */
  readonly state: "on-air" | "muted" | "off" | "away";
  /** Muted by who runs the room, who alone can open this microphone again. */
  readonly muteLocked?: boolean;
  /** He stands by: on air, he is heard only while nobody else is. */
  readonly standby?: true;
  /** He stands by, and is heard now, because nobody else is. */
  readonly steppedIn?: true;
};

export type StageState = Head<"stage", "all"> & { readonly speakers: readonly OnStage[] };

/** How many listen; at most once a second. */
export type AudienceState = Head<"audience", "all"> & {
  readonly listeners: number;
  /** Should this socket break, come back after a random wait of up to this, in ms; the larger the audience, the longer. */
  readonly comeBackMs?: number;
  /** The most that listened at once. */
  readonly peak?: number;
  /** Different browsers that came, estimated; who brings no id is counted at every join. */
  readonly unique?: number;
  /** Players that said that sound comes out. */
  readonly hearing?: number;
};

/** How often each reaction was tapped since the room was made; at most once a second. What is shown is the difference to the one before. */
export type ReactionsState = Head<"reactions", "all"> & { readonly counts: Reactions };

/** The question that a host shows to all; none if it is missing. */
export type PinnedState = Head<"pinned", "all"> & {
  readonly question?: { readonly id: string; readonly name: string; readonly text: string };
};

/** Another room feeds this audience from here on: other people, the same listeners, and nobody has to do anything. */
export type MovedState = Head<"moved", "all"> & { readonly from: string; readonly room: string };

/** The newest lines of captions, in the order in which they were begun, at most four; three times a second at most. */
export type CaptionsState = Head<"captions", "all"> & { readonly epoch: number; readonly lines: readonly CaptionLine[] };

/** The states that travel down the tree; a node keeps the newest of each type. */
export type State = RoomState | StageState | AudienceState | ReactionsState | PinnedState | Status | MovedState | CaptionsState;

/**
 * What is kept of what is said, told to the archive: from behind which chunk on. The newest switches, oldest first (core/tree/archive/switches.ts).
 * `keepMs`: how long after the room's end, in ms; missing where nobody has said it.
 */
export type RecordingState = Head<"recording", "nodes"> & { readonly keepMs?: number; readonly switches: readonly Switch[] };

/** Whom the room keeps out, told to every leaf: sessions, and HMACs of addresses; up to 1,000 of each (core/tree/people/bans.ts). */
export type BansState = Head<"bans", "nodes"> & { readonly sessions: readonly SessionId[]; readonly addresses: readonly string[] };

/** A listener who wants to speak, or was asked to. Told to hosts and co-hosts. */
export type WaitingHand = {
  readonly session: SessionId;
  readonly name: string;
  /** raised: waits for an answer; invited: was asked up and has not come yet. */
  readonly state: "raised" | "invited";
  /** When it was raised, in ms of room time or of the calendar where no epoch has begun: for sorting and showing only. */
  readonly since: number;
};
export type HandsState = Head<"hands", "stage"> & { readonly hands: readonly WaitingHand[] };

export type Question = {
  readonly id: string;
  readonly session: SessionId;
  readonly name: string;
  readonly text: string;
  readonly pinned: boolean;
};
/** The questions that wait, oldest first. Told to hosts and co-hosts. */
export type QuestionsState = Head<"questions", "stage"> & { readonly questions: readonly Question[] };

export type Banned = { readonly session: SessionId; readonly name: string; readonly address: boolean };
/** Who may take over, in order, and who is kept out. Told to hosts and co-hosts. */
export type PeopleState = Head<"people", "stage"> & {
  readonly successors: readonly { readonly session: SessionId; readonly name: string; readonly rank: 1 | 2; readonly here: boolean }[];
  /** The co-hosts who may take over now: none while the host is here, then the first who is here, then the second too. */
  readonly mayTakeOver: readonly SessionId[];
  readonly bans: readonly Banned[];
};

/** What is announced of the evening; nothing where it is not scheduled. Told to hosts and co-hosts. */
export type ScheduleState = Head<"schedule", "stage"> & { readonly schedule?: Doors };

/** The audience by region and lane; regions with fewer than five are one, "other". Told to the stage. */
export type CrowdState = Head<"crowd", "stage"> & {
  readonly parts: readonly {
    readonly region: Region | "other";
    readonly lane: "live" | "cached";
    readonly listeners: number;
    readonly hearing: number;
  }[];
};

/** How each speaker's line does: round trip in ms, frames that were lost or late in the last 10 s, in percent. Told to the stage, at most every 2 s. */
export type QualityState = Head<"quality", "stage"> & {
  readonly lines: readonly { readonly session: SessionId; readonly roundTripMs?: number; readonly lossPercent: number }[];
};

/** What only the stage is told; these never enter the tree. */
export type BackstageState = HandsState | QuestionsState | PeopleState | ScheduleState | CrowdState | QualityState;
