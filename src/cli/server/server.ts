import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative, resolve } from "node:path";
import { ASSETS_ROOT, ROOT, WORKER_FILE } from "../build.ts";
import { Halt } from "../problem.ts";
import { type KeyPair, keptCertificate, lanAddresses } from "./certificate.ts";
import { descriptorLimit, socketLimit } from "./limits.ts";
import { claimDirectory } from "./state-folder.ts";
import { watchdog } from "./watchdog.ts";
import { workerdBinary } from "./workerd-binary.ts";
import { workerdConfig } from "./workerd-config.ts";
import { readWranglerSettings } from "./wrangler-settings.ts";

/** A worker that does not answer by then does not start, in ms. */
const START_MS = 20_000;
/** How long workerd may take to end before it is ended, in ms: it waits for sockets that will not close. */
const STOP_MS = 750;
/** Seats of a tree for each socket that the process can hold: luck fills no leaf as the next. */
const SEATS_PER_SOCKET = 1.5;
/** How much of what workerd complained about is kept for a message, in characters. */
const KEPT_COMPLAINT = 4_000;

export type ServerOptions = {
  /** 0 finds a free one. */
  readonly port?: number;
  readonly host?: string;
  /** Where rooms are kept; one server at a time. */
  readonly directory?: string;
  /** Text bindings that override [vars] of wrangler.toml. */
  readonly vars?: Readonly<Record<string, string>>;
  /** HTTPS besides HTTP, with a self-made certificate for this machine's addresses. */
  readonly lan?: { readonly host: string; readonly port: number };
  /** Keeps the worker's own log lines from this process's output. */
  readonly quiet?: boolean;
};

export type RunningServer = {
  /** `http://127.0.0.1:8787`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly directory: string;
  readonly pid: number;
  readonly socketLimit: number;
  /** Resolves when the process has ended, for whatever reason, with what it said last. */
  readonly exited: Promise<{ readonly how: string; readonly complaint: string }>;
  /** Ends it and waits for it. */
  readonly stop: () => Promise<void>;
  /** Kills it at once, as a crash would, and waits for it. */
  readonly kill: () => Promise<void>;
};

/**
 * Runs the built worker on a workerd process of its own, and resolves when it answers `GET /healthz`.
 *
 * wrangler.toml is the single source of classes, bindings and dates. The process dies with this one, however that ends.
 *
 * @throws Halt if the port is taken, the folder is in use, or the worker does not start: with what workerd said
 */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const host = options.host ?? "127.0.0.1";
  const port = await freePort(host, options.port ?? 8787);
  if (options.lan !== undefined) await freePort(options.lan.host, options.lan.port);
  const directory = resolve(options.directory ?? join(ROOT, ".canopy/state"));
  await mkdir(join(directory, "objects"), { recursive: true });
  const folder = await claimDirectory(directory);
  const sockets = socketLimit(descriptorLimit());
  let child: ChildProcess;
  try {
    const tls = options.lan === undefined ? undefined : await keptCertificate(directory, lanAddresses(), Date.now());
    const config = await writeConfig(directory, host, port, sockets, options, tls);
    child = spawn(workerdBinary(), ["serve", config, "config"], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  } catch (fault) {
    await folder.release();
    throw fault;
  }
  const guard = watchdog(child.pid);
  let complaint = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    complaint = (complaint + bytes.toString("utf8")).slice(-KEPT_COMPLAINT);
    if (options.quiet !== true) process.stderr.write(bytes);
  });
  child.stdout?.on("data", (bytes: Buffer) => {
    if (options.quiet !== true) process.stdout.write(bytes);
  });
  const exited = new Promise<{ how: string; complaint: string }>((done) => {
    const end = async (how: string): Promise<void> => {
      guard.release();
      await folder.release();
      done({ how, complaint: complaint.trim() });
    };
    child.on("error", (error) => void end(error.message));
    child.on("close", (code, signal) => void end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await exited;
    clearTimeout(late);
  };
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const running: RunningServer = {
    url,
    port,
    directory,
    pid: child.pid ?? 0,
    socketLimit: sockets,
    exited,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
  await answers(running);
  return running;
}

/** Waits for `GET /healthz`. @throws Halt with what workerd said, if it ends before or takes too long */
async function answers(server: RunningServer): Promise<void> {
  let ended: { how: string; complaint: string } | undefined;
  void server.exited.then((end) => {
    ended = end;
  });
  const deadline = performance.now() + START_MS;
  let last = "no answer";
  while (performance.now() < deadline) {
    if (ended !== undefined) throw new Halt(`The worker did not start (${ended.how}). workerd says:\n${ended.complaint || "nothing"}`);
    try {
      const answer = await fetch(`${server.url}/healthz`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
      last = `GET /healthz answers ${answer.status}: ${(await answer.text()).slice(0, 300)}`;
    } catch {
      // Not listening yet.
    }
    await new Promise((wake) => setTimeout(wake, 20));
  }
  await server.kill();
  throw new Halt(`The worker did not start within ${START_MS / 1_000} s: ${last}. workerd says:\n${ended?.complaint || "nothing"}`);
}

async function writeConfig(
  directory: string,
  host: string,
  port: number,
  sockets: number,
  options: ServerOptions,
  tls: KeyPair | undefined,
): Promise<string> {
  const settings = await readWranglerSettings(join(ROOT, "wrangler.toml"));
  const file = join(directory, "workerd.capnp");
  const lan =
    options.lan !== undefined && tls !== undefined ? [{ name: "https", address: `${options.lan.host}:${options.lan.port}`, tls }] : [];
  const config = workerdConfig({
    settings,
    // On one's own machine anybody may make a room, and one isolate serves all, so that it can afford to look often. workerd dies
    // without descriptors, so the objects must count; and each object of a tree keeps files open, so no tree is made for more than can come.
    vars: {
      ...settings.vars,
      OPEN_CREATE: "1",
      // Rooms are recorded to this machine's own disk, if their hosts want it.
      RECORDINGS: "sqlite",
      SUMMARY_SECONDS: "2",
      SOCKET_LIMIT: String(sockets),
      MAX_LISTENERS: String(Math.ceil(sockets * SEATS_PER_SOCKET)),
      ...options.vars,
    },
    sockets: [{ name: "http", address: `${host.includes(":") ? `[${host}]` : host}:${port}` }, ...lan],
    // Relative to where the file really is: a temporary folder may be a link.
    workerFile: relative(await realpath(directory), await realpath(WORKER_FILE)),
    assetsDirectory: ASSETS_ROOT,
    storageDirectory: join(directory, "objects"),
  });
  // It may hold the key of the certificate.
  await writeFile(file, config, { mode: 0o600 });
  return file;
}

/** The port itself if it is free, or a free one for 0. @throws Halt if it is taken or not ours to take */
async function freePort(host: string, port: number): Promise<number> {
  const server = createServer();
  return await new Promise<number>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "is taken by another program" : `cannot be used (${error.code ?? error.message})`;
      fail(new Halt(`Port ${port} ${why}. Choose another: npm start -- --port ${port === 8787 ? 9000 : port + 1}`));
    });
    server.listen(port, host === "*" ? "0.0.0.0" : host, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : port;
      server.close(() => done(found));
    });
  });
}
