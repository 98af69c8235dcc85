import { comeBackMs } from "../backoff.ts";
import type { SessionId } from "../ids.ts";
import { onStage } from "../room/decide.ts";
import type { Room } from "../room/state.ts";
import { MOST_BANS } from "../tree/bans.ts";
import type { CrowdFigures } from "../tree/crowd.ts";
import type { Reactions } from "../tree/reactions.ts";
import type {
  AudienceState,
  BansState,
  CrowdState,
  ListenerHears,
  MovedState,
  OnStage,
  ReactionsState,
  RoomState,
  StageState,
} from "./messages.ts";

/** Which change of a state this is, and when on the room's timeline. */
export type Head = { readonly revision: number; readonly roomTime: number };

/** All that is told of the audience, or how many listen alone. */
type AudienceFigures =
  | Pick<CrowdFigures, "listeners" | "peak" | "unique" | "hearing">
  | { readonly listeners: number; readonly peak?: undefined; readonly unique?: undefined; readonly hearing?: undefined };

/** What the room is and does, as everybody is told. */
export function roomStateOf({ id, title, phase, chunkMs }: Room, epoch: number, head: Head): RoomState {
  const rules = { host: "here", locked: false, stageLocked: false, recorded: false, hands: "closed" } as const;
  return { type: "room", for: "all", ...head, room: id, title, phase, chunkMs, epoch, ...rules };
}

/** Who speaks, as everybody is told. */
export function stageStateOf(room: Room, head: Head): StageState {
  const speakers = onStage(room).map(({ voice, session, name, role, connection, muted }): OnStage => {
    return { voice, session, name, role, state: connection === undefined ? "away" : muted ? "muted" : "on-air" };
  });
  return { type: "stage", for: "all", ...head, speakers };
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
