import type { RoomId, SessionId } from "../ids.ts";

/** quiet: nobody is on air; live: somebody is; ended: for good. */
export type RoomPhase = "quiet" | "live" | "ended";

/** Someone who speaks, across reconnects. */
export type Speaker = {
  readonly session: SessionId;
  readonly name: string;
  readonly role: "host";
  /** What the speaker's sound bears in chunks; never reused within an epoch. */
  readonly voice: number;
  /** The connection that counts, by number; the newest silences all older ones. Undefined: away. */
  readonly connection: number | undefined;
  readonly onAir: boolean;
  readonly muted: boolean;
};

/** The people of one room, and what it is doing. Never mutated. */
export type Room = {
  readonly id: RoomId;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly chunkMs: number;
  readonly speakers: ReadonlyMap<SessionId, Speaker>;
  readonly nextVoice: number;
};

/** What can happen to a room. `connection` numbers are given by the body, one more each. */
export type RoomEvent =
  | { readonly type: "speaker-came"; readonly session: SessionId; readonly name: string; readonly connection: number }
  | { readonly type: "speaker-left"; readonly session: SessionId; readonly connection: number }
  | { readonly type: "on-air"; readonly session: SessionId }
  | { readonly type: "off-air"; readonly session: SessionId }
  | { readonly type: "mute"; readonly session: SessionId; readonly muted: boolean }
  | { readonly type: "ended"; readonly session: SessionId }
  | { readonly type: "nobody-on-air-for-long" }
  /** The audience is fed by another room now: this one must not publish. */
  | { readonly type: "claim-refused" };

/** What the world must be told, or do. */
export type RoomEffect =
  | { readonly do: "supersede"; readonly connection: number }
  | { readonly do: "silence"; readonly voice: number }
  | { readonly do: "start-clock" }
  | { readonly do: "stop-clock" }
  | { readonly do: "tell-room" }
  | { readonly do: "tell-stage" }
  | { readonly do: "end" };

export type Decision = { readonly room: Room; readonly effects: readonly RoomEffect[] };
