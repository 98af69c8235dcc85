import { writeFile } from "node:fs/promises";
import { Command } from "commander";
import { QUIET_WORKERD_COSTS, WORKERD_COSTS } from "../sim/costs.ts";
import { BENCH, foretell, type OneMachine } from "../sim/on-one-machine.ts";
import { picture } from "../sim/picture.ts";
import { SCENARIOS } from "../sim/scenarios/all.ts";
import { type Asked, type Report, replayOf, simulate } from "../sim/simulate.ts";
import { table } from "../sim/table.ts";
import { wholeNumber } from "./flags.ts";
import { Halt, runCommand } from "./problem.ts";
import { textTable } from "./text-table.ts";

/** How often progress is told, in seconds of virtual time. */
const TELL_EVERY = 5;

const MACHINES = new Map([
  ["shared", WORKERD_COSTS],
  ["quiet", QUIET_WORKERD_COSTS],
]);

const names = SCENARIOS.map(({ name, says }) => `${name}: ${says}`).join("; ");

const program = new Command("npm run sim --")
  .description("Plays an evening in virtual time with the very minds that the objects run. Every figure is simulated.")
  .option("--scenario <name>", `what happens (${names})`, "crowd-arrives")
  .option("--listeners <n>", "how many come", wholeNumber("--listeners", 1, 100_000_000), 100_000)
  .option("--arrivals <n>", "how many of them per second", wholeNumber("--arrivals", 1, 10_000_000), 16_000)
  .option("--seconds <n>", "how long the evening is", wholeNumber("--seconds", 1, 86_400), 60)
  .option("--seed <n>", "the luck of this evening; the same seed plays the same evening", wholeNumber("--seed", 0, 4_294_967_295), 1)
  .option("--processes <own|one>", "a core for each object as in a deployment, or one for all as on a single server", "own")
  .option("--as-bench", "instead: what `npm run bench -- --only canopy --listeners n` would print, foretold; its seconds are the bench's")
  .option("--stride <k>", "with --as-bench: pinned, as `npm run bench -- stride` does", wholeNumber("--stride", 1, 20))
  .option("--machine <shared|quiet>", "with --as-bench: which of the two on which costs were measured", "shared")
  .option("--svg <file>", "draw the evening")
  .option("--json", "print the report as JSON: only what the seed determines");

type Flags = Omit<Asked, "scenario" | "settings"> & {
  readonly scenario: string;
  readonly processes: string;
  readonly machine: string;
  readonly json?: boolean;
  readonly svg?: string;
  readonly asBench?: boolean;
  readonly stride?: number;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const scenario = SCENARIOS.find(({ name }) => name === flags.scenario);
  if (scenario === undefined) throw new Halt(`--scenario must be one of ${SCENARIOS.map(({ name }) => name).join(", ")}.`);
  if (flags.processes !== "own" && flags.processes !== "one") throw new Halt("--processes must be own or one.");
  const costs = MACHINES.get(flags.machine);
  if (costs === undefined) throw new Halt(`--machine must be ${[...MACHINES.keys()].join(" or ")}.`);
  const { seed, listeners, arrivals, seconds } = flags;
  if (flags.asBench === true) return console.log(foretold({ ...BENCH, listeners, stride: flags.stride, seed, costs }));
  const asked: Asked = { scenario, seed, listeners, arrivals, seconds, settings: { processes: flags.processes } };
  const report = play(asked);
  if (flags.svg !== undefined) await writeFile(flags.svg, picture(report));
  console.log(flags.json === true ? JSON.stringify(report) : table(report));
  if (report.broken.length === 0) return;
  console.error(`An invariant is broken. To see it again:\n  ${replayOf(asked)}`);
  process.exitCode = 1;
});

/** Progress and speed go to stderr: they are this machine's, not the evening's. */
function play(asked: Asked): Report {
  const startedAt = performance.now();
  const report = simulate(asked, (world, second) => {
    if (second % TELL_EVERY !== 0 && second !== asked.seconds) return;
    const { live = 0, away = 0, stride = 1 } = world.measures.seconds.at(-1) ?? {};
    const speed = (second * 1_000) / (performance.now() - startedAt);
    console.error(`${second} s: ${live} live, ${away} on their way, stride ${stride}; ${speed.toFixed(1)} × real time`);
  });
  const tookMs = performance.now() - startedAt;
  const cpuMs = process.cpuUsage().user / 1_000;
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20);
  console.error(
    `${(tookMs / 1_000).toFixed(1)} s (${(cpuMs / 1_000).toFixed(1)} s of CPU), ${((asked.seconds * 1_000) / tookMs).toFixed(1)} × real time, ` +
      `${Math.round(report.events / tookMs)} events/ms, ${memory} MiB`,
  );
  return report;
}

/** One row with the columns of the bench's table, to be held against a real one. */
function foretold(crowd: OneMachine): string {
  const { stride } = crowd;
  const row = foretell(crowd);
  const cells = [row.cpuUsPerChunk.toFixed(1), `${Math.round(row.coreShare * 100)} %`, row.chunksPerMessage.toFixed(1)];
  const lag = [row.lagP50Ms.toFixed(0), row.lagP99Ms.toFixed(0)];
  const name = stride === undefined ? "Canopy" : `Canopy, stride pinned to ${stride}`;
  return textTable(["SIMULATED", "CPU µs", "core", "chunks/msg", "lag p50", "p99 ms"], [[name, ...cells, ...lag]]);
}
