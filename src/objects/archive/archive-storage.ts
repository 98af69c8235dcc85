import type { SegmentName } from "../../core/audio/segment.ts";
import { type Keeping, parseKeeping } from "../../core/tree/archive/keeping.ts";
import type { KeptLine } from "../../core/tree/archive/kept-lines.ts";
import type { ToStore } from "../../core/tree/archive/shelf.ts";
import type { CaptionPlace, CaptionsPage } from "../calls/archive.ts";
import { countSegment } from "../counted.ts";
import { log } from "../log.ts";
import type { SegmentStore } from "./segment-store.ts";

/** A write to R2 that is not done by then is given up, in ms. */
const WRITE_MS = 10_000;
/** Times that all of a room that is over is erased, and the time between two of them, in ms: a bucket may be away for a moment. */
const ERASE_TRIES = 3;
const ERASE_MS = 1_000;
/** What a bucket did not let go of then is erased again after so long, in ms, until it did: the index says what it still holds. */
const ERASE_AGAIN_MS = 60_000;
/** Most bytes that are handed out at once: an answer between objects holds 32 MiB. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** Lines of captions that are handed out at once: 2 MB of the longest. */
const PAGE_LINES = 2_000;
/** Before every line. */
const FIRST_LINE: CaptionPlace = { epoch: -1, fromMs: 0, row: 0 };

type Line = {
  readonly row: number;
  readonly epoch: number;
  readonly voice: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly text: string;
};

/** What an archive keeps: its segments, the captions of a recording, and what it remembers of it. One thing after another. */
export class ArchiveStorage {
  readonly #state: Pick<DurableObjectState, "storage" | "waitUntil">;
  readonly segments: SegmentStore;
  readonly #writeMs: number;
  /** What is done to the storage, one thing after another: nothing is written behind what erases it. */
  #storing: Promise<void> = Promise.resolve();

  /** How often what is kept was deleted: what was to be written before is not wanted as it was. */
  #deletions = 0;

  constructor(state: Pick<DurableObjectState, "storage" | "waitUntil">, segments: SegmentStore, writeMs = WRITE_MS) {
    this.#state = state;
    this.segments = segments;
    this.#writeMs = writeMs;
    state.storage.sql.exec(`CREATE TABLE IF NOT EXISTS lines (
      id TEXT PRIMARY KEY, epoch INTEGER, voice INTEGER, from_ms INTEGER, to_ms INTEGER, text TEXT)`);
    state.storage.sql.exec("CREATE INDEX IF NOT EXISTS lines_as_said ON lines (epoch, from_ms)");
  }

  /** What was remembered of a recording. */
  keeping(): Keeping {
    const text = this.#state.storage.kv.get("keeping");
    return parseKeeping(typeof text === "string" ? text : "");
  }

  keep(keeping: Keeping): void {
    this.#state.waitUntil(this.#state.storage.put("keeping", JSON.stringify(keeping), { allowUnconfirmed: true }));
  }

  keepLine({ id, epoch, voice, fromMs, toMs, text }: KeptLine): void {
    this.#state.storage.sql.exec("INSERT OR IGNORE INTO lines VALUES (?, ?, ?, ?, ?, ?)", id, epoch, voice, fromMs, toMs, text);
  }

  /** The captions that are kept, in the order in which they were said, a page of them. @param trackOf whose track a voice is */
  lines(trackOf: (epoch: number, voice: number) => number | undefined, after: CaptionPlace = FIRST_LINE): CaptionsPage {
    const rows = this.#state.storage.sql
      .exec<Line>(
        `SELECT rowid AS row, epoch, voice, from_ms, to_ms, text FROM lines WHERE (epoch, from_ms, rowid) > (?, ?, ?)
        ORDER BY epoch, from_ms, rowid LIMIT ?`,
        ...[after.epoch, after.fromMs, after.row, PAGE_LINES],
      )
      .toArray();
    const last = rows.length < PAGE_LINES ? undefined : rows.at(-1);
    return {
      lines: rows.map(({ epoch, voice, from_ms, to_ms, text }) => {
        return { epoch, fromMs: from_ms, toMs: to_ms, track: trackOf(epoch, voice), text };
      }),
      next: last === undefined ? undefined : { epoch: last.epoch, fromMs: last.from_ms, row: last.row },
    };
  }

