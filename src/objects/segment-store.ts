import type { Segment, SegmentName } from "../core/audio/segment.ts";
import { localTime } from "../core/ids.ts";
import { isCount } from "../core/json.ts";
import type { Stored } from "../core/tree/shelf.ts";

/** Most keys that R2 deletes in one call. */
const R2_DELETES = 1_000;

/** Where segments are kept. Whatever it throws, the shelf keeps the segment and tries again. */
export interface SegmentStore {
  /** What is held, in order. */
  list(): readonly Stored[];
  write(segment: Segment, closedAt: number): Promise<void>;
  read(name: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined>;
  erase(names: readonly SegmentName[]): Promise<void>;
}

type Row = {
  readonly epoch: number;
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly missing: string;
  readonly closed: number;
};

/** Segments in the archive's own SQLite: what every deployment has. Also the index of those in R2, whose bytes are null here. */
export class SqliteSegments implements SegmentStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS segments (
      epoch INTEGER, number INTEGER, first INTEGER, last INTEGER, missing TEXT, closed INTEGER, bytes BLOB,
      PRIMARY KEY (epoch, number)) WITHOUT ROWID`);
  }

  list(): readonly Stored[] {
    const rows = this.#sql.exec<Row>("SELECT epoch, number, first, last, missing, closed FROM segments ORDER BY epoch, number");
    return [...rows].map(({ epoch, number: index, first, last, missing, closed }) => ({
      epoch,
      index,
      first: { epoch, sequence: first },
      last: { epoch, sequence: last },
      // Within one segment there is one epoch.
      missing: pairsIn(missing).map(([from, to]) => ({ from: { epoch, sequence: from }, to: { epoch, sequence: to } })),
      closedAt: localTime(closed),
    }));
  }

  async write(segment: Segment, closedAt: number): Promise<void> {
    this.note(segment, closedAt, segment.bytes);
  }

  /** @param bytes nothing where another store has them */
  note({ epoch, index, first, last, missing }: Segment, closedAt: number, bytes?: Uint8Array<ArrayBuffer>): void {
    const pairs = JSON.stringify(missing.map(({ from, to }) => [from.sequence, to.sequence]));
    this.#sql.exec(
      "INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?, ?)",
      epoch,
      index,
      first.sequence,
      last.sequence,
      pairs,
      closedAt,
      bytes?.slice().buffer ?? null,
    );
  }

  async read({ epoch, index }: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const [row] = this.#sql.exec<{ bytes: ArrayBuffer | null }>("SELECT bytes FROM segments WHERE epoch = ? AND number = ?", epoch, index);
    return row?.bytes == null ? undefined : new Uint8Array(row.bytes);
  }

  async erase(names: readonly SegmentName[]): Promise<void> {
    for (const { epoch, index } of names) this.#sql.exec("DELETE FROM segments WHERE epoch = ? AND number = ?", epoch, index);
  }
}

/** The part of an R2 bucket that is used here. */
export type Bucket = {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  delete(keys: string[]): Promise<void>;
};

/** Segments in R2, where a bucket is bound: for recordings, which outgrow an object's storage. The index stays in SQLite. */
export class R2Segments implements SegmentStore {
  readonly #bucket: Bucket;
  readonly #prefix: string;
  readonly #index: SqliteSegments;
  /** What the bucket did not let go of; a later life finds it in the index, as old as it is, and erases it again. */
  #owed: readonly SegmentName[] = [];

  /** @param prefix of this audience's keys */
  constructor(bucket: Bucket, prefix: string, index: SqliteSegments) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#index = index;
  }

  list(): readonly Stored[] {
    return this.#index.list();
  }

  async write(segment: Segment, closedAt: number): Promise<void> {
    await this.#bucket.put(this.#key(segment), segment.bytes);
    this.#index.note(segment, closedAt);
  }

  async read(name: SegmentName): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const found = await this.#bucket.get(this.#key(name));
    return found === null ? undefined : new Uint8Array(await found.arrayBuffer());
  }

  /** The bucket first: what it still holds must still be known. What fails is tried again with the next that goes. */
  async erase(names: readonly SegmentName[]): Promise<void> {
    this.#owed = [...this.#owed, ...names];
    while (this.#owed.length > 0) {
      const some = this.#owed.slice(0, R2_DELETES);
      await this.#bucket.delete(some.map((name) => this.#key(name)));
      await this.#index.erase(some);
      this.#owed = this.#owed.slice(some.length);
    }
  }

  #key({ epoch, index }: SegmentName): string {
    return `${this.#prefix}/${epoch}/${index}`;
  }
}

function pairsIn(text: string): readonly (readonly [number, number])[] {
  const said: unknown = JSON.parse(text);
  if (!Array.isArray(said)) return [];
  return said.flatMap((pair: unknown) =>
    Array.isArray(pair) && isCount(pair[0]) && isCount(pair[1]) ? [[pair[0], pair[1]] as const] : [],
  );
}
