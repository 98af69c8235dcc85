import type { SegmentName } from "../../core/audio/segment.ts";
import { frameIndexOf } from "../../core/audio/track.ts";
import { type AudienceId, localTime } from "../../core/ids.ts";
import { isCount } from "../../core/json.ts";
import type { Stored, ToStore } from "../../core/tree/archive/shelf.ts";

/** Most keys that R2 deletes in one call. */
const R2_DELETES = 1_000;

/** Where segments are kept. Whatever it throws, the shelf keeps the segment and tries again. */
export interface SegmentStore {
  /** What is held, in order; hours of it are not in memory at once. */
  list(): Iterable<Stored>;
  /** Stores the bytes; nothing is known of them until `note`. */
  put(segment: ToStore): Promise<void>;
  /** From here on it is held, also for a later life. To be called once its bytes are stored. */
  note(segment: ToStore): void;
  read(name: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** What a segment that is kept says of its frames (core/audio/track.ts); empty for what there is not. */
  framesOf(name: SegmentName): Uint8Array;
  /** What it throws is tried again with the next that goes, also with nothing more. */
  erase(names: readonly SegmentName[]): Promise<void>;
  /** The bytes of a segment that is not held go, if they are there. */
  eraseUnknown(name: SegmentName): Promise<void>;
  /** Nothing is kept any more, at once, also for a later life of the object. @returns what is to be erased now */
  unkeep(): readonly SegmentName[];
  /** Everything that is not in the object's own storage, also what no index knows: that storage is deleted next. */
  eraseElsewhere(): Promise<void>;
}

type Row = {
  readonly epoch: number;
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly missing: string;
  readonly closed: number;
  readonly take: number | null;
  readonly voices: string | null;
  readonly early: number | null;
};

/** Segments in the archive's own SQLite: what every deployment has. Also the index of those in R2, whose bytes are null here. */
export class SqliteSegments implements SegmentStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS segments (
      epoch INTEGER, number INTEGER, first INTEGER, last INTEGER, missing TEXT, closed INTEGER, bytes BLOB,
      PRIMARY KEY (epoch, number)) WITHOUT ROWID`);
    // Tables that were made before rooms could be recorded have no such columns.
    const columns = new Set([...sql.exec<{ name: string }>("SELECT name FROM pragma_table_info('segments')")].map(({ name }) => name));
    if (!columns.has("take")) sql.exec("ALTER TABLE segments ADD COLUMN take INTEGER");
    if (!columns.has("voices")) sql.exec("ALTER TABLE segments ADD COLUMN voices TEXT");
    if (!columns.has("frames")) sql.exec("ALTER TABLE segments ADD COLUMN frames BLOB");
    if (!columns.has("early")) sql.exec("ALTER TABLE segments ADD COLUMN early INTEGER");
  }

  *list(): Iterable<Stored> {
    const rows = this.#sql.exec<Row>(
      "SELECT epoch, number, first, last, missing, closed, take, voices, early FROM segments ORDER BY epoch, number",
    );
    for (const { epoch, number: index, first, last, missing, closed, take, voices, early } of rows) {
      yield {
        epoch,
        index,
        first: { epoch, sequence: first },
        last: { epoch, sequence: last },
        // Within one segment there is one epoch.
        missing: pairsIn(missing).map(([from, to]) => ({ from: { epoch, sequence: from }, to: { epoch, sequence: to } })),
        closedAt: localTime(closed),
        ...(early === null ? {} : { early }),
        ...(take === null ? {} : { take }),
        ...(voices === null ? {} : { voices: countsIn(voices) }),
      };
    }
  }

  async put(): Promise<void> {
    // The bytes come with what is noted of them.
  }

  /** @param bytes null where another store has them */
  note(segment: ToStore, bytes: Uint8Array<ArrayBuffer> | null = segment.bytes): void {
    const { epoch, index, first, last, missing, closedAt, take, voices, early } = segment;
    const pairs = JSON.stringify(missing.map(({ from, to }) => [from.sequence, to.sequence]));
    this.#sql.exec(
      `INSERT OR REPLACE INTO segments (epoch, number, first, last, missing, closed, bytes, take, voices, frames, early)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      epoch,
      index,
      first.sequence,
      last.sequence,
      pairs,
      closedAt,
      bytes?.slice().buffer ?? null,
      take ?? null,
      voices === undefined ? null : JSON.stringify(voices),
      take === undefined ? null : frameIndexOf(segment.bytes, segment).buffer,
      early ?? null,
    );
  }

  framesOf({ epoch, index }: SegmentName): Uint8Array {
    const [row] = this.#sql.exec<{ frames: ArrayBuffer | null }>(
      "SELECT frames FROM segments WHERE epoch = ? AND number = ?",
      epoch,
      index,
    );
    return new Uint8Array(row?.frames ?? new ArrayBuffer(0));
  }

  async read({ epoch, index }: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const [row] = this.#sql.exec<{ bytes: ArrayBuffer | null }>("SELECT bytes FROM segments WHERE epoch = ? AND number = ?", epoch, index);
    return row?.bytes == null ? undefined : new Uint8Array(row.bytes);
  }

  async erase(names: readonly SegmentName[]): Promise<void> {
    for (const { epoch, index } of names) this.#sql.exec("DELETE FROM segments WHERE epoch = ? AND number = ?", epoch, index);
  }

  async eraseUnknown(): Promise<void> {
    // There are no bytes without their row.
  }

  holds({ epoch, index }: SegmentName): boolean {
    return [...this.#sql.exec("SELECT 1 FROM segments WHERE epoch = ? AND number = ?", epoch, index)].length > 0;
  }

  unkeep(): readonly SegmentName[] {
    const rows = this.#sql.exec<Pick<Row, "epoch" | "number">>("SELECT epoch, number FROM segments WHERE take IS NOT NULL").toArray();
    this.#sql.exec("UPDATE segments SET take = NULL, voices = NULL, frames = NULL WHERE take IS NOT NULL");
    return rows.map(({ epoch, number: index }) => ({ epoch, index }));
  }

  async eraseElsewhere(): Promise<void> {
    // There is nowhere else.
  }
}

