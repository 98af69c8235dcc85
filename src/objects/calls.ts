import type { ChunkMs } from "../core/audio/format.ts";
import type { LaneHead, Run } from "../core/audio/lane-head.ts";
import type { Position } from "../core/audio/position.ts";
import type { RecordedCaption, RecordedPerson, Recording } from "../core/audio/recording.ts";
import type { SegmentName } from "../core/audio/segment.ts";
import type { TrackLayout } from "../core/audio/track-layout.ts";
import type { EveningRow } from "../core/evening.ts";
import type { AudienceId, RoomId, SessionId } from "../core/ids.ts";
import type { Refusal } from "../core/room/refusals.ts";
import type { Role } from "../core/room/roles.ts";
import type { Schedule } from "../core/room/schedule.ts";
import type { Deed } from "../core/room/verbs.ts";
import type { Bans } from "../core/tree/people/bans.ts";
import type { Adoption, AudienceAnswer, Claimed, Move, Moved, Known as Of, Outcast } from "../core/tree/shape/audience.ts";
import type { Plan } from "../core/tree/shape/plan.ts";
import type { Expectation } from "../core/tree/shape/plant.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type {
  CrowdState,
  HandsState,
  OnStage,
  PeopleState,
  QualityState,
  QuestionsState,
  RoomPhase,
  RoomState,
  ScheduleState,
  StageState,
} from "../core/wire/messages.ts";

import type { Webhook } from "./room/told/webhook.ts";

/** What objects may ask of each other. Classes meet here, so that none imports another. */

/** Every binding and setting of the worker; README.md says what the settings mean. */
export type Env = {
  readonly ROOM: DurableObjectNamespace<RoomCalls>;
  readonly AUDIENCE: DurableObjectNamespace<AudienceCalls>;
  readonly RELAY: DurableObjectNamespace<ParentCalls>;
  readonly LEAF: DurableObjectNamespace;
  readonly ARCHIVE: DurableObjectNamespace<ArchiveCalls>;
  readonly RADIO: DurableObjectNamespace<RadioCalls>;
  readonly LOBBY: DurableObjectNamespace;
  readonly REGISTER: DurableObjectNamespace<RegisterCalls>;
  readonly ASSETS: Fetcher;
  /** Where segments are kept if it is bound; else each archive keeps its own. */
  readonly SEGMENTS?: R2Bucket;
  /** "sqlite": rooms may be recorded where there is no SEGMENTS too, into each archive's own storage. */
  readonly RECORDINGS?: string;
  readonly FAN_OUT?: string;
  readonly LISTENERS_PER_LEAF?: string;
  readonly INITIAL_LEAVES?: string;
  readonly MAX_LISTENERS?: string;
  readonly SUMMARY_SECONDS?: string;
  /** A room that nobody uses for so long ends; 0 never. */
  readonly IDLE_MINUTES?: string;
  /** A stride that no controller changes; for measuring only. */
  readonly STRIDE?: string;
  readonly OPEN_CREATE?: string;
  readonly CREATE_KEY?: string;
  /** Who brings it may read `GET /metrics`, and list and end any room; without it there are no such addresses. */
  readonly ADMIN_KEY?: string;
  /** Where reports about rooms are sent to; without it there are none. */
  readonly REPORT_WEBHOOK?: string;
  /** Signs what is sent there. */
  readonly REPORT_KEY?: string;
  /** Where is told what happens in rooms; without it nothing is. */
  readonly WEBHOOK_URL?: string;
  /** Signs what is told there. */
  readonly WEBHOOK_KEY?: string;
  /** "1": a room's maker may name another webhook for his room. */
  readonly ROOM_WEBHOOKS?: string;
  /** What calls go through whose address a stranger chose; only an embedded server binds it, which could reach its own network otherwise. */
  readonly INTERNET?: Fetcher;
  /** How much one address may do in a while; Cloudflare's counters where they are bound, else this isolate's own (edge/request/limits.ts). */
  readonly CREATES?: RateLimit;
  readonly JOINS?: RateLimit;
  readonly ASKS?: RateLimit;
  readonly REPORTS?: RateLimit;
  /** The header in which the operator's own proxy tells where a visitor comes from; without one, Cloudflare or workerd tell. */
  readonly ADDRESS_HEADER?: string;
  /** WebSockets that this process may hold; only an embedded server sets it. */
  readonly SOCKET_LIMIT?: string;
};

/** A child asks `parent` to be dialed, and to be sent what came after `from`. A cold parent learns its name and the plan by it. */
export type AttachAsk = { readonly node: string; readonly from: Position; readonly parent: string; readonly plan: Plan };
/** `plan`: the parent's own, where it is newer than the child's and says who feeds the child instead. */
export type AttachAnswer = { readonly dialed: true } | { readonly dialed: false; readonly why: string; readonly plan?: Plan };

