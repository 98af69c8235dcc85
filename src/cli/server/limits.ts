import { spawnSync } from "node:child_process";

/** What a process needs besides its connections: SQLite files (three an object), links between objects, logs. */
const RESERVED_DESCRIPTORS = 1_000;
/** workerd holds two descriptors per connection (measured, see README.md). */
const DESCRIPTORS_PER_SOCKET = 2;
/** What `unlimited` is taken for: far above what one core can feed. */
const UNLIMITED = 65_536;

/**
 * Descriptors that a process started from here may open: the soft limit, as its children inherit it.
 *
 * Asked of a shell: Node itself has no call for it (and raises its own limit to the hard one at start).
 */
export function descriptorLimit(): number {
  const said = spawnSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" }).stdout?.trim();
  const limit = Number(said);
  return Number.isInteger(limit) && limit > 0 ? limit : UNLIMITED;
}

/**
 * WebSockets that one workerd process may hold.
 *
 * workerd dies when it runs out of descriptors, so the edge must say no before: 20,000 descriptors hold 9,500
 * sockets, 1,024 hold 384.
 */
export function socketLimit(descriptors: number): number {
  const reserved = Math.min(RESERVED_DESCRIPTORS, Math.floor(descriptors / 4));
  return Math.floor((descriptors - reserved) / DESCRIPTORS_PER_SOCKET);
}