  /**
   * Writes a segment in its turn. @returns whether it is in storage; false also where what is kept was deleted meanwhile: whoever still wants
   * the segment, as what is not kept, asks again
   */
  async write(segment: ToStore): Promise<boolean> {
    const deletions = this.#deletions;
    const isDone = await this.#inTurn(async () => {
      const isGone = () => deletions !== this.#deletions;
      if (isGone()) throw new Error("deleted before it was written");
      await this.#put(segment);
      if (!isGone()) return this.segments.note(segment);
      await this.segments.eraseUnknown(segment);
      throw new Error("deleted while it was written");
    });
    countSegment(isDone);
    return isDone;
  }

  /** What is given up may be done all the same: then, in a turn of its own, the bytes go again, unless they were asked for again meanwhile. */
  async #put(segment: ToStore): Promise<void> {
    const put = this.segments.put(segment);
    try {
      await within(this.#writeMs, put);
    } catch (fault) {
      const undo = () => this.#inTurn(() => this.segments.eraseUnknown(segment));
      this.#state.waitUntil(put.then(undo, () => undefined));
      throw fault;
    }
  }

  /** Some of these segments, in order: as many as fit into one answer, at least one. */
  async read(names: Iterable<SegmentName>): Promise<readonly (SegmentName & { readonly bytes: Uint8Array<ArrayBuffer> })[]> {
    const found: (SegmentName & { readonly bytes: Uint8Array<ArrayBuffer> })[] = [];
    let sum = 0;
    for (const { epoch, index } of names) {
      const bytes = await this.segments.read({ epoch, index });
      if (bytes === undefined) continue;
      sum += bytes.byteLength;
      if (sum > BATCH_BYTES && found.length > 0) break;
      found.push({ epoch, index, bytes });
    }
    return found;
  }

  /** Erases these, and whatever could not be erased before. */
  async erase(names: readonly SegmentName[]): Promise<void> {
    const isDone = await this.#inTurn(() => this.segments.erase(names));
    if (!isDone) await this.#again();
  }

  /** Nothing is kept from here on, at once, whatever becomes of this object; then, in their turn, the bytes go. */
  async eraseKept(): Promise<void> {
    this.#deletions++;
    this.#state.storage.sql.exec("DELETE FROM lines");
    await this.erase(this.segments.unkeep());
  }

  /** Everything, once no bucket holds anything of it any more. */
  async eraseAll(): Promise<void> {
    this.#deletions++;
    for (let attempt = 0; attempt < ERASE_TRIES; attempt++) {
      if (attempt > 0) await new Promise((wake) => setTimeout(wake, ERASE_MS));
      const isDone = await this.#inTurn(async () => {
        await this.segments.eraseElsewhere();
        await this.#state.storage.deleteAlarm();
        await this.#state.storage.deleteAll();
      });
      if (isDone) return;
    }
    await this.#again();
  }

  async #again(): Promise<void> {
    await this.#state.storage.setAlarm(Date.now() + ERASE_AGAIN_MS);
  }

  #inTurn(work: () => Promise<void>): Promise<boolean> {
    const done = this.#storing.then(work).then(
      () => true,
      (fault: unknown) => {
        log("storage-failed", { why: String(fault) });
        return false;
      },
    );
    this.#storing = done.then(() => undefined);
    this.#state.waitUntil(done);
    return done;
  }
}

/** @throws after `ms` if `work` is not done */
function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  return new Promise((done, fail) => {
    const late = setTimeout(fail, ms, new Error(`not done within ${ms} ms`));
    work.then(done, fail).finally(() => clearTimeout(late));
  });
}
