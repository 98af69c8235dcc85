import type { RoomId } from "../core/ids.ts";
import type { Plan } from "../core/tree/plan.ts";
import type { RoomKeys } from "./tickets.ts";

/** What a room's object keeps through sleep, restarts and deploys. */
export type RoomRecord = {
  readonly room: RoomId;
  readonly title: string;
  readonly listed: boolean;
  readonly chunkMs: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly ended: boolean;
  /** The last epoch that this room claimed; 0 before the first. */
  readonly epoch: number;
  readonly plan: Plan;
  readonly keys: RoomKeys;
};

/** States that one life of a room's object may tell: more than it ever will, and two million lives still fit a number. */
const LIFE_REVISIONS = 2 ** 32;

/** The room's one record in its object's SQLite. Only this class writes it, so what is read has the shape that was written. */
export class RoomStore {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Undefined until the room is created. */
  load(): RoomRecord | undefined {
    return this.#storage.kv.get<RoomRecord>("room");
  }

  /** Where the revisions of this life of the object begin: above those of every life before it. */
  nextRevision(): number {
    const revision = (this.#storage.kv.get<number>("revision") ?? 0) + LIFE_REVISIONS;
    this.#storage.kv.put("revision", revision);
    return revision;
  }

  /** Synchronous: the runtime holds every message sent after it until it is safe. */
  save(record: RoomRecord): void {
    this.#storage.kv.put("room", record);
  }
}