/** Who feeds others: the room and every relay. */
export interface ParentCalls extends Rpc.DurableObjectBranded {
  attach(ask: AttachAsk): Promise<AttachAnswer>;
}

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
};
export type Created = {
  readonly hostTicket: string;
  readonly successorTickets: readonly string[];
  readonly plan: Plan;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
};

/** A successor asks the new room to take over the audience of `from`; the edge has checked the ticket. */
export type ContinueAsk = {
  readonly room: RoomId;
  readonly title: string;
  readonly listed: boolean;
  readonly chunkMs: number;
  readonly maxSpeakers: number;
  readonly maxListeners: number;
  readonly audience: AudienceId;
  readonly from: RoomId;
  /** The session that the successor's ticket names. */
  readonly ticket: string;
  readonly webhook?: Webhook | undefined;
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

/** How far a tree is ready for its crowd. */
export type Progress = {
  /** Listeners that were last said to come; 0 if none were. */
  readonly expected: number;
  /** Listeners for whom there are leaves. */
  readonly seats: number;
  readonly leaves: number;
  /** Leaves that are awake and linked. */
  readonly ready: number;
  readonly listeners: number;
  /** More are expected than the operator allows. */
  readonly capped: boolean;
  /** More want to come just now than the operator allows: they hear the cached lane. */
  readonly full: boolean;
  /** The tree will be made ready by itself for so many, at that time (ms since 1970), because the room is scheduled. */
  readonly planned?: { readonly listeners: number; readonly at: number };
};

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

export interface AudienceCalls extends Rpc.DurableObjectBranded {
  /** Plants the audience; anew as long as nobody has claimed it, then never again. "taken" if a room of this name has taken another over. */
  open(known: Known): Promise<"taken" | undefined>;
  /** Plan and public summary; undefined for an audience that nobody planted, and for `room` if it never fed this one. */
  look(room?: RoomId): Promise<Known | undefined>;
  /** How the audience of `room` was taken over; undefined if it was not. */
  moveFrom(room: RoomId): Promise<Move | undefined>;
  /** Compare-and-set: the next epoch for `root` if it is the one that feeds this audience, else who is. */
  claim(root: RoomId): Promise<Claimed | Moved | undefined>;
  /** Compare-and-set: a successor takes this audience over. */
  adopt(adoption: Adoption<Summary>): Promise<AudienceAnswer>;
  /** The root tells whom it keeps out, so that a successor keeps them out too. From another room it changes nothing. */
  keepOut(root: RoomId, outcasts: readonly Outcast[]): Promise<void>;
  /** Whom the room that feeds this audience keeps out, as it told last. */
  outcasts(): Promise<readonly SessionId[]>;
  /** `room`, which is being made, will take `audience` over: from here on its name leads there. */
  follow(room: RoomId, audience: AudienceId): Promise<void>;
  /** The root tells what changed for the public, and its plan; an older one changes nothing. It is told if it is root no more. */
  note(known: Known): Promise<Moved | undefined>;
}

/** A room as the operator's register has it. */
export type Registered = {
  readonly room: string;
  readonly title: string;
  readonly listed: boolean;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
};
/** `next`: where the next page begins; undefined on the last one. */
export type RegisterPage = { readonly rooms: readonly Registered[]; readonly next: string | undefined };

export interface RegisterCalls extends Rpc.DurableObjectBranded {
  /** A room was made, or renamed. */
  write(room: Registered): Promise<void>;
  /** A room is over. */
  strike(room: RoomId): Promise<void>;
  /** Newest first. */
  page(after: string | undefined, most: number): Promise<RegisterPage>;
}

/** What an archive tells the edge: what can be fetched, the newest states, as texts, its plan, and which sessions the room keeps out. */
export type ArchiveSays = {
  readonly head: LaneHead;
  readonly states: readonly string[];
  readonly plan: Plan;
  readonly keptOut: readonly SessionId[];
  /** What is kept beyond two minutes, and beyond the room's end. */
  readonly kept: readonly Run[];
};
/** `leftMs`: how long it may still be handed out. */
export type FoundSegment = { readonly bytes: Uint8Array<ArrayBuffer>; readonly leftMs: number };

export interface ArchiveCalls extends RecordingCalls, Rpc.DurableObjectBranded {
  /** The room went on air, or began anew: the archive attaches to it. */
  wake(plan: Plan): Promise<void>;
  /** What can be fetched now. Undefined for who does not know the audience's secret (Plan.segments). */
  head(secret: string): Promise<ArchiveSays | undefined>;
  /** A segment's bytes; undefined for a wrong secret and for a segment that there is not, alike. */
  segment(secret: string, epoch: number, index: number): Promise<FoundSegment | undefined>;
}

/** What an archive keeps of a room beyond its end, and how long. `keptUntil`: ms since 1970; undefined while the room is not over. */
export type RecordingSays = {
  readonly recording: Recording;
  readonly startedAt: number;
  readonly ended: boolean;
  readonly keptUntil: number | undefined;
  readonly plan: Plan;
  readonly keptOut: readonly SessionId[];
};

/** A person's track: whose it is, of which runs it is made, and how long it is in each of their segments. */
export type TrackSays = TrackLayout & { readonly runs: readonly Run[]; readonly person: RecordedPerson };

/** After which line of captions a page begins. `row`: of lines that began at once, the order in which they were kept. */
export type CaptionPlace = { readonly epoch: number; readonly fromMs: number; readonly row: number };
/** Some lines in the order in which they were said. `next`: where the next page begins; undefined on the last one. */
export type CaptionsPage = { readonly lines: readonly RecordedCaption[]; readonly next: CaptionPlace | undefined };

/** What may be asked of an archive about what it keeps. Undefined for a wrong secret and where nothing is kept, alike. */
export interface RecordingCalls {
  recording(secret: string): Promise<RecordingSays | undefined>;
  /** True while there may be more of a recording, or one at all: the room's end is not heard of, or something waits to be stored. */
  owes(secret: string): Promise<boolean>;
  /** Page by page: an answer between objects holds 32 MiB, and a recording may have more. */
  captions(secret: string, after?: CaptionPlace): Promise<CaptionsPage | undefined>;
  /** How a person's track is laid out; undefined also where nobody has that number. */
  track(secret: string, track: number): Promise<TrackSays | undefined>;
  /** Segments in the order of `names`, as many as fit into 8 MiB, at least one; what there is not is left out. */
  segments(
    secret: string,
    names: readonly SegmentName[],
  ): Promise<readonly (SegmentName & { readonly bytes: Uint8Array<ArrayBuffer> })[] | undefined>;
  /** Deletes all that is kept, for good: from here on nothing of it can be fetched. True if there was anything. */
  deleteRecording(): Promise<boolean>;
}

/** What a radio tells the edge of its HLS: the plan that it lives by, whom the room keeps out, and the first and last fragment that is there. */
export type HlsSays = {
  readonly plan: Plan;
  readonly keptOut: Bans;
  readonly numbers: { readonly first: number; readonly last: number } | undefined;
};
/** The same with a playlist; undefined if there is nothing to play yet. */
export type HlsAnswer = (HlsSays & { readonly text: string }) | undefined;

/** A radio's HLS; its streams are fetched. Each call names the radio, since an object does not know its own name. */
export interface RadioCalls extends Rpc.DurableObjectBranded {
  playlist(node: string, plan: Plan): Promise<HlsAnswer>;
  /** What there is at this moment; it wakes nobody, and undefined answers that the radio has never played. */
  look(): Promise<HlsSays | undefined>;
  /** A fragment's bytes; undefined if there is none of this number, and then nobody is taken to listen. */
  fragment(node: string, plan: Plan, number: number): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Headers between the edge and our own objects. The edge sets all of them itself and passes none on from outside. */
export const HEADER = {
  /** The name of the node that is called: an object does not know its own. */
  node: "x-canopy-node",
  /** The caller's plan, as JSON; or in an answer, the node's, if it is newer. */
  plan: "x-canopy-plan",
  /** The revision of the plan that the caller knows. */
  planRevision: "x-canopy-plan-revision",
  /** A new root dials without having been asked: only who has listeners, or nodes, below takes it. */
  unasked: "x-canopy-unasked",
  /** Who dials: the parent's name. */
  parent: "x-canopy-parent",
  /** The last chunk that a listener has heard, or a child who answers a dial: `epoch.sequence`. */
  from: "x-canopy-from",
  /** The region that a listener would be served from best, and how many joins wanted it that nobody has counted yet: 0 for a second attempt. */
  wanted: "x-canopy-wanted",
  joins: "x-canopy-joins",
  /** A speaker's verified session and name; of a listener the session alone, if he has one. To a radio the name is the room's title, in percent code. */
  session: "x-canopy-session",
  name: "x-canopy-name",
  /** What a speaker's verified ticket says of him. */
  role: "x-canopy-role",
  /** The HMAC of a listener's address, 22 characters of base64url; never the address. */
  address: "x-canopy-address",
  /** "1" of a listener who brings a ticket that lets him hear a private room. */
  invited: "x-canopy-invited",
  /** Set for who comes from this very machine, or through a proxy on it: behind such an address may stand everybody. */
  near: "x-canopy-near",
  /** Why an object refused, a problem's code. */
  refusal: "x-canopy-refusal",
} as const;
