import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Halt } from "../problem.ts";

/**
 * Claims a state folder for this process: two servers on the same SQLite files would spoil them.
 *
 * A claim whose process is gone is void, so nothing needs cleaning up after a crash.
 *
 * @throws Halt that names the process in whose use it is
 */
export async function claimDirectory(directory: string): Promise<{ readonly release: () => Promise<void> }> {
  const file = join(directory, "in-use-by.pid");
  const holder = Number(await readFile(file, "utf8").catch(() => ""));
  if (holder > 0 && isAlive(holder) && (holder !== process.pid || held.has(directory))) {
    throw new Halt(
      `The folder ${directory} is in use by another Canopy server (process ${holder}). ` +
        `Stop that one, or choose another folder with --data. If there is no such server, delete ${file}.`,
    );
  }
  await writeFile(file, `${process.pid}\n`);
  held.add(directory);
  return {
    release: async () => {
      held.delete(directory);
      await rm(file, { force: true });
    },
  };
}

/** Folders that this very process holds. */
const held = new Set<string>();

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    // EPERM: it lives, but is somebody else's.
    return fault instanceof Error && "code" in fault && fault.code === "EPERM";
  }
}
