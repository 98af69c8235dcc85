import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** The core that servers have to themselves, and the one that the crowd and this program share. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** What a server is asked to do. */
export type Task = {
  readonly chunkMs: number;
  readonly listeners: number;
  /** Listeners that one leaf takes; only Canopy has leaves. */
  readonly leafListeners: number;
  /** Bytes of each Opus packet, if not FRAME_BYTES; only Canopy's speaker can. */
  readonly frameBytes?: number;
  /** Leaves; as many as the listeners need if it is left out. */
  readonly leaves?: number;
};

/** A server under test. */
export type Contender = {
  readonly name: string;
  /** Starts it, pinned to its core. Nobody is on air yet. */
  readonly start: (task: Task) => Promise<Running>;
};

export type Running = {
  /** Where listeners connect. */
  readonly listenUrl: URL;
  readonly pid: number;
  /** From now on there is sound. */
  readonly speak: () => Promise<void>;
  /** The most bytes that it ever had waiting on one listener's line; only Canopy tells. */
  readonly mostQueuedBytes?: () => Promise<number>;
  readonly stop: () => Promise<void>;
};

/** True if processes can be pinned to two cores of their own here. */
export const CAN_PIN = spawnSync("taskset", ["-c", `${LOAD_CORE}`, "true"]).status === 0;

/** Pins a process and all of its threads to a core; what it starts later inherits it. */
export function pin(pid: number, core: number): void {
  if (CAN_PIN) spawnSync("taskset", ["-a", "-p", "-c", `${core}`, `${pid}`], { stdio: "ignore" });
}

/** Starts a server that prints `listening on PORT`, pinned to its core. @throws with what it said, if it ends before */
export async function startPinned(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ port: number; pid: number; stop: () => Promise<void> }> {
  const pinned = CAN_PIN ? ["taskset", "-c", `${SERVER_CORE}`, command] : [command];
  const [file = command, ...before] = pinned;
  const child = spawn(file, [...before, ...args], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let said = "";
  const port = await new Promise<number>((done, fail) => {
    const hear = (bytes: Buffer): void => {
      said = (said + bytes.toString("utf8")).slice(-4_000);
      const found = /listening on (\d+)/.exec(said)?.[1];
      if (found !== undefined) done(Number(found));
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", fail);
    child.on("close", (code) => fail(new Error(`${command} ended with ${code}: ${said}`)));
  });
  return { port, pid: child.pid ?? 0, stop: () => ended(child) };
}

/** Ends a process that this one started, and waits for it. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (child.exitCode !== null || child.signalCode !== null) return done();
    child.once("close", () => done());
    child.kill("SIGKILL");
  });
}

/** Asks `url` to start the sound. @throws if it does not */
export async function startSound(url: URL): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(15_000) });
  if (!answer.ok || (await answer.text()) !== "on air") throw new Error(`${url} did not start the sound`);
}
