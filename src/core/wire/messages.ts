import type { SessionId } from "../ids.ts";
import type { RoomPhase } from "../room/state.ts";
import type { Gap, Status } from "../tree/greeting.ts";
import type { Scope } from "../tree/states.ts";

export type { Gap, RoomPhase };

/** What stands in every text that travels down. */
type Head<Type extends string, For extends Scope> = {
  readonly type: Type;
  readonly for: For;
  /** One more with each change of this type within an epoch; the highest is the newest. */
  readonly revision: number;
  /** The instant on the room's timeline that it belongs to, in ms since the epoch began. */
  readonly roomTime: number;
};

export type RoomState = Head<"room", "all"> & {
  readonly room: string;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly chunkMs: number;
  readonly epoch: number;
};

export type OnStage = {
  /** The number that the sound of this speaker bears in chunks. */
  readonly voice: number;
  readonly name: string;
  readonly role: "host";
  /** away: the connection is lost and may return. */
  readonly state: "on-air" | "muted" | "away";
};

export type StageState = Head<"stage", "all"> & { readonly speakers: readonly OnStage[] };

/** How many listen; at most once a second. */
export type AudienceState = Head<"audience", "all"> & {
  readonly listeners: number;
  /** Should this socket break, come back after a random wait of up to this, in ms; the larger the audience, the longer. */
  readonly comeBackMs?: number;
};

/** Another room feeds this audience from here on: other people, the same listeners, and nobody has to do anything. */
export type MovedState = Head<"moved", "all"> & { readonly from: string; readonly room: string };

/** The states that travel down the tree; a node keeps the newest of each type. */
export type State = RoomState | StageState | AudienceState | Status | MovedState;

/** First text on a listener's socket: the newest of every state, and where the sound stands. */
export type Welcome = {
  readonly type: "welcome";
  readonly revision: number;
  readonly roomTime: number;
  /** The newest chunk that this socket's first binary message ends with; 0.0 before any. */
  readonly epoch: number;
  readonly sequence: number;
  /** True where the room wants the player to say `ping` after new sound, every 5 s: it cannot see by itself what waits on a line. */
  readonly acks?: boolean;
  /** The path below which segments are fetched; undefined where they cannot be. */
  readonly segments?: string;
  readonly states: readonly State[];
};

/** The tree cannot take this listener now: he hears by segments, and tries again. The only text before the connection is closed. */
export type Lane = {
  readonly type: "lane";
  readonly lane: "cached";
  /** The path below which segments are fetched; undefined where they cannot be. */
  readonly segments?: string;
  /** He tries to come back at a random moment within so long, in ms. */
  readonly comeBackMs: number;
};

/** What a listener's socket may say. */
export type ListenerHears = Welcome | Gap | Lane | State;

/** First text on a speaker's socket. */
export type StageWelcome = {
  readonly type: "stage-welcome";
  readonly revision: number;
  readonly roomTime: number;
  readonly session: SessionId;
  readonly voice: number;
  readonly name: string;
  readonly onAir: boolean;
  readonly muted: boolean;
  readonly states: readonly State[];
};

/** A *no* to something the speaker sent; the connection goes on. */
export type Refused = {
  readonly type: "refused";
  readonly revision: number;
  readonly roomTime: number;
  readonly code: string;
  readonly says: string;
};

/** The answer to `ping`, for measuring the line. */
export type Pong = { readonly type: "pong"; readonly revision: number; readonly roomTime: number; readonly id: number };

/** What a speaker's socket may say. */
export type StageHears = StageWelcome | Refused | Pong | State;

/** What a speaker may say in text; sound is binary (core/audio/speech.ts). */
export type StageSays =
  | { readonly type: "on-air" }
  | { readonly type: "off-air" }
  | { readonly type: "mute"; readonly muted: boolean }
  | { readonly type: "end" }
  | { readonly type: "ping"; readonly id: number };
