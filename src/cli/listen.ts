import { Command } from "commander";
import { chunksIn, decodeChunk, readHeader } from "../core/audio/chunk.ts";
import { Lanes } from "../core/audio/lanes.ts";
import { comparePositions, formatPosition } from "../core/audio/position.ts";
import { parseListenerHears } from "../core/wire/parse.ts";
import { comeBackTold } from "../core/wire/room-states.ts";
import { explainEnding, listenUrl, parseRoom, parseServer, readRoom, ticketProtocols } from "./api.ts";
import { interrupted, seconds } from "./flags.ts";
import { stayConnected } from "./line/stay.ts";
import { cachedLanesOf } from "./listen/cached-lane.ts";
import { Continuity } from "./listen/continuity.ts";
import { Recorder } from "./listen/recorder.ts";
import { Histogram, ms } from "./listen/stats.ts";
import { Halt, runCommand } from "./problem.ts";
import { MixDown } from "./sound/mix-down.ts";

const program = new Command("npm run listen --")
  .description("Listens to a room without a speaker: writes what it heard as Ogg Opus, and says what was missing.")
  .option("--url <server>", "the server", "http://127.0.0.1:8787")
  .requiredOption("--room <room>", "the room")
  .option("--ticket <ticket>", "the invitation to a private room")
  .option("--out <file>", "where to write what was heard; further voices become heard.2.opus, …", "heard.opus")
  .option("--mix <file>", "also write all voices together, as they were heard: a WAV file")
  .option("--seconds <n>", "how long to listen; else until the room ends or Ctrl-C", seconds("--seconds"))
  .option("--json", "print the report as JSON");

type Flags = {
  readonly url: string;
  readonly room: string;
  readonly ticket?: string;
  readonly out: string;
  readonly mix?: string;
  readonly seconds?: number;
  readonly json?: boolean;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const server = parseServer(flags.url);
  const { room, title } = await readRoom(server, parseRoom(flags.room));
  const say = (line: string): void => (flags.json === true ? console.error(line) : console.log(line));
  say(`Listening to "${title}"`);

  const recorder = new Recorder(flags.out);
  const mixDown = flags.mix === undefined ? undefined : await MixDown.create(flags.mix);
  const continuity = new Continuity();
  const lag = new Histogram();
  let diverted = 0;
  let returns = 0;
  let frames = 0;
  /** Chunks up to here came as the greeting: they are old on purpose and say nothing about lag. */
  let greetedTo = { epoch: 0, sequence: 0 };
  let windowMs: number | undefined;

  const hear = (message: Uint8Array, replayed: boolean): void => {
    const now = Date.now();
    for (const { at } of chunksIn(message)) {
      const header = readHeader(message, at);
      if (header === undefined || !continuity.hear(header.epoch, header.sequence)) continue;
      if (!replayed && comparePositions(header, greetedTo) > 0) lag.add(now - header.dueMs);
      const chunk = decodeChunk(message, at);
      if ("malformed" in chunk) continue;
      for (const block of chunk.blocks) frames += block.frames.length;
      recorder.add(chunk);
      mixDown?.add(chunk);
    }
  };
  const lanes = new Lanes(cachedLanesOf(server, fetch, flags.ticket), {
    hear: (bytes, _lane, replayed) => hear(bytes, replayed),
    gap: ({ to }) => continuity.gap(to),
  });

  const stay = stayConnected({
    url: () => {
      const last = continuity.last;
      return listenUrl(server, room, last === undefined ? undefined : formatPosition(last));
    },
    protocols: flags.ticket === undefined ? [] : ticketProtocols(flags.ticket),
    ping: "ping",
    text: (text) => {
      const said = parseListenerHears(text);
      if (said === undefined) return;
      windowMs = comeBackTold(said) ?? windowMs;
      if (said.type === "gap") lanes.told({ from: said.from, to: said.to });
      if (said.type === "welcome") {
        greetedTo = { epoch: said.epoch, sequence: said.sequence };
        lanes.welcomed(said.segments);
      }
      if (said.type === "lane") {
        diverted++;
        lanes.diverted(said.segments);
      }
    },
    windowMs: () => windowMs,
    binary: (message) => lanes.live(message),
    lost: (ending, waitMs) => {
      returns++;
      lanes.lost();
      say(`${explainEnding(ending, server)} Coming back in ${waitMs} ms.`);
    },
  });

  const limit =
    flags.seconds === undefined ? [] : [new Promise<"time">((done) => setTimeout(() => done("time"), 1_000 * (flags.seconds ?? 0)))];
  const end = await Promise.race([stay.ended, interrupted().then(() => "interrupted" as const), ...limit]);
  stay.stop();
  lanes.stop();
  const ending = await stay.ended;
  await recorder.finish();
  await mixDown?.finish();
  const heard = { ...continuity.heard(), frames, returns, diverted, lagMs: lag.spread(), files: recorder.paths };
  if (flags.json === true) console.log(JSON.stringify(heard));
  else {
    console.log(`chunks ${heard.chunks}, holes ${heard.holes}, repeats ${heard.repeats}, gaps ${heard.gaps}, epochs ${heard.epochs}`);
    console.log(`lag from due: p50 ${ms(heard.lagMs.p50)}, p99 ${ms(heard.lagMs.p99)}, max ${ms(heard.lagMs.max)}`);
    console.log(heard.files.length === 0 ? "Nothing was heard, so no file was written." : `Wrote ${heard.files.join(", ")}`);
  }
  if (typeof end !== "string") {
    const roomIsOver = ending.how === "closed" && ending.code === 4500;
    if (!roomIsOver) throw new Halt(explainEnding(ending, server));
    say("The room is over.");
  }
  process.exit();
});
