import { writeFile } from "node:fs/promises";
import { listenUrl, parseRoom, parseServer, readRoom } from "./api.ts";
import { type CrowdFlags, crowdCommand, processesFor, wishOf } from "./crowd/flags.ts";
import { gather } from "./crowd/gathering.ts";
import { pageOf } from "./crowd/page.ts";
import { RadioEars } from "./crowd/radio-ears.ts";
import { reportOf } from "./crowd/report.ts";
import { tableOf } from "./crowd/table.ts";
import { sizeOf } from "./crowd/wish.ts";
import { interrupted } from "./flags.ts";
import { runCommand } from "./problem.ts";

/** Plain players that come in a second: their joins are not what is measured. */
const RADIOS_PER_SECOND = 100;

await runCommand(async () => {
  const flags = crowdCommand().parse().opts<CrowdFlags>();
  const server = parseServer(flags.url);
  const room = parseRoom(flags.room);
  const wish = wishOf(flags, listenUrl(server, room));
  const processes = processesFor(wish, flags.processes);
  await readRoom(server, room);
  const say = (line: string): void => (flags.json === true ? console.error(line) : console.log(line));
  const ears = new RadioEars();
  await ears.come(new URL(`/rooms/${room}/live.ogg`, server), flags.radio, RADIOS_PER_SECOND);
  const gathered = await gather({
    wish,
    processes,
    interrupt: interrupted(),
    settled: (joined) => say(`${joined} of ${wish.first.listeners} joined; listening for ${flags.seconds} s`),
    ...(flags.pid === undefined ? {} : { pid: flags.pid }),
  });
  const radio = flags.radio === 0 ? undefined : ears.leave();
  const found = reportOf(gathered);
  if (flags.json === true) console.log(JSON.stringify({ ...found, radio }));
  else console.log(tableOf(found));
  if (flags.json !== true && radio !== undefined) console.log(`live.ogg: ${JSON.stringify(radio)}`);
  if (flags.html !== undefined) {
    await writeFile(flags.html, await pageOf(found, `npm run crowd -- ${process.argv.slice(2).join(" ")}`, new Date()));
    say(`Wrote ${flags.html}`);
  }
  if (found.chunks === 0 && found.joined > 0) say("Nobody was on air, so no chunk was checked.");
  const missing = sizeOf(wish) - found.joined;
  const unheard = radio === undefined ? 0 : radio.listeners - radio.joined + radio.ended + radio.broken;
  const wrong = unheard + missing + found.holes + found.repeats + Object.keys(found.endings).length + (found.chunks === 0 ? 0 : found.deaf);
  process.exit(wrong === 0 ? 0 : 1);
});