/** The part of an R2 bucket that is used here. */
export type Bucket = {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  delete(keys: string[]): Promise<void>;
  list(of: { prefix: string }): Promise<{ readonly objects: readonly { readonly key: string }[] }>;
};

/** Segments in R2, where a bucket is bound: for recordings, which outgrow an object's storage. The index stays in SQLite. */
export class R2Segments implements SegmentStore {
  readonly #bucket: Bucket;
  readonly #prefix: string;
  readonly #index: SqliteSegments;
  /** What the bucket did not let go of; a later life finds it in the index, as old as it is, and erases it again. */
  #owed: readonly SegmentName[] = [];

  /** All goes, and the index with it. */
  #isOver = false;

  /** @param prefix of this audience's keys */
  constructor(bucket: Bucket, prefix: string, index: SqliteSegments) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#index = index;
  }

  list(): Iterable<Stored> {
    return this.#index.list();
  }

  unkeep(): readonly SegmentName[] {
    return this.#index.unkeep();
  }

  framesOf(name: SegmentName): Uint8Array {
    return this.#index.framesOf(name);
  }

  async put(segment: ToStore): Promise<void> {
    await this.#bucket.put(this.#key(segment), segment.bytes);
  }

  note(segment: ToStore): void {
    this.#index.note(segment, null);
  }

  async eraseUnknown(name: SegmentName): Promise<void> {
    // Not by `erase`, which tries again later, when the segment may be held.
    if (this.#isOver || !this.#index.holds(name)) await this.#bucket.delete([this.#key(name)]);
  }

  async read(name: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = await this.#bucket.get(this.#key(name));
    return found === null ? undefined : new Uint8Array(await found.arrayBuffer());
  }

  /** The bucket first: what it still holds must still be known. What fails is tried again with the next that goes. */
  async erase(names: readonly SegmentName[]): Promise<void> {
    // Not one by one: hours of a recording may go at once.
    this.#owed = this.#owed.concat(names);
    while (this.#owed.length > 0) {
      const some = this.#owed.slice(0, R2_DELETES);
      await this.#bucket.delete(some.map((name) => this.#key(name)));
      await this.#index.erase(some);
      this.#owed = this.#owed.slice(some.length);
    }
  }

  /** As the bucket itself lists it: a write that was given up may have been done all the same. */
  async eraseElsewhere(): Promise<void> {
    this.#isOver = true;
    for (;;) {
      const { objects } = await this.#bucket.list({ prefix: `${this.#prefix}/` });
      if (objects.length === 0) return;
      await this.#bucket.delete(objects.map(({ key }) => key));
    }
  }

  #key({ epoch, index }: SegmentName): string {
    return `${this.#prefix}/${epoch}/${index}`;
  }
}

/** Where an archive keeps its segments: in the bucket that is bound, else in its own SQLite. */
export function segmentStore(sql: SqlStorage, bucket: Bucket | undefined, audience: AudienceId): SegmentStore {
  const index = new SqliteSegments(sql);
  return bucket === undefined ? index : new R2Segments(bucket, `segments/${audience}`, index);
}

function countsIn(text: string): readonly number[] {
  const said: unknown = JSON.parse(text);
  return Array.isArray(said) ? said.filter(isCount) : [];
}

function pairsIn(text: string): readonly (readonly [number, number])[] {
  const said: unknown = JSON.parse(text);
  if (!Array.isArray(said)) return [];
  return said.flatMap((pair: unknown) =>
    Array.isArray(pair) && isCount(pair[0]) && isCount(pair[1]) ? [[pair[0], pair[1]] as const] : [],
  );
}
