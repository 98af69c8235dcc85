import type { SessionId } from "../ids.ts";
import type { Role } from "../room/roles.ts";
import type { RoomPhase } from "../room/state.ts";
import type { Gap } from "../tree/down/greeting.ts";
import type { BackstageState, State } from "./states.ts";

export type { Verb } from "../room/verbs.ts";
export type { StageSays } from "./stage-says.ts";
export type * from "./states.ts";
export type { Gap, RoomPhase };

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

/** What the room tells one listener of himself; it comes from the room's people, over his leaf's link. */
export type You = {
  readonly type: "you";
  readonly session: SessionId;
  /** How his hand stands. invited: he may come up, with `ticket`, by a click of his own. */
  readonly hand: "none" | "raised" | "invited";
  /** Opens the stage's socket; signed for this session. */
  readonly ticket?: string;
  /** Why, where it is a *no*: declined, expired, full, stage-locked, demoted, not-now. */
  readonly code?: string;
  /** What people read. */
  readonly says?: string;
};

/** What a listener's socket may say. */
export type ListenerHears = Welcome | Gap | Lane | You | Refused | State;

/** First text on a speaker's socket. */
export type StageWelcome = {
  readonly type: "stage-welcome";
  readonly revision: number;
  readonly roomTime: number;
  readonly session: SessionId;
  readonly voice: number;
  readonly name: string;
  readonly role: Exclude<Role, "listener">;
  readonly onAir: boolean;
  readonly muted: boolean;
  readonly muteLocked: boolean;
  readonly states: readonly (State | BackstageState)[];
};

/** A *no* to something that was sent; the connection goes on. */
export type Refused = {
  readonly type: "refused";
  readonly revision: number;
  readonly roomTime: number;
  readonly code: string;
  readonly says: string;
};

/** The answer to `ping`, for measuring the line. */
export type Pong = { readonly type: "pong"; readonly revision: number; readonly roomTime: number; readonly id: number };

/** A new ticket for who is on stage: his role has changed, or he asked for an invitation to listen (`for` says its name). */
export type TicketText = {
  readonly type: "ticket";
  readonly revision: number;
  readonly roomTime: number;
  readonly role: Role;
  readonly name: string;
  readonly ticket: string;
};

/** What a speaker's socket may say. */
export type StageHears = StageWelcome | Refused | Pong | TicketText | State | BackstageState;
