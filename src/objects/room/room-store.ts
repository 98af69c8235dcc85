import type { RoomId, SessionId } from "../../core/ids.ts";
import { toBeRecorded } from "../../core/room/recording.ts";
import { formatRoom, parseRoom } from "../../core/room/saved.ts";
import type { Doors } from "../../core/room/schedule.ts";
import { newRoom, type RecordingWish, type Room } from "../../core/room/state.ts";
import type { Moved, Outcast } from "../../core/tree/shape/audience.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";
import type { Expectation } from "../../core/tree/shape/plant.ts";
import type { RecordWish, Webhook } from "../calls/room.ts";
import { log } from "../log.ts";
import type { RoomKeys } from "./tickets.ts";

/** What a room's object keeps through sleep, restarts and deploys. */
export type RoomRecord = {
  readonly room: RoomId;
  /** As it was made; what it is called now stands with its people. */
  readonly title: string;
  readonly listed: boolean;
  readonly chunkMs: number;
  /** People on stage at most. */
  readonly maxSpeakers: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly ended: boolean;
  /** The last epoch that this room claimed; 0 before the first. */
  readonly epoch: number;
  readonly plan: Plan;
  /** Listeners that the operator allows, no limit if absent; the room's tree grows no further. */
  readonly maxListeners?: number;
  readonly keys: RoomKeys;
  /** What was announced when it was made; what is announced now stands with its people. */
  readonly doors?: Doors | undefined;
  /** It was made to be recorded; what holds now stands with its people. */
  readonly record?: RecordWish | undefined;
  /** The session of the ticket that the room's maker was given. */
  readonly host: SessionId;
  /** The room whose audience this one took over, the session of the ticket that did it, who was kept out there, and whether it was recorded. */
  readonly continues?: { readonly room: RoomId; readonly ticket: string; readonly outcasts?: readonly Outcast[]; readonly recorded?: true };
  /** True once somebody has come with this room's own host ticket. */
  readonly hosted?: boolean;
  /** Who feeds the audience since this room does not. */
  readonly movedTo?: Moved;
  /** Whom its maker wants told what happens in it. */
  readonly webhook?: Webhook | undefined;
};

/** A crowd that is expected, as it is kept. */
export type Expected = Expectation & {
  /** The operator allows fewer. */
  readonly isCapped: boolean;
  /** When it was told, in ms since 1970. */
  readonly since: number;
  /** The room was live since then. */
  readonly wasLive: boolean;
};

/** Revisions that pass with each ms of the calendar: no room tells so many states, and a number holds enough until the year 2255. */
const REVISIONS_PER_MS = 1_000;
/** States that one life of a room's object tells at most, whatever the calendar says: twelve days of one a second. */
const LIFE_REVISIONS = 2 ** 20;

/** What a room keeps in its object's SQLite. Only this class writes it, so what is read has the shape that was written. */
export class RoomStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Undefined until the room is created. */
  load(): RoomRecord | undefined {
    const record = this.#storage.kv.get<RoomRecord>("room");
    const plan = this.#storage.kv.get<Plan>("plan");
    return record !== undefined && plan !== undefined && plan.revision > record.plan.revision ? { ...record, plan } : record;
  }

  /**
   * Where the revisions of this life of the object begin: above those of every life before it, and above those of a room whose audience it
   * takes over. That room may be past saying where it stood, but it began earlier, by longer than the clocks of two machines differ.
   */
  nextRevision(): number {
    const revision = Math.max((this.#storage.kv.get<number>("revision") ?? 0) + LIFE_REVISIONS, Date.now() * REVISIONS_PER_MS);
    this.#storage.kv.put("revision", revision);
    return revision;
  }

  /** Synchronous: the runtime holds every message sent after it until it is safe. */
  save(record: RoomRecord): void {
    this.#storage.kv.put("room", record);
  }

  /** The room's people as they were kept, or those of one to which nobody has come yet. */
  people(record: RoomRecord): Room {
    const { room: id, title, chunkMs, maxSpeakers, plan, ended, continues, doors } = record;
    const text = this.#storage.kv.get<string>("people");
    const kept = text === undefined ? undefined : parseRoom(text);
    if (text !== undefined && kept === undefined) log("people-unreadable", { room: id, length: text.length });
    // A room that took an audience over keeps out whom the one before kept out, and is private if that was, until its own host opens it.
    const keptOut = (continues?.outcasts ?? []).map((one) => ({ ...one, banned: true, byAddress: false, address: undefined }));
    const recording = recordingOfNew(record);
    const room = { ...newRoom({ id, title, chunkMs, maxSpeakers, doors }), ...(recording === undefined ? {} : { recording }) };
    const people = kept ?? { ...room, locked: plan.listenTicket === true, keptOut };
    return ended ? { ...people, phase: "ended" } : people;
  }

  /** No sound waits for this write: of what is decided in the last moments before a crash, the newest may be lost. */
  savePeople(people: Room): void {
    void this.#storage
      .put("people", formatRoom(people), { allowUnconfirmed: true })
      .catch((fault: unknown) => log("people-not-saved", { why: String(fault) }));
  }

  /** The same, where it must not be lost: whatever is sent from here on waits until it is safe, and what is written in the same turn is written as one with it. */
  savePeopleSurely(people: Room): void {
    this.#storage.kv.put("people", formatRoom(people));
  }

  /** A plan apart from the rest: a room that grows is live, and no sound waits for this write. Resolves when it is safe. */
  async savePlan(plan: Plan): Promise<void> {
    await this.#storage.put("plan", plan, { allowUnconfirmed: true });
    await this.#storage.sync();
  }

  /** The crowd that was last expected. */
  expected(): Expected | undefined {
    return this.#storage.kv.get<Expected>("expected");
  }

  /** When somebody was last known to use the room, in ms since 1970; undefined if nobody ever was. */
  get usedAt(): number | undefined {
    return this.#storage.kv.get<number>("used");
  }

  /** No message waits for this write: that it is lost makes the room end a little early at worst, and never while it is used. */
  saveUsedAt(at: number): void {
    void this.#storage.put("used", at, { allowUnconfirmed: true });
  }

  /** True if the operator's register knows the room. */
  get isRegistered(): boolean {
    return this.#storage.kv.get<boolean>("registered") === true;
  }

  set isRegistered(is: boolean) {
    this.#storage.kv.put("registered", is);
  }

  saveExpected(expected: Expected): void {
    this.#storage.kv.put("expected", expected);
  }
}

/**
 * What was kept of a room that this one took over is there still, for as long as its host said unless this one's says otherwise; what is said here
 * is not kept, unless its own maker or host wants it.
 */
function recordingOfNew({ continues, record }: RoomRecord): RecordingWish | undefined {
  const any = continues?.recorded === true;
  if (record === undefined && !any) return undefined;
  return continues === undefined ? toBeRecorded(record?.keepDays) : { on: record !== undefined, keepDays: record?.keepDays, any };
}
