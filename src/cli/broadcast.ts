import { Command } from "commander";
import type { RoomId } from "../core/ids.ts";
import { continueRoom, createRoom, explainEnding, parseRescueLink, parseRoom, parseServer, readRoom } from "./api.ts";
import { interrupted } from "./flags.ts";
import { Halt, runCommand } from "./problem.ts";
import { Loudness } from "./sound/loudness.ts";
import { readOpusFile } from "./sound/ogg.ts";
import { invited } from "./speak/come-up.ts";
import { Speaker } from "./speak/speaker.ts";
import { stageLine } from "./speak/stage-line.ts";

const program = new Command("npm run broadcast --")
  .description("Speaks an Opus file in a room, in real time.")
  .option("--url <server>", "the server", "http://127.0.0.1:8787")
  .option("--room <room>", "the room; with --create it may be left out")
  .option("--ticket <ticket>", "the host's ticket: what follows #ticket= in the host's link")
  .option("--come-up <name>", "without a ticket: raise a hand as NAME, and wait to be invited")
  .requiredOption("--file <file>", "an Ogg Opus file with packets of 20 ms")
  .option("--loop", "begin again at the end, until Ctrl-C")
  .option("--standby", "stand by: be heard only while nobody else in the room is")
  .option("--create", "make the room first, and print its links")
  .option(
    "--continue <link>",
    "take over the audience of a room that failed: its rescue link, or its name and, as --ticket, a successor ticket",
  )
  .option("--title <title>", "the title of the room that is made")
  .option("--listed", "let the room that is made stand in the lobby")
  .option("--chunk-ms <ms>", "length of a chunk in the room that is made: 40, 100 or 200")
  .option("--key <key>", "the deployment's CREATE_KEY, for --create");

type Flags = {
  readonly url: string;
  readonly room?: string;
  readonly ticket?: string;
  readonly comeUp?: string;
  readonly file: string;
  readonly loop?: boolean;
  readonly standby?: boolean;
  readonly create?: boolean;
  readonly continue?: string;
  readonly title?: string;
  readonly listed?: boolean;
  readonly chunkMs?: string;
  readonly key?: string;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const server = parseServer(flags.url);
  const file = await readOpusFile(flags.file);
  const loudness = await Loudness.create(file.channels);
  const { room, ticket } = flags.create === true || flags.continue !== undefined ? await made(server, flags) : await known(server, flags);

  let finished: () => void = () => undefined;
  const over = new Promise<void>((done) => {
    finished = done;
  });
  const speaker = new Speaker(file, flags.loop === true, loudness, () => finished());
  const line = stageLine({
    server,
    room,
    ticket,
    standby: flags.standby === true,
    onAir: (socket, name) => {
      speaker.speak(socket);
      console.log(`On air in "${room}" as ${name}`);
    },
    lost: (ending, waitMs) => {
      speaker.pause();
      console.error(`\n${explainEnding(ending, server)} Coming back in ${waitMs} ms; the file waits.`);
    },
    refused: (says, code) => console.error(`\nThe room did not take that: ${says} (${code})`),
  });
  const showing = setInterval(() => show(speaker), 1_000);
  const end = await Promise.race([line.ended, over.then(() => "over" as const), interrupted().then(() => "interrupted" as const)]);
  clearInterval(showing);
  speaker.pause();
  if (typeof end !== "string") throw new Halt(`\n${explainEnding(end, server)}`);
  await line.leave();
  show(speaker);
  console.log(end === "over" ? "\nThe file is over; off air." : "\nOff air.");
  process.exit();
});

async function made(server: URL, flags: Flags): Promise<{ room: RoomId; ticket: string }> {
  const wish = {
    ...(flags.title === undefined && flags.continue !== undefined ? {} : { title: flags.title ?? flags.room ?? "A broadcast" }),
    ...(flags.room === undefined ? {} : { room: parseRoom(flags.room) }),
    ...(flags.listed === true ? { listed: true } : {}),
    ...(flags.chunkMs === undefined ? {} : { chunkMs: Number(flags.chunkMs) }),
  };
  const { room, hostTicket, continues, urls } = await (flags.continue === undefined
    ? createRoom(server, wish, flags.key)
    : continueRoom(server, ...rescued(flags.continue, flags.ticket), wish));
  console.log(continues === undefined ? `Made the room "${room}"` : `The room "${room}" has the audience of "${continues}" now`);
  console.log(`  listen     ${urls.page}`);
  console.log(`  host page  ${urls.broadcast}   (keep it to yourself: whoever has it is the host)`);
  console.log(`  sound      ${urls.listen}`);
  for (const link of urls.continue) console.log(`  rescue     ${link}   (for a stand-in: takes the audience over, should this room fail)`);
  return { room, ticket: hostTicket };
}

/** What `--continue` names: a room, and the ticket that takes its audience over. */
function rescued(named: string, ticket: string | undefined): [from: RoomId, ticket: string] {
  const link = parseRescueLink(named);
  if (link !== undefined) return [link.room, link.ticket];
  if (ticket !== undefined) return [parseRoom(named), ticket];
  throw new Halt(
    "Give --continue the whole rescue link that was printed when the room was made, in quotes; or the room's name, and --ticket.",
  );
}

async function known(server: URL, flags: Flags): Promise<{ room: RoomId; ticket: string }> {
  if (flags.room === undefined || (flags.ticket ?? flags.comeUp) === undefined) {
    throw new Halt("Say which room with --room and --ticket (or --come-up), or make one with --create.");
  }
  const { room, phase } = await readRoom(server, parseRoom(flags.room));
  if (phase === "ended") throw new Halt(`The room "${room}" has ended; make a new one with --create.`);
  return { room, ticket: flags.ticket ?? (await invited(server, room, flags.comeUp)) };
}

/** One line that is written over on a terminal, and nothing where lines pile up. */
function show(speaker: Speaker): void {
  if (!process.stdout.isTTY) return;
  const { spokenMs, totalMs } = speaker.progress();
  process.stdout.write(`\r${(spokenMs / 1_000).toFixed(0)} s spoken of ${(totalMs / 1_000).toFixed(0)} s `);
}
