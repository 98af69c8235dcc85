import { EVENING_KEEP_MS, type EveningFigures, EveningLog, type EveningRow, outdatedBy } from "../../../core/evening.ts";
import { regionsOf } from "../../../core/tree/up/totals.ts";
import type { Alarms } from "../../alarms.ts";
import { log } from "../../log.ts";
import type { Root } from "./root.ts";

/** The figures are looked at so often while the room is live, in ms. */
const LOOK_MS = 1_000;
/** Rows stand under this and their time, so that they come in order. */
const PREFIX = "evening-";
/** Most keys that storage deletes in one call. */
const MOST_KEYS = 128;

/** What the report of an evening is made of. */
export type Watched = {
  readonly root: Pick<Root, "totals" | "figures" | "leaves" | "isFull" | "isLive">;
  /** The room is live, or is about to be. */
  isWanted(): boolean;
  /** Requests that the room's object has answered in this life. */
  requests(): number;
};

/** Keeps what was known of a room's audience, a row each ten seconds while the room is live, for whoever runs it. Decides nothing. */
export class EveningKeeper {
  readonly #storage: DurableObjectStorage;
  readonly #alarms: Alarms;
  readonly #watched: Watched;
  #log: EveningLog | undefined;
  #looking: ReturnType<typeof setInterval> | undefined;

  constructor(storage: DurableObjectStorage, alarms: Alarms, watched: Watched) {
    this.#storage = storage;
    this.#alarms = alarms;
    this.#watched = watched;
  }

  /** The room goes live: from here on it is looked at, until it is not live any more. */
  watch(): void {
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS);
  }

  /** All rows, oldest first. */
  async rows(): Promise<readonly EveningRow[]> {
    return [...(await this.#storage.list<EveningRow>({ prefix: PREFIX })).values()];
  }

  /** The room is over: its report goes when its time is up, `keepMs` from now if that is longer than a month. */
  async over(keepMs = 0): Promise<void> {
    await this.#alarms.set("evening", Date.now() + Math.max(keepMs, EVENING_KEEP_MS));
  }

  /** Nothing of it stays. */
  async erase(): Promise<undefined> {
    for (;;) {
      const keys = [...(await this.#storage.list({ prefix: PREFIX, limit: MOST_KEYS })).keys()];
      if (keys.length === 0) return;
      await this.#storage.delete(keys);
    }
  }

  #look(): void {
    const { root, isWanted } = this.#watched;
    // What is still being filled when the room falls quiet is kept as it is.
    const row = root.isLive ? this.#known.second(Date.now(), this.#figures()) : this.#log?.close();
    if (row !== undefined) this.#keep(row);
    if (isWanted()) return;
    clearInterval(this.#looking ?? null);
    this.#looking = undefined;
  }

  /** No sound waits for these writes: what a crash takes with it is ten seconds. */
  #keep(row: EveningRow): void {
    const writing = [
      this.#storage.put(keyOf(row.at), row, { allowUnconfirmed: true }),
      this.#storage.delete(outdatedBy(row.at).map(keyOf), { allowUnconfirmed: true }),
    ];
    Promise.all(writing).catch((fault: unknown) => log("evening-not-kept", { why: String(fault) }));
  }

  get #known(): EveningLog {
    if (this.#log !== undefined) return this.#log;
    const [newest] = this.#storage.kv.list<EveningRow>({ prefix: PREFIX, reverse: true, limit: 1 });
    this.#log = new EveningLog(newest?.[1]);
    return this.#log;
  }

  #figures(): EveningFigures {
    const { root, requests } = this.#watched;
    const totals = root.totals();
    const { listeners, hearing, peak, unique } = root.figures();
    const { slow, stride, lateMs } = totals;
    const joins = regionsOf(totals).reduce((sum, [, region]) => sum + region.joins, 0);
    const { leaves, isFull: full } = root;
    return { listeners, hearing, peak, unique, joins, full, leaves, slow, stride, lateMs, requests: requests() };
  }
}

function keyOf(at: number): string {
  return `${PREFIX}${String(at).padStart(15, "0")}`;
}
