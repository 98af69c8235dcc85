import { usageOf } from "../../src/cli/crowd/process-watch.ts";
import type { CrowdReport } from "../../src/cli/crowd/report.ts";
import { textTable } from "../../src/cli/text-table.ts";
import { type Costs, WORKERD_COSTS } from "../../src/sim/costs.ts";
import { canopy } from "./canopy.ts";
import { type Load, measure } from "./measure.ts";
import { fixed } from "./median.ts";
import { benchChunkBytes } from "./sound.ts";

/** Plain requests that are timed. */
const REQUESTS = 3_000;
/** Listeners and leaves of the tree whose hops are counted; many a leaf, so that no leaf stays without one. */
const TREE = { listeners: 400, leaves: 64 };
/** Joins into a room with sound: slow enough that the server keeps up. */
const JOINS = { listeners: 2_000, perSecond: 400, afterMs: 5_000 };

/**
 * What the simulator charges for, measured on the real thing: differences between runs that differ in one respect.
 *
 * CPU time of the whole process, so the edge's share of a join is in it; timers and refusals are not told apart, and keep what they were.
 */
export async function calibrate(load: Load, note: (line: string) => void): Promise<Costs> {
  const run = async (what: string, of: Partial<Load>, stride?: number): Promise<CrowdReport> => {
    note(what);
    return await measure(canopy(stride), { ...load, ...of });
  };
  const chunksPerSecond = 1_000 / load.chunkMs;
  const chunkKib = benchChunkBytes(load.chunkMs) / 1_024;

  const alone = msPerSecond(await run("one listener: what sound costs without a crowd", { listeners: 1 }, 1));
  const single = msPerSecond(await run(`${load.listeners} listeners at stride 1`, {}, 1)) - alone;
  const bundled = msPerSecond(await run(`${load.listeners} listeners at stride 10`, {}, 10)) - alone;
  const singleMs = single / (load.listeners * chunksPerSecond);
  const bundledMs = bundled / ((load.listeners * chunksPerSecond) / 10);
  const sendKibMs = Math.max(0, (bundledMs - singleMs) / (9 * chunkKib));
  const sendMs = singleMs - sendKibMs * chunkKib;

  const { listeners, leaves } = TREE;
  const oneLeaf = msPerSecond(await run(`${listeners} listeners on one leaf`, { listeners }, 1));
  const manyLeaves = msPerSecond(await run(`${listeners} listeners on ${leaves} leaves`, { listeners, leaves }, 1));
  // Each further leaf costs its parent a send per chunk, and itself a message and its second.
  const hopMs = (manyLeaves - oneLeaf) / ((leaves - 1) * chunksPerSecond) - singleMs;

  const stormed = await run(
    `${JOINS.listeners} joins at ${JOINS.perSecond}/s`,
    { listeners: 200, storm: JOINS, soundFirst: true, seconds: 14 },
    1,
  );
  // The knock is charged apart.
  const joinMs = joinMsOf(stormed, singleMs);
  note(`${REQUESTS} plain requests`);
  return {
    ...WORKERD_COSTS,
    sendMs,
    sendKibMs,
    hopMs: Math.max(0, hopMs),
    joinMs: joinMs === undefined ? WORKERD_COSTS.joinMs : Math.max(0, joinMs - WORKERD_COSTS.turnMs),
    requestMs: await requestMs(load),
  };
}

/** The constants of src/sim/costs.ts, beside those that stand there. */
export function costsTable(found: Costs): string {
  const now = new Map<string, number>(Object.entries(found));
  const rows = Object.entries(WORKERD_COSTS).map(([name, before]) => {
    const measured = now.get(name);
    return [name, measured === before ? "not measured apart" : fixed(measured, 4), `${before}`];
  });
  return textTable(["ms of CPU", "measured now", "in src/sim/costs.ts"], rows);
}

function msPerSecond(run: CrowdReport): number {
  return (run.server?.cpuShare ?? 0) * 1_000;
}

/**
 * CPU that one join of a storm costs while there is sound, in ms: what the server used in the seconds in which joins came, less what it used in
 * the calm before, and less what newcomers were sent within these seconds.
 */
export function joinMsOf(run: CrowdReport, sendMs: number): number | undefined {
  const listening = run.seconds.filter(({ second }) => second >= run.listenFrom);
  const from = listening.findIndex((one) => one.joined > 0);
  if (from < 1) return undefined;
  const calm = listening.slice(0, from);
  const stormy = listening.slice(from).filter((one) => one.joined > 0);
  const mean = (of: (one: CrowdReport["seconds"][number]) => number): number => calm.reduce((sum, one) => sum + of(one), 0) / calm.length;
  const calmMs = mean((one) => (one.cpuShare ?? 0) * 1_000);
  const calmMessages = mean((one) => one.messages);
  const sum = (of: (one: CrowdReport["seconds"][number]) => number): number => stormy.reduce((all, one) => all + of(one), 0);
  const newcomersMs = sum((one) => one.messages - calmMessages) * sendMs;
  return (sum((one) => (one.cpuShare ?? 0) * 1_000 - calmMs) - newcomersMs) / sum((one) => one.joined);
}

async function requestMs(load: Load): Promise<number> {
  const running = await canopy().start(load);
  try {
    const url = new URL("/healthz", running.listenUrl);
    const ask = async (times: number): Promise<void> => {
      for (let asked = 0; asked < times; asked++) await (await fetch(url)).arrayBuffer();
    };
    await ask(200);
    const before = usageOf(running.pid)?.cpuMs ?? 0;
    await ask(REQUESTS);
    return ((usageOf(running.pid)?.cpuMs ?? 0) - before) / REQUESTS;
  } finally {
    await running.stop();
  }
}
