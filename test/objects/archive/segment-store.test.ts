import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { type Segment, Segmenter } from "../../../src/core/audio/segment.ts";
import { localTime } from "../../../src/core/ids.ts";
import type { ToStore } from "../../../src/core/tree/archive/shelf.ts";
import { ArchiveStorage } from "../../../src/objects/archive/archive-storage.ts";
import { type Bucket, R2Segments, type SegmentStore, SqliteSegments } from "../../../src/objects/archive/segment-store.ts";
import { env } from "../../contract/workerd-house.ts";
import { aChunk, chunks } from "../../support/build.ts";

/** Some segments, of which one has a hole. */
function segments(): readonly Segment[] {
  const segmenter = new Segmenter();
  const all = [
    ...segmenter.add(chunks(1, 45)),
    ...segmenter.add(aChunk(50)),
    ...segmenter.add(aChunk(1, { epoch: 2 })),
    ...segmenter.close(),
  ];
  return all.map((one, at) => (at === 0 ? { ...one, early: 1_500 } : one));
}

/** A bucket that may fail. */
class FakeBucket implements Bucket {
  readonly held = new Map<string, Uint8Array>();
  fails = false;
  /** What a write waits for. */
  late: Promise<void> | undefined;

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.late;
    if (this.fails) throw new Error("the bucket is away");
    this.held.set(key, bytes);
  }

  async get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null> {
    const bytes = this.held.get(key);
    return bytes === undefined ? null : { arrayBuffer: async () => new Uint8Array(bytes).buffer };
  }

  async list({ prefix }: { prefix: string }): Promise<{ objects: { key: string }[] }> {
    return { objects: [...this.held.keys()].filter((key) => key.startsWith(prefix)).map((key) => ({ key })) };
  }

  async delete(keys: string[]): Promise<void> {
    if (this.fails) throw new Error("the bucket is away");
    for (const key of keys) this.held.delete(key);
  }
}

/** A signal and what ends the wait for it. */
function aGate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const passed = new Promise<void>((done) => {
    open = done;
  });
  return { passed, open };
}

/** Stores a segment, as a storage does. */
async function written(store: SegmentStore, segment: ToStore): Promise<void> {
  await store.put(segment);
  store.note(segment);
}

let objects = 0;

/** An archive's storage over `bucket`, and all that outlives a question there. */
function withStorage(
  bucket: FakeBucket,
  writeMs: number,
  test: (storage: ArchiveStorage, done: () => Promise<void>, state: DurableObjectState) => Promise<void>,
): Promise<void> {
  const stub = env.ARCHIVE.get(env.ARCHIVE.idFromName(`store-${++objects}`));
  return runInDurableObject(stub as DurableObjectStub, async (_, state) => {
    const works: Promise<unknown>[] = [];
    const { storage } = state;
    const outlived = { storage, waitUntil: (work: Promise<unknown>) => void works.push(work) };
    const index = new SqliteSegments(storage.sql);
    const made = new ArchiveStorage(outlived, new R2Segments(bucket, "segments/demo", index), writeMs);
    const done = async () => {
      for (let seen = -1; seen !== works.length; ) {
        seen = works.length;
        await Promise.all(works);
      }
    };
    await test(made, done, state);
  });
}

/** Runs `test` with an object's own SQLite, which nobody else uses. */
function withSql(test: (sql: SqlStorage) => Promise<void>): Promise<void> {
  const stub = env.ARCHIVE.get(env.ARCHIVE.idFromName(`store-${++objects}`));
  return runInDurableObject(stub as DurableObjectStub, (_, { storage }) => test(storage.sql));
}

describe.each(["in SQLite", "in R2"])("segments %s", (where) => {
  it("are found again as they were, in order, by a later life of the object", async () => {
    await withSql(async (sql) => {
      const bucket = new FakeBucket();
      const open = () => (where === "in R2" ? new R2Segments(bucket, "segments/demo", new SqliteSegments(sql)) : new SqliteSegments(sql));
      const store = open();
      for (const segment of segments()) await written(store, { ...segment, closedAt: localTime(1_000) });
      const again = open();
      expect([...again.list()]).toEqual(segments().map(({ bytes: _, ...facts }) => ({ ...facts, closedAt: 1_000 })));
      for (const segment of segments()) expect(await again.read(segment)).toEqual(segment.bytes);
      await again.erase([{ epoch: 1, index: 0 }]);
      expect(await again.read({ epoch: 1, index: 0 })).toBeUndefined();
      expect([...again.list()]).toHaveLength(segments().length - 1);
      await again.erase([...again.list()]);
      expect([...open().list()]).toEqual([]);
      expect(bucket.held.size).toBe(0);
    });
  });
});

