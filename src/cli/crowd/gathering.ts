import { type ChildProcess, fork } from "node:child_process";
import { setPriority } from "node:os";
import { join } from "node:path";
import { Halt } from "../problem.ts";
import { type Usage, usageOf } from "./process-watch.ts";
import { type FromPart, type PartFound, parseFromPart, type Second, type ToPart } from "./talk.ts";
import type { CrowdWish } from "./wish.ts";

/** From when the processes are ready to the first join, in ms: whoever begins late would look like a slow server. */
const HEAD_START_MS = 100;
/** How long a process gets to say what it found, in ms. */
const FAREWELL_MS = 15_000;

/** Everything that a crowd's processes found, and what the server used meanwhile. */
export type Gathered = {
  readonly found: readonly PartFound[];
  /** All processes', in the order in which they came. */
  readonly seconds: readonly Second[];
  /** The server's use at the crowd's start and at every whole second after it; empty if it was not watched. */
  readonly usage: readonly Usage[];
  /** Seconds from the crowd's start to when listening began, and to when it ended. */
  readonly listenFrom: number;
  readonly listenTo: number;
};

export type GatheringOptions = {
  readonly wish: CrowdWish;
  /** Processes to share the listeners: one holds only so many descriptors and reads only so many messages. */
  readonly processes: number;
  /** How much the crowd's processes give way to others, -20 to 19 as in nice(1); 0 if left out. For who speaks from the same core. */
  readonly nice?: number;
  /** The server's process, to be watched; only on this machine. */
  readonly pid?: number;
  /** All of the first wave have come, or failed to; what it does is waited for before listening begins. */
  readonly settled?: (joined: number) => Promise<void> | void;
  /** Ends it early. */
  readonly interrupt: Promise<void>;
};

/**
 * Lets a crowd loose and waits for what it found.
 *
 * @throws Halt if one of its processes dies
 */
export async function gather(options: GatheringOptions): Promise<Gathered> {
  const { wish, interrupt } = options;
  const parts = Array.from({ length: options.processes }, () => new PartProcess(options.nice ?? 0));
  const broken = Promise.race(parts.map((part) => part.broken));
  let watch: UsageWatch | undefined;
  try {
    await Promise.race([broken, Promise.all(parts.map((part) => part.ready))]);
    const startAt = Date.now() + HEAD_START_MS;
    parts.forEach((part, index) => {
      part.tell({ say: "begin", wish, index, of: parts.length, startAt });
    });
    watch = options.pid === undefined ? undefined : new UsageWatch(options.pid, startAt);
    const joined = await Promise.race([broken, interrupt, Promise.all(parts.map((part) => part.settled))]);
    await options.settled?.(joined?.reduce((sum, one) => sum + one, 0) ?? 0);
    // Whole seconds: what is counted in them is counted by everybody alike.
    const listenFrom = Math.ceil((Date.now() - startAt + wish.warmMs + HEAD_START_MS) / 1_000);
    for (const part of parts) part.tell({ say: "listen", at: startAt + listenFrom * 1_000 });
    const untilMs = startAt + listenFrom * 1_000 + wish.listenMs;
    await Promise.race([broken, interrupt, sleep(untilMs - Date.now() + HEAD_START_MS)]);
    const listenTo = Math.max(listenFrom, Math.floor((Date.now() - startAt) / 1_000));
    for (const part of parts) part.tell({ say: "leave" });
    const found = await Promise.race([broken, sleep(FAREWELL_MS), Promise.all(parts.map((part) => part.found))]);
    if (found === undefined) throw new Halt("A process of the crowd did not say in time what it found.");
    await Promise.race([sleep(FAREWELL_MS), Promise.all(parts.map((part) => part.gone))]);
    return { found, seconds: parts.flatMap((part) => part.seconds), usage: watch?.usage ?? [], listenFrom, listenTo };
  } finally {
    watch?.stop();
    for (const part of parts) part.kill();
  }
}

/** One process of the crowd, from outside. */
class PartProcess {
  readonly seconds: Second[] = [];
  readonly ready: Promise<void>;
  readonly settled: Promise<number>;
  readonly found: Promise<PartFound>;
  readonly gone: Promise<void>;
  /** Rejects if it dies before it said what it found. */
  readonly broken: Promise<never>;
  readonly #child: ChildProcess;

  constructor(nice: number) {
    const child = fork(join(import.meta.dirname, "part.ts"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#child = child;
    if (nice !== 0 && child.pid !== undefined) setPriority(child.pid, nice);
    const ready = Promise.withResolvers<void>();
    const settled = Promise.withResolvers<number>();
    const found = Promise.withResolvers<PartFound>();
    const gone = Promise.withResolvers<void>();
    const broken = Promise.withResolvers<never>();
    this.ready = ready.promise;
    this.settled = settled.promise;
    this.found = found.promise;
    this.gone = gone.promise;
    this.broken = broken.promise;
    // Whoever waits for something else must not be told of this by a crash.
    this.broken.catch(() => undefined);
    let done = false;
    const hear = (said: FromPart): void => {
      switch (said.say) {
        case "ready":
          return ready.resolve();
        case "settled":
          return settled.resolve(said.joined);
        case "second":
          this.seconds.push(said.second);
          return;
        case "found":
          done = true;
          return found.resolve(said.found);
      }
    };
    child.on("message", (message) => hear(parseFromPart(message)));
    child.on("close", (code, signal) => {
      gone.resolve();
      if (!done) broken.reject(new Halt(`A process of the crowd ended early (${signal ?? `exit code ${code}`}).`));
    });
  }

  tell(said: ToPart): void {
    if (this.#child.connected) this.#child.send(said);
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Looks at a process at `startAt` and at every whole second after it. */
class UsageWatch {
  readonly usage: Usage[] = [];
  readonly #pid: number;
  readonly #startAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(pid: number, startAt: number) {
    this.#pid = pid;
    this.#startAt = startAt;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(
      () => {
        // A process that died uses nothing more: what follows it has another id, and is not watched.
        const seen = usageOf(this.#pid) ?? this.usage.at(-1);
        if (seen === undefined) return;
        // Late by whole seconds: they look alike.
        while (this.#startAt + this.usage.length * 1_000 <= Date.now()) this.usage.push(seen);
        this.#arm();
      },
      Math.max(0, this.#startAt + this.usage.length * 1_000 - Date.now()),
    );
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, Math.max(0, ms)).unref());
}
