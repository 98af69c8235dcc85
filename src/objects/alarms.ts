import { type DueTable, dueBy, dueTableOf, nextDue, withDue } from "../core/room/due.ts";
import { log } from "./log.ts";

/** What a room's object does later. */
export const CHORES = [
  "doors",
  "plant",
  "heartbeat",
  "address-key",
  "idle",
  "register",
  "webhooks",
  "evening",
  "recording-ready",
  "recording",
] as const;
export type Chore = (typeof CHORES)[number];

/** What is not done is tried again after this, in ms. */
const AGAIN_MS = 60_000;

/** A room's object's one alarm, shared by all that is to be done later. */
export class Alarms {
  readonly #storage: DurableObjectStorage;
  /** What is being done, until it is or `set` says when it is to be done instead. */
  #doing: Chore | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** To be done at `at`, in ms since 1970, instead of when it was to be done; or not at all. No message waits for this write. */
  async set(chore: Chore, at: number | undefined): Promise<void> {
    if (this.#doing === chore) this.#doing = undefined;
    await this.#keep(withDue(this.#table, chore, at));
  }

  /** When `chore` is to be done; undefined if it is not. */
  at(chore: Chore): number | undefined {
    return this.#table[chore];
  }

  /**
   * The alarm rang: does what is due, each by `chores`, which tell when they want to be done next; unless `set` said otherwise while it
   * was being done. What fails is tried again in a minute; so is what this object's death cuts off, since it stays in the table until it is done.
   */
  async ring(now: number, chores: Readonly<Record<Chore, () => Promise<number | undefined>>>): Promise<void> {
    for (const chore of dueBy(this.#table, CHORES, now)) {
      this.#doing = chore;
      const next = await chores[chore]().catch((fault: unknown) => {
        log("chore-failed", { chore, why: String(fault) });
        return now + AGAIN_MS;
      });
      const isSetAnew = this.#doing === undefined;
      this.#doing = undefined;
      if (!isSetAnew) await this.set(chore, next);
    }
    await this.#keep(this.#table);
  }

  get #table(): DueTable<Chore> {
    return dueTableOf(this.#storage.kv.get("due"), CHORES);
  }

  async #keep(table: DueTable<Chore>): Promise<void> {
    const next = nextDue(table);
    const arming = next === undefined ? this.#storage.deleteAlarm() : this.#storage.setAlarm(next, { allowUnconfirmed: true });
    await Promise.all([this.#storage.put("due", table, { allowUnconfirmed: true }), arming]);
  }
}
