import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { encodeChunk, joinChunks } from "../../src/core/audio/chunk.ts";

/** Chunks of 100 ms in a segment, and frames of 20 ms in a chunk. */
const CHUNKS = 20;
const FRAMES = 5;

/**
 * Makes a short recording as long as is wanted, faster than anybody could speak: its archive's last take goes on in the storage of a server
 * that is not running, with the very rows that the archive would have written.
 *
 * @param directory the server's
 * @param room only the archive that names it is touched
 * @param frames what is said, over and over
 * @returns the bytes of what was added
 */
export async function lengthen(
  directory: string,
  room: string,
  minutes: number,
  frames: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const database = await archiveOf(directory, room);
  const last = database
    .prepare("SELECT epoch, number, last, closed, take, voices FROM segments ORDER BY epoch DESC, number DESC LIMIT 1")
    .get();
  const [epoch, number, sequence] = [Number(last?.["epoch"]), Number(last?.["number"]), Number(last?.["last"])];
  const [voice = 1] = JSON.parse(String(last?.["voices"] ?? "[1]")) as number[];
  const insert = database.prepare(
    "INSERT INTO segments (epoch, number, first, last, missing, closed, bytes, take, voices) VALUES (?, ?, ?, ?, '[]', ?, ?, ?, ?)",
  );
  const added: Uint8Array[] = [];
  database.exec("BEGIN");
  for (let index = number + 1; index <= number + minutes * 30; index++) {
    const first = sequence + 1 + added.length * CHUNKS;
    const bytes = segmentOf(epoch, index, first, voice, frames);
    added.push(bytes);
    insert.run(epoch, index, first, first + CHUNKS - 1, Number(last?.["closed"]), bytes, Number(last?.["take"]), JSON.stringify([voice]));
  }
  database.exec("COMMIT");
  database.close();
  return added;
}

function segmentOf(epoch: number, index: number, first: number, voice: number, frames: readonly Uint8Array[]): Uint8Array {
  return joinChunks(
    Array.from({ length: CHUNKS }, (_, chunk) => {
      const said = Array.from(
        { length: FRAMES },
        (_, frame) => frames[((first + chunk) * FRAMES + frame) % frames.length] ?? new Uint8Array(0),
      );
      const blocks = [{ voice, level: 30, flags: 0, offsetSamples: 0, frames: said }];
      return encodeChunk({
        flags: 0,
        epoch,
        sequence: first + chunk,
        roomTimeMs: index * 2_000 + chunk * 100,
        dueMs: 0,
        durationMs: 100,
        blocks,
      });
    }),
  );
}

/** The storage of the archive that keeps a room's segments. @throws if there is none */
async function archiveOf(directory: string, room: string): Promise<DatabaseSync> {
  const folder = join(directory, "objects");
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".sqlite")) continue;
    const database = new DatabaseSync(join(folder, name));
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all()
      .map(({ name: table }) => table);
    if (tables.includes("segments") && Buffer.from(JSON.stringify(kept(database))).includes(room)) return database;
    database.close();
  }
  throw new Error(`no archive of ${room} in ${folder}`);
}

/** What the object remembers, as text. */
function kept(database: DatabaseSync): readonly string[] {
  const rows = database.prepare("SELECT value FROM _cf_KV").all();
  return rows.map(({ value }) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)));
}
