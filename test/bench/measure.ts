import { gather } from "../../src/cli/crowd/gathering.ts";
import { type CrowdReport, reportOf } from "../../src/cli/crowd/report.ts";
import type { CrowdWish } from "../../src/cli/crowd/wish.ts";
import type { Contender, Task } from "./contender.ts";

/** How the load comes. */
export type Load = Task & {
  readonly perSecond: number;
  readonly seconds: number;
  /** From when all have come and the sound begins to when measuring does, in ms: strides have settled then. */
  readonly warmMs: number;
  /** So many more, who come while the others listen. */
  readonly storm: CrowdWish["storm"];
  /** Some stop reading for a while. */
  readonly slow?: CrowdWish["mischief"]["slow"];
  /** True if there is sound before the first listener comes; else it begins when all have come, so that joins and sound are measured apart. */
  readonly soundFirst: boolean;
};

/** The load gives way to the speaker, who shares its core: a speaker that is starved would make the room look late. */
const LOAD_NICE = 5;
/** Listeners that one process of the load reads for. */
const PER_PROCESS = 5_000;

/** What a crowd found, and what its server tells of itself. */
export type Measurement = CrowdReport & { readonly mostQueuedBytes?: number };

/** Starts a server, lets a crowd loose on it, and ends both. */
export async function measure(contender: Contender, load: Load): Promise<Measurement> {
  const running = await contender.start(load);
  try {
    if (load.soundFirst) await running.speak();
    const nothing = { share: 0, afterMs: 0 };
    const gathered = await gather({
      wish: {
        url: running.listenUrl.href,
        first: { listeners: load.listeners, perSecond: load.perSecond },
        storm: load.storm,
        warmMs: load.warmMs,
        listenMs: load.seconds * 1_000,
        mischief: { slow: load.slow ?? { ...nothing, forMs: 0 }, halfOpen: nothing, kill: nothing },
        sources: [],
        comeBack: true,
      },
      processes: Math.ceil((load.listeners + load.storm.listeners) / PER_PROCESS),
      pid: running.pid,
      nice: LOAD_NICE,
      settled: () => (load.soundFirst ? undefined : running.speak()),
      interrupt: new Promise(() => undefined),
    });
    const mostQueuedBytes = await running.mostQueuedBytes?.();
    return { ...reportOf(gathered), ...(mostQueuedBytes === undefined ? {} : { mostQueuedBytes }) };
  } finally {
    await running.stop();
  }
}
