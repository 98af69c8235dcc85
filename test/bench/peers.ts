import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { workerdBinary } from "../../src/cli/server/workerd-binary.ts";
import { workerdConfig } from "../../src/cli/server/workerd-config.ts";
import { type Contender, ended, pin, SERVER_CORE, startPinned, startSound, type Task } from "./contender.ts";
import { FRAME_BYTES } from "./sound.ts";

const PEERS = join(import.meta.dirname, "peers");
/** A peer that does not answer by then does not start, in ms. */
const START_MS = 20_000;

/** Node and `ws`, as one writes it: a loop over all clients. @param bundle chunks in one message */
export function nodeWs(bundle: number): Contender {
  return {
    name: named("Node ws", bundle),
    start: async ({ chunkMs }) => {
      const env = { CHUNK_MS: String(chunkMs), BUNDLE: String(bundle) };
      const { port, pid, stop } = await startPinned(process.execPath, [join(PEERS, "ws-server.ts")], env);
      const url = new URL(`http://127.0.0.1:${port}/`);
      return { listenUrl: url, pid, speak: () => startSound(url), stop };
    },
  };
}

/** True if there is a C compiler for the bare loop. */
export const CAN_COMPILE = spawnSync("cc", ["--version"]).status === 0;

/** One send() per chunk and listener, in C. @param bundle chunks in one message */
export function bareLoop(bundle: number): Contender {
  return {
    name: named("bare C loop", bundle),
    start: async ({ chunkMs }) => {
      const folder = await mkdtemp(join(tmpdir(), "canopy-bench-"));
      const program = join(folder, "bare-loop");
      const compiled = spawnSync("cc", ["-O2", "-o", program, join(PEERS, "bare-loop.c")], { encoding: "utf8" });
      if (compiled.status !== 0) throw new Error(`cc could not compile the bare loop:\n${compiled.stderr}`);
      const { port, pid, stop } = await startPinned(program, [chunkMs, FRAME_BYTES, bundle].map(String), {});
      const end = async (): Promise<void> => {
        await stop();
        await rm(folder, { recursive: true, force: true });
      };
      const url = new URL(`http://127.0.0.1:${port}/`);
      return { listenUrl: url, pid, speak: () => startSound(new URL("/start", url)), stop: end };
    },
  };
}

/** partyserver's broadcast, on the same workerd as Canopy. @param bundle chunks in one message */
export function partyserver(bundle: number): Contender {
  return { name: named("partyserver", bundle), start: (task) => startParty(task, bundle) };
}

async function startParty({ chunkMs }: Task, bundle: number): Promise<Awaited<ReturnType<Contender["start"]>>> {
  const folder = await mkdtemp(join(tmpdir(), "canopy-bench-"));
  await Promise.all([mkdir(join(folder, "storage")), mkdir(join(folder, "assets"))]);
  await build({
    entryPoints: [join(import.meta.dirname, "party/worker.ts")],
    outfile: join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    logLevel: "error",
  });
  const port = await freePort();
  const config = workerdConfig({
    settings: {
      // The same as in wrangler.toml, so that both run on the same engine with the same rules.
      compatibilityDate: "2026-11-15",
      compatibilityFlags: ["no_web_socket_compression"],
      objects: [{ binding: "PARTY", className: "Party", sqlite: true }],
      assetsBinding: "ASSETS",
      vars: {},
    },
    vars: { CHUNK_MS: String(chunkMs), BUNDLE: String(bundle) },
    sockets: [{ name: "http", address: `127.0.0.1:${port}` }],
    workerFile: "worker.js",
    assetsDirectory: join(folder, "assets"),
    storageDirectory: join(folder, "storage"),
  });
  await writeFile(join(folder, "workerd.capnp"), config);
  const child = spawn(workerdBinary(), ["serve", join(folder, "workerd.capnp"), "config"], { stdio: ["ignore", "ignore", "inherit"] });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  const url = new URL(`http://127.0.0.1:${port}/parties/party/bench`);
  for (const deadline = performance.now() + START_MS; ; ) {
    if (
      await fetch(new URL("/", url)).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      break;
    if (performance.now() > deadline) {
      await stop();
      throw new Error("partyserver's worker did not start");
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
  pin(child.pid ?? 0, SERVER_CORE);
  return { listenUrl: url, pid: child.pid ?? 0, speak: () => startSound(url), stop };
}

function named(name: string, bundle: number): string {
  return bundle === 1 ? name : `${name}, ${bundle} chunks a message`;
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
