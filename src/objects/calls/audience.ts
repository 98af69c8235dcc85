import type { AudienceId, RoomId, SessionId } from "../../core/ids.ts";
import type { Doors } from "../../core/room/schedule.ts";
import type { Adoption, AudienceAnswer, Claimed, Move, Moved, Known as Of, Outcast } from "../../core/tree/shape/audience.ts";
import type { OnStage, RoomPhase } from "../../core/wire/messages.ts";
import type { Webhook } from "./room.ts";

/** What is announced of an evening; times in ISO 8601, UTC. */
export type Announced = {
  readonly opensAt: string;
  /** The zone in which it was announced, an IANA name. */
  readonly timeZone: string;
  readonly minutes?: number;
  readonly about?: string;
  /** Who will speak; nobody is named of a private room. */
  readonly speakers: readonly string[];
  readonly changedAt: string;
};

/** What anybody may know of a room; cached for a while at every edge. */
export type Summary = {
  readonly room: RoomId;
  readonly title: string;
  readonly phase: RoomPhase;
  readonly listeners: number;
  readonly chunkMs: number;
  readonly listed: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Who comes to listen needs a ticket. */
  readonly locked: boolean;
  /** Something of it is kept: GET /api/rooms/:room/recording says what. */
  readonly recorded: boolean;
  /** While its doors are closed: when they open. ISO 8601, UTC. */
  readonly opensAt?: string;
  /** What was announced of it, also once its doors are open. */
  readonly schedule?: Announced;
  /** Who is on stage, so that a page says it before it is connected; missing while nobody has been, and in a private room. */
  readonly speakers?: readonly Pick<OnStage, "name" | "role">[];
};

export type Known = Of<Summary>;

/** What a room that takes an audience over begins with, where its maker says nothing else: what only the room before knew. */
export type Legacy = { readonly maxSpeakers: number; readonly webhook?: Webhook | undefined; readonly doors?: Doors | undefined };

export interface AudienceCalls extends Rpc.DurableObjectBranded {
  /** Plants the audience; anew as long as nobody has claimed it, then never again. "taken" if a room of this name has taken another over. */
  open(known: Known, legacy: Legacy): Promise<"taken" | undefined>;
  /** Plan and public summary; undefined for an audience that nobody planted, and for `room` if it never fed this one. */
  look(room?: RoomId): Promise<Known | undefined>;
  /** How the audience of `room` was taken over; undefined if it was not. */
  moveFrom(room: RoomId): Promise<Move | undefined>;
  /** Compare-and-set: the next epoch for `root` if it is the one that feeds this audience, else who is. */
  claim(root: RoomId): Promise<Claimed<Legacy> | Moved | undefined>;
  /** Compare-and-set: a successor takes this audience over. */
  adopt(adoption: Adoption<Summary>): Promise<AudienceAnswer<Legacy>>;
  /** The root tells what a successor is to begin with. From another room it changes nothing. */
  bequeath(root: RoomId, legacy: Legacy): Promise<void>;
  /** The root tells whom it keeps out, so that a successor keeps them out too. From another room it changes nothing. */
  keepOut(root: RoomId, outcasts: readonly Outcast[]): Promise<void>;
  /** Whom the room that feeds this audience keeps out, as it told last. */
  outcasts(): Promise<readonly SessionId[]>;
  /** `room`, which is being made, will take `audience` over: from here on its name leads there. */
  follow(room: RoomId, audience: AudienceId): Promise<void>;
  /** The root tells what changed for the public, and its plan; an older one changes nothing. It is told if it is root no more. */
  note(known: Known): Promise<Moved | undefined>;
}
