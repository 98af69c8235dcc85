import { Argument, Command } from "commander";
import type { CrowdReport } from "../../src/cli/crowd/report.ts";
import { seconds, wholeNumber } from "../../src/cli/flags.ts";
import { Halt, runCommand } from "../../src/cli/problem.ts";
import { calibrate, costsTable } from "./calibrate.ts";
import { canopy } from "./canopy.ts";
import { CAN_PIN, LOAD_CORE, pin } from "./contender.ts";
import { type Load, measure } from "./measure.ts";
import { CAN_COMPILE } from "./peers.ts";
import { asTheyCome, bundlingAlike, pinnedStrides, type Row, stormed } from "./rows.ts";
import { serversTable, slowTable, stormTable } from "./say.ts";

/** Strides settle within this, in ms: the controller looks once a second, and has five to go through. */
const WARM_MS = 8_000;
/** The storm of the issue's own words: 8,000 joins at 4,000 a second while 1,000 listen. */
const STORM = { listeners: 8_000, perSecond: 4_000, afterMs: 5_000 };

const BENCHES = { servers: asTheyCome, stride: pinnedStrides, bundle: bundlingAlike, storm: stormed };
/** A tenth of the listeners stops reading, beside a control run in which nobody does. */
const SLOW = "slow";
/**
 * Chunks of 12.5 KB, the largest packets that Opus knows at 200 ms a chunk. The kernel takes some 4 MB for a line that stands still, a
 * minute of these; then what comes waits in the leaf. A line on which it waits for half a minute is given up: --slow-for 110.
 */
const LARGE = { frameBytes: 1_250, chunkMs: 200 };
/** The share that stops reading, and when, in ms after measuring began. */
const SLOW_SHARE = { share: 0.1, afterMs: 5_000 };
/** What the simulator charges, measured on the real thing. */
const CALIBRATE = "calibrate";

const program = new Command("npm run bench --")
  .description("Canopy beside partyserver, Node ws and a bare C loop: the same chunks, one core for the server, one for the load.")
  .addArgument(new Argument("[which]", "what to measure").choices([...Object.keys(BENCHES), SLOW, CALIBRATE]).default("servers"))
  .option("--listeners <n>", "how many listen", wholeNumber("--listeners", 1, 60_000), 1_000)
  .option("--ramp <n>", "how many of them join per second", wholeNumber("--ramp", 1, 20_000), 500)
  .option("--chunk-ms <ms>", "length of a chunk", wholeNumber("--chunk-ms", 20, 1_000), 100)
  .option("--seconds <n>", "how long to measure", seconds("--seconds"), 20)
  .option("--warm <n>", "how long to wait before, with sound", seconds("--warm"), WARM_MS / 1_000)
  .option("--runs <n>", "interleaved runs; medians are shown", wholeNumber("--runs", 1, 99), 3)
  .option("--leaf <n>", "listeners that one leaf of Canopy takes", wholeNumber("--leaf", 1, 30_000), 10_000)
  .option("--storm <n>", "how many come in a storm", wholeNumber("--storm", 1, 60_000), STORM.listeners)
  .option("--storm-ramp <n>", "how many of them per second", wholeNumber("--storm-ramp", 1, 20_000), STORM.perSecond)
  .option("--slow-for <n>", "how long the slow ones do not read", seconds("--slow-for"), 80)
  .option("--only <rows>", "of these rows alone, like canopy,partyserver,ws,bare, or canopy:5")
  .option("--json", "print every run's report as JSON");

type Flags = {
  readonly listeners: number;
  readonly ramp: number;
  readonly chunkMs: number;
  readonly seconds: number;
  readonly warm: number;
  readonly runs: number;
  readonly leaf: number;
  readonly storm: number;
  readonly stormRamp: number;
  readonly slowFor: number;
  readonly only?: string;
  readonly json?: boolean;
};

/** A row and what each of its runs found. */
export type Measured = Row & { readonly runs: CrowdReport[] };

await runCommand(async () => {
  program.parse();
  const which = program.processedArgs[0];
  const flags = program.opts<Flags>();
  const note = (line: string): void => console.error(line);
  if (!CAN_PIN) note("There is no taskset or no second core here: the server and the load share what there is, and figures mean little.");
  pin(process.pid, LOAD_CORE);
  if (which === CALIBRATE) {
    const costs = await calibrate(loadOf(flags, false), note);
    console.log(flags.json === true ? JSON.stringify(costs) : costsTable(costs));
    process.exit();
  }
  if (which === SLOW) {
    const forMs = flags.slowFor * 1_000;
    // Long enough for the slow ones to come back and be seen alive.
    const load = { ...loadOf(flags, false), ...LARGE, seconds: (SLOW_SHARE.afterMs + forMs) / 1_000 + 25 };
    note("control run: everybody reads");
    const control = await measure(canopy(), load);
    note(`${SLOW_SHARE.share * 100} % do not read for ${flags.slowFor} s`);
    const slow = await measure(canopy(), { ...load, slow: { ...SLOW_SHARE, forMs } });
    console.log(
      flags.json === true ? JSON.stringify({ control, slow }) : slowTable(control, slow, { ...load, slow: { ...SLOW_SHARE, forMs } }),
    );
    process.exit();
  }
  if (!isBench(which)) throw new Halt(`There is no bench "${which}".`);
  if (which !== "storm" && ![40, 100, 200].includes(flags.chunkMs)) throw new Halt("--chunk-ms is 40, 100 or 200, as rooms have it.");
  const rows = chosen(BENCHES[which](), flags.only);
  const load = loadOf(flags, which === "storm");
  const measured: Measured[] = rows.map((row) => ({ ...row, runs: [] }));
  for (let run = 0; run < flags.runs; run++) {
    for (const { contender, runs } of measured) {
      note(`run ${run + 1} of ${flags.runs}: ${contender.name}`);
      runs.push(await measure(contender, load));
    }
  }
  if (flags.json === true) console.log(JSON.stringify(measured.map(({ key, contender, runs }) => ({ key, name: contender.name, runs }))));
  else console.log(which === "storm" ? stormTable(measured, load) : serversTable(measured, load));
  process.exit();
});

function isBench(which: unknown): which is keyof typeof BENCHES {
  return typeof which === "string" && Object.hasOwn(BENCHES, which);
}

/** @throws Halt if nothing is left to measure */
function chosen(rows: readonly Row[], only: string | undefined): readonly Row[] {
  const wanted = only?.split(",");
  const unknown = wanted?.find((key) => !rows.some((row) => row.key === key));
  if (unknown !== undefined) throw new Halt(`--only knows ${rows.map((row) => row.key).join(", ")}, not "${unknown}".`);
  const kept = rows.filter((row) => wanted === undefined || wanted.includes(row.key));
  if (CAN_COMPILE || !kept.some((row) => row.key.startsWith("bare"))) return kept;
  console.error("There is no C compiler (cc) here, so the bare loop is left out.");
  return kept.filter((row) => !row.key.startsWith("bare"));
}

function loadOf(flags: Flags, isStorm: boolean): Load {
  return {
    listeners: flags.listeners,
    perSecond: flags.ramp,
    chunkMs: flags.chunkMs,
    leafListeners: flags.leaf,
    seconds: flags.seconds,
    warmMs: flags.warm * 1_000,
    storm: isStorm ? { listeners: flags.storm, perSecond: flags.stormRamp, afterMs: STORM.afterMs } : { ...STORM, listeners: 0 },
    soundFirst: isStorm,
  };
}
