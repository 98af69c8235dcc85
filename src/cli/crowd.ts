import { monitorEventLoopDelay } from "node:perf_hooks";
import { Command } from "commander";
import { listenUrl, parseRoom, parseServer, readRoom } from "./api.ts";
import { CrowdListener, type CrowdReport, CrowdTally, report } from "./crowd-listener.ts";
import { interrupted, seconds, wholeNumber } from "./flags.ts";
import { descriptorLimit } from "./limits.ts";
import { Halt, runCommand } from "./problem.ts";
import { ms, type Spread } from "./stats.ts";

/** Descriptors that this process needs for itself. */
const OWN_DESCRIPTORS = 64;
/** How often the crowd grows, in ms. */
const RAMP_STEP_MS = 10;
/** How long joins that are under way get once the last one was dialed, in ms. */
const SETTLE_MS = 15_000;
/** How long everybody gets to hang up, in ms. */
const LEAVE_MS = 2_000;

const program = new Command("npm run crowd --")
  .description("Opens many real sockets on a room, checks every chunk at every listener, and reports.")
  .option("--url <server>", "the server", "http://127.0.0.1:8787")
  .requiredOption("--room <room>", "the room")
  .option("--listeners <n>", "how many", wholeNumber("--listeners", 1, 60_000), 1_000)
  .option("--ramp <n>", "joins per second", wholeNumber("--ramp", 1, 10_000), 500)
  .option("--seconds <n>", "how long to listen once all have joined", seconds("--seconds"), 30)
  .option("--json", "print the report as JSON");

type Flags = {
  readonly url: string;
  readonly room: string;
  readonly listeners: number;
  readonly ramp: number;
  readonly seconds: number;
  readonly json?: boolean;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const server = parseServer(flags.url);
  const room = parseRoom(flags.room);
  const holds = descriptorLimit() - OWN_DESCRIPTORS;
  if (flags.listeners > holds) {
    throw new Halt(
      `This process may hold ${holds} sockets (ulimit -n). Ask for fewer --listeners, raise the limit, or run several crowds.`,
    );
  }
  await readRoom(server, room);
  const say = (line: string): void => (flags.json === true ? console.error(line) : console.log(line));
  const interrupt = interrupted();
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const tally = new CrowdTally();
  const url = listenUrl(server, room);
  const listeners = await gather(url, flags, tally, interrupt);
  say(`${tally.joined} of ${flags.listeners} joined; listening for ${flags.seconds} s`);
  await Promise.race([interrupt, new Promise((wake) => setTimeout(wake, flags.seconds * 1_000))]);
  // The resolution is part of what the monitor measures.
  const own = { p99: Math.round(delay.percentile(99) / 1e6) - 10, max: Math.round(delay.max / 1e6) - 10 };
  const found = report(tally, listeners, own);
  await disperse(listeners, tally);

  if (flags.json === true) console.log(JSON.stringify(found));
  else console.log(table(found));
  if (found.chunks === 0 && found.joined > 0) say("Nobody was on air, so no chunk was checked.");
  const wrong = found.failed + found.holes + found.repeats + Object.keys(found.endings).length + (found.chunks === 0 ? 0 : found.deaf);
  process.exit(wrong === 0 ? 0 : 1);
});

/** Dials on a timeline, `ramp` a second, and waits until every dial has succeeded or failed. */
async function gather(url: URL, flags: Flags, tally: CrowdTally, interrupt: Promise<void>): Promise<CrowdListener[]> {
  const listeners: CrowdListener[] = [];
  const startedAt = performance.now();
  let stopped = false;
  void interrupt.then(() => {
    stopped = true;
  });
  let settleBy = Number.POSITIVE_INFINITY;
  while (!stopped && performance.now() < settleBy) {
    const due = Math.min(flags.listeners, Math.ceil(((performance.now() - startedAt + RAMP_STEP_MS) * flags.ramp) / 1_000));
    while (listeners.length < due) listeners.push(new CrowdListener(url, tally));
    if (listeners.length === flags.listeners) {
      settleBy = Math.min(settleBy, performance.now() + SETTLE_MS);
      const failed = [...tally.failures.values()].reduce((sum, one) => sum + one, 0);
      if (tally.joined + failed >= flags.listeners) break;
    }
    await new Promise((wake) => setTimeout(wake, RAMP_STEP_MS));
  }
  return listeners;
}

async function disperse(listeners: readonly CrowdListener[], tally: CrowdTally): Promise<void> {
  for (const listener of listeners) listener.leave();
  const deadline = performance.now() + LEAVE_MS;
  while (tally.present > 0 && performance.now() < deadline) await new Promise((wake) => setTimeout(wake, RAMP_STEP_MS));
}

function table(found: CrowdReport): string {
  const counts = (by: Readonly<Record<string, number>>): string => {
    const parts = Object.entries(by).map(([why, times]) => `${times} × ${why}`);
    return parts.length === 0 ? "" : `  (${parts.join("; ")})`;
  };
  const spread = (name: string, of: Spread): string => row(name, `p50 ${ms(of.p50)}  p99 ${ms(of.p99)}  max ${ms(of.max)}`);
  return [
    row("joined", `${found.joined} of ${found.listeners}`),
    row("failed", `${found.failed}${counts(found.failures)}`),
    row("ended early", `${Object.values(found.endings).reduce((sum, one) => sum + one, 0)}${counts(found.endings)}`),
    spread("join", found.joinMs),
    spread("first audio", found.firstAudioMs),
    spread("lag from due", found.lagMs),
    row("chunks", `${found.chunks}`),
    row("holes", `${found.holes}`),
    row("repeats", `${found.repeats}`),
    row("gaps told", `${found.gaps}`),
    row("longest gap", ms(found.longestGapMs)),
    row("heard nothing", `${found.deaf}`),
    row("own delay", `p99 ${ms(found.ownDelayMs.p99)}  max ${ms(found.ownDelayMs.max)}  (of this tool, part of the times above)`),
  ].join("\n");
}

function row(name: string, value: string): string {
  return `${name.padEnd(14)}${value}`;
}
