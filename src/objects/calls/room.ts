import type { ChunkMs } from "../../core/audio/format.ts";
import type { EveningRow } from "../../core/evening.ts";
import type { AudienceId, RoomId, SessionId } from "../../core/ids.ts";
import type { Refusal } from "../../core/room/refusals.ts";
import type { Role } from "../../core/room/roles.ts";
import type { Schedule } from "../../core/room/schedule.ts";
import type { Deed } from "../../core/room/verbs.ts";
import type { Moved } from "../../core/tree/shape/audience.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";
import type { Expectation, Progress } from "../../core/tree/shape/plant.ts";
import type { Region } from "../../core/tree/shape/region.ts";
import type {
  CrowdState,
  HandsState,
  PeopleState,
  QualityState,
  QuestionsState,
  RoomState,
  ScheduleState,
  StageState,
} from "../../core/wire/messages.ts";
import type { ParentCalls } from "./parent.ts";

/** Where something is told, and what it is signed with there. */
export type Webhook = { readonly url: string; readonly key?: string | undefined };

export type CreateAsk = {
  readonly room: RoomId;
  readonly title: string;
  readonly listed: boolean;
  readonly chunkMs: ChunkMs;
  readonly maxSpeakers: number;
  readonly region: Region;
  readonly fanOut: number;
  readonly leafListeners: number;
  readonly leaves: number;
  readonly maxListeners: number;
  /** Whom the room's maker wants told what happens in it. */
  readonly webhook?: Webhook | undefined;
  readonly schedule?: Schedule | undefined;
  /** It is recorded from its first word. */
  readonly record?: RecordWish | undefined;
};
/** `keepDays`: for how long after the room's end; the usual time where it is not said. */
export type RecordWish = { readonly keepDays?: number | undefined };

export type Created = {
  readonly hostTicket: string;
  readonly successorTickets: readonly string[];
  readonly plan: Plan;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** As the room has them: who asks again is answered by the room that he made at first. */
  readonly title: string;
  readonly listed: boolean;
  /** Of a room that takes an audience over: the host name of whom it tells what happens, whoever named him. */
  readonly webhookHost?: string;
};

/** A successor asks the new room to take over the audience of `from`; the edge has checked the ticket. */
export type ContinueAsk = {
  readonly room: RoomId;
  readonly title: string;
  readonly listed: boolean;
  readonly chunkMs: number;
  /** Where it is not said, as in the room before; so is `webhook`. */
  readonly maxSpeakers?: number | undefined;
  readonly maxListeners: number;
  readonly audience: AudienceId;
  readonly from: RoomId;
  /** The session that the successor's ticket names. */
  readonly ticket: string;
  /** Null: nobody is told. */
  readonly webhook?: Webhook | null | undefined;
  /** It is recorded from its own first word, whatever the room before was. */
  readonly record?: RecordWish | undefined;
};

/** Why a room does not take an audience over. `used`: this ticket's room has a host already. */
export type NotContinued = "taken" | "used" | "ended" | "unknown" | Moved;

/** Who bears a verified ticket of the room, and what it says of him. The room's own table says what he may do. */
export type Bearer = { readonly session: SessionId; readonly role: Role };

/** A *no* of the room's people. */
export type Refused = { readonly refused: Refusal };

/** What was asked is done; `ticket`: the one that was asked for. */
export type Done = { readonly done: true; readonly ticket?: string };

/** What who runs the room sees of it, at one moment. */
export type Backstage = Pick<RoomState, "room" | "title" | "phase" | "host" | "locked" | "stageLocked"> &
  Pick<StageState, "speakers"> &
  Pick<HandsState, "hands"> &
  Pick<QuestionsState, "questions"> &
  Pick<PeopleState, "successors" | "mayTakeOver" | "bans"> &
  Pick<ScheduleState, "schedule"> & {
    readonly audience: { readonly listeners: number; readonly peak: number; readonly unique: number; readonly hearing: number };
    readonly regions: readonly Pick<CrowdState["parts"][number], "region" | "listeners" | "hearing">[];
    readonly lines: QualityState["lines"];
  };

/** One session asks so often that this was left out. */
export type TooMany = "too-many";

/** Undefined answers: there is no such room, or it is over. */
export interface RoomCalls extends ParentCalls {
  create(ask: CreateAsk): Promise<Created | "taken">;
  /** A crowd is expected: the tree is made wide enough and woken. */
  expect(by: Bearer, expectation: Expectation, maxListeners: number): Promise<Progress | Refused | TooMany | undefined>;
  /** How far the tree is ready. */
  progress(by: Bearer): Promise<Progress | Refused | undefined>;
  /** Somebody asks for something by HTTP, as he would on his line. */
  ask(by: Bearer, deed: Deed): Promise<Done | Refused | TooMany | undefined>;
  /** What who runs the room sees of it. */
  backstage(by: Bearer): Promise<Backstage | Refused | TooMany | undefined>;
  /**
   * Deletes what is kept of the room, for good; also after its end. True if there was anything; undefined if another room has the audience.
   *
   * @param by who asks; the operator may delete what is kept of any room
   */
  deleteRecording(by: Bearer | "operator"): Promise<boolean | Refused | TooMany | undefined>;
  /** What was known of the audience while the room was live, oldest first; also once it is over. */
  evening(by: Bearer): Promise<readonly EveningRow[] | Refused | TooMany | undefined>;
  /** Why this ticket does not open the stage now, though it is good. */
  whyNotOnStage(by: Bearer): Promise<Refused | undefined>;
  /** The operator ends the room for everybody, for good. True if he did. */
  close(why: string): Promise<true | undefined>;
  /** Makes the room with the audience of another. Who was cut off before he had his answer may ask again, until the host has come. */
  continueFrom(ask: ContinueAsk): Promise<Created | NotContinued>;
}
