import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildAll } from "../../src/cli/build.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/cli/server/server.ts";

let built: Promise<void> | undefined;

/** Builds pages and worker, once per test process. */
export function buildOnce(): Promise<void> {
  built ??= buildAll();
  return built;
}

/** A real server on a free port, its rooms in a folder that goes with it. */
export async function serverForTest(options: ServerOptions = {}): Promise<RunningServer> {
  await buildOnce();
  const directory = options.directory ?? (await temporaryFolder());
  const server = await startServer({ port: 0, quiet: true, ...options, directory });
  running.add(server);
  void server.exited.then(() => running.delete(server));
  return server;
}

/** Ends every server that this process's tests left running, and takes away their folders. */
export async function endServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.kill()));
  await removeFolders();
}

/** A folder for one test; `endServers` takes it away. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "canopy-test-"));
  folders.push(folder);
  return folder;
}

/** Takes away every folder that this process's tests made; call it after the servers have stopped. */
export async function removeFolders(): Promise<void> {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
}

const folders: string[] = [];
const running = new Set<RunningServer>();