describe("a table that was made before rooms could be recorded", () => {
  it("keeps what it has, as what is not kept, and takes what is", async () => {
    await withSql(async (sql) => {
      sql.exec("DROP TABLE IF EXISTS segments");
      sql.exec(`CREATE TABLE segments (
        epoch INTEGER, number INTEGER, first INTEGER, last INTEGER, missing TEXT, closed INTEGER, bytes BLOB,
        PRIMARY KEY (epoch, number)) WITHOUT ROWID`);
      sql.exec("INSERT INTO segments VALUES (1, 0, 1, 20, '[]', 1000, x'0102')");
      const store = new SqliteSegments(sql);
      const [first] = segments();
      if (first === undefined) throw new Error("no segments");
      await written(store, { ...first, index: 1, closedAt: localTime(2_000), take: 1, voices: [1, 2] });
      const [old, kept] = [...new SqliteSegments(sql).list()];
      expect(old).toEqual({
        epoch: 1,
        index: 0,
        first: { epoch: 1, sequence: 1 },
        last: { epoch: 1, sequence: 20 },
        missing: [],
        closedAt: 1_000,
      });
      expect(kept).toMatchObject({ index: 1, take: 1, voices: [1, 2] });
      expect(await store.read({ epoch: 1, index: 0 })).toEqual(Uint8Array.of(1, 2));
      expect(store.unkeep()).toEqual([{ epoch: 1, index: 1 }]);
      expect([...store.list()].map(({ take }) => take)).toEqual([undefined, undefined]);
    });
  });
});

describe("a bucket that fails", () => {
  it("is emptied of what no index knows, too: a write that was given up may have been done all the same", async () => {
    await withSql(async (sql) => {
      const bucket = new FakeBucket();
      const store = new R2Segments(bucket, "segments/demo", new SqliteSegments(sql));
      await bucket.put("segments/demo/1/7", Uint8Array.of(1));
      await bucket.put("segments/demo-2/1/7", Uint8Array.of(1));
      await store.eraseElsewhere();
      expect([...bucket.held.keys()]).toEqual(["segments/demo-2/1/7"]);
    });
  });

  it("leaves nothing in the index that it does not hold, and nothing in it that the index does not know", async () => {
    await withSql(async (sql) => {
      const bucket = new FakeBucket();
      const store = new R2Segments(bucket, "segments/demo", new SqliteSegments(sql));
      const [first, second] = segments();
      if (first === undefined || second === undefined) throw new Error("no segments");
      await written(store, { ...first, closedAt: localTime(1_000) });
      bucket.fails = true;
      await expect(written(store, { ...second, closedAt: localTime(1_000) })).rejects.toThrow("away");
      await expect(store.erase([first])).rejects.toThrow("away");
      expect([...store.list()].map(({ index }) => index)).toEqual([first.index]);
      expect([...bucket.held.keys()]).toEqual([`segments/demo/1/${first.index}`]);
      bucket.fails = false;
      await written(store, { ...second, closedAt: localTime(1_000) });
      // What could not go then goes with the next.
      await store.erase([second]);
      expect([...store.list()]).toEqual([]);
      expect(bucket.held.size).toBe(0);
    });
  });
});

describe("an archive's storage", () => {
  const kept = () => {
    const [first] = segments();
    if (first === undefined) throw new Error("no segments");
    return { ...first, closedAt: localTime(1_000), take: 1, voices: [1] };
  };

  it("has deleted what is kept before it is asked anything else, however long a bucket takes over a write", async () => {
    const bucket = new FakeBucket();
    await withStorage(bucket, 60_000, async (storage, done, { storage: { sql } }) => {
      await storage.write(kept());
      storage.keepLine({ id: "1.a", epoch: 1, voice: 1, fromMs: 0, toMs: 900, text: "between us" });
      const gate = aGate();
      bucket.late = gate.passed;
      const late = storage.write({ ...kept(), index: 9 });
      void storage.eraseKept();
      expect([...sql.exec("SELECT id FROM lines")]).toEqual([]);
      expect([...storage.segments.list()].map(({ take }) => take)).toEqual([undefined]);
      gate.open();
      // The lane still wants it, as what is not kept: it is asked for again.
      expect(await late).toBe(false);
      await done();
      expect([...storage.segments.list()]).toEqual([]);
      expect(bucket.held.size).toBe(0);
    });
  });

  it("lets nothing appear of a write that was given up and done later, after all of it was deleted", async () => {
    for (const erase of ["eraseKept", "eraseAll"] as const) {
      const bucket = new FakeBucket();
      await withStorage(bucket, 1, async (storage, done, { storage: { sql } }) => {
        const gate = aGate();
        bucket.late = gate.passed;
        expect(await storage.write(kept())).toBe(false);
        await storage[erase]();
        gate.open();
        await done();
        expect(bucket.held.size).toBe(0);
        expect([...sql.exec("SELECT name FROM sqlite_master WHERE name = 'segments'")].length).toBe(erase === "eraseAll" ? 0 : 1);
        if (erase === "eraseKept") expect([...storage.segments.list()]).toEqual([]);
      });
    }
  });

  it("keeps what was written again, whenever the write that was given up is done", async () => {
    const bucket = new FakeBucket();
    await withStorage(bucket, 50, async (storage, done) => {
      const gate = aGate();
      bucket.late = gate.passed;
      expect(await storage.write(kept())).toBe(false);
      bucket.late = undefined;
      bucket.fails = true;
      expect(await storage.write(kept())).toBe(false);
      bucket.fails = false;
      expect(await storage.write(kept())).toBe(true);
      await storage.erase([{ epoch: 1, index: 9 }]);
      gate.open();
      await done();
      expect([...storage.segments.list()]).toHaveLength(1);
      expect(await storage.segments.read(kept())).toEqual(kept().bytes);
    });
  });
});
