import { Command } from "commander";
import { seconds, share, wholeNumber } from "./flags.ts";
import { type ForecastFlags, forecastOf, NOTE, sheet } from "./forecast/forecasting.ts";
import { runCommand } from "./problem.ts";

const program = new Command("npm run forecast --")
  .description(
    "What an evening would ask of Cloudflare and cost by list price, and what it would cost elsewhere. Arithmetic, nothing is measured.",
  )
  .option("--listeners <n>", "how many listen at once", wholeNumber("--listeners", 1, 1e9), 500_000)
  .option("--hours <h>", "for how long", seconds("--hours"), 1)
  .option("--leaf <n>", "listeners that one leaf takes", wholeNumber("--leaf", 1, 32_000), 500)
  .option("--leaves <n>", "so many leaves (default: as a tree is planted for such a crowd)", wholeNumber("--leaves", 1, 1e7))
  .option("--fan-out <n>", "children that one object feeds", wholeNumber("--fan-out", 2, 1_024), 64)
  .option("--chunk-ms <ms>", "length of a chunk: 40, 100 or 200", wholeNumber("--chunk-ms", 20, 1_000), 100)
  .option(
    "--stride <n>",
    "chunks that one send carries; it changes what leaves are busy with, and no price",
    wholeNumber("--stride", 1, 20),
    1,
  )
  .option("--speakers <n>", "people who speak all the time", wholeNumber("--speakers", 0, 32), 1)
  .option("--joins <n>", "sockets that each listener opens in all: 1.2 means that every fifth comes back once", seconds("--joins"), 1.2)
  .option("--pages <n>", "pages that each listener loads", wholeNumber("--pages", 0, 100), 1)
  .option("--cached-share <share>", "share of the listeners who hear by the cached lane", share("--cached-share"), 0.02)
  .option("--edges <n>", "edge isolates that serve the room; nobody knows how many there are", wholeNumber("--edges", 1, 1e6), 1_000)
  .option("--json", "print it as JSON");

await runCommand(async () => {
  const flags = program.parse().opts<ForecastFlags>();
  const found = forecastOf(flags);
  console.log(flags.json === true ? JSON.stringify({ note: NOTE, ...found }) : sheet(flags, found));
});
