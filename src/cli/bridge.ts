import { randomBytes } from "node:crypto";
import { Command } from "commander";
import { SILENCE_LEVEL } from "../core/audio/format.ts";
import { explainEnding, parseRoom, parseServer, readRoom } from "./api.ts";
import { Bridge, type BridgeFigures, type Inlet } from "./bridge/bridge.ts";
import { titled } from "./bridge/opus-source.ts";
import { SourcePort } from "./bridge/source-port.ts";
import { interrupted, wholeNumber } from "./flags.ts";
import { Halt, runCommand } from "./problem.ts";
import { Loudness } from "./sound/loudness.ts";
import { invited } from "./speak/come-up.ts";
import { stageLine } from "./speak/stage-line.ts";

/** How often a line about the source is written, in ms. */
const SAY_EVERY_MS = 10_000;
/** How often it is looked whether what a source brought has been said to its end, in ms. */
const DONE_EVERY_MS = 100;

const program = new Command("npm run bridge --")
  .description("Lets any encoder that speaks to Icecast be heard in a room: Ogg Opus, by PUT, SOURCE, or stdin.")
  .option("--url <server>", "the server", "http://127.0.0.1:8787")
  .requiredOption("--room <room>", "the room")
  .option("--ticket <ticket>", "a speaker's or the host's ticket: what follows #ticket= in that link")
  .option("--come-up <name>", "without a ticket: raise a hand as NAME, and wait to be invited")
  .option("--port <port>", "where encoders connect; 0 for any that is free", wholeNumber("--port", 0, 65_535), 8_000)
  .option("--host <address>", "on which address; any but this machine's own opens the port to the network", "127.0.0.1")
  .option("--mount <path>", "the mount point", "/live")
  .option("--source <user:password>", "what the encoder logs in with; if it is left out, a password is made")
  .option("--stdin", "read Ogg Opus from standard input instead, and end with it")
  .option("--standby", "stand by: be heard only while nobody else in the room is");

type Flags = {
  readonly url: string;
  readonly room: string;
  readonly ticket?: string;
  readonly comeUp?: string;
  readonly port: number;
  readonly host: string;
  readonly mount: string;
  readonly source?: string;
  readonly stdin?: boolean;
  readonly standby?: boolean;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const server = parseServer(flags.url);
  const login = loginOf(flags);
  const mount = mountOf(flags);
  const { room, phase } = await readRoom(server, parseRoom(flags.room));
  if (phase === "ended") throw new Halt(`The room "${room}" has ended.`);

  const ticket = flags.ticket ?? (await invited(server, room, flags.comeUp));
  const nowPlaying = (title: string): void => console.log(`Now: ${title}`);
  // Told of both channels, it takes streams of one as well: a source may change from one to the other.
  const bridge = new Bridge(await Loudness.create(2), nowPlaying);
  const rules = { mount, ...login, listen: new URL(`/rooms/${room}`, server).href };
  const port =
    flags.stdin === true
      ? undefined
      : await SourcePort.open(flags.port, flags.host, rules, {
          source: (line, agent) => connected(bridge, line, agent),
          title: (song) => nowPlaying(titled(undefined, song) ?? "(no title)"),
          said: (line) => console.error(line),
        });
  let onAir: () => void = () => undefined;
  const everOnAir = new Promise<void>((done) => {
    onAir = done;
  });
  const line = stageLine({
    server,
    room,
    ticket,
    standby: flags.standby === true,
    onAir: (socket, name) => {
      bridge.socket = socket;
      onAir();
      console.log(`On air in "${room}" as ${name}${flags.standby === true ? ", standing by" : ""}`);
    },
    lost: (ending, waitMs) => {
      bridge.socket = undefined;
      console.error(`${explainEnding(ending, server)} Coming back in ${waitMs} ms.`);
    },
    refused: (says, code) => console.error(`The room did not take that: ${says} (${code})`),
  });
  if (port !== undefined) invite(flags, port.port, mount, login);
  const over = flags.stdin === true ? everOnAir.then(() => readStdin(bridge)) : new Promise<never>(() => undefined);
  const report = reporter();
  const writing = setInterval(() => console.error(report(bridge.figures())), SAY_EVERY_MS);
  const end = await Promise.race([line.ended, over.then(() => "over" as const), interrupted().then(() => "interrupted" as const)]);
  clearInterval(writing);
  bridge.stop();
  port?.close();
  if (typeof end !== "string") throw new Halt(explainEnding(end, server));
  await line.leave();
  console.error(report(bridge.figures()));
  console.log(end === "over" ? "The source is over; off air." : "Off air.");
  process.exit();
});

function connected(bridge: Bridge, inlet: Inlet, agent: string): ReturnType<Bridge["connect"]> {
  console.log(`A source is connected: ${agent}`);
  const turnAway = (says: string): void => {
    console.error(`The source is turned away: ${says}`);
    inlet.turnAway(says);
  };
  const { bytes, ended } = bridge.connect({ ...inlet, turnAway });
  return {
    bytes,
    ended: () => {
      console.log("The source is gone.");
      ended();
    },
  };
}

/** Resolves once standard input is over and all of it has been said. @throws Halt if it cannot be taken */
function readStdin(bridge: Bridge): Promise<void> {
  return new Promise((done, fail) => {
    const { stdin } = process;
    const { bytes, ended } = bridge.connect({
      turnAway: (says) => fail(new Halt(`Standard input cannot be taken: ${says}`)),
      pause: () => stdin.pause(),
      resume: () => stdin.resume(),
    });
    stdin.on("data", (read: Buffer) => bytes(read));
    stdin.on("end", () => {
      ended();
      const waiting = setInterval(() => {
        if (!bridge.isDone) return;
        clearInterval(waiting);
        done();
      }, DONE_EVERY_MS);
    });
  });
}

type Login = { readonly user: string; readonly password: string };

function loginOf({ source }: Flags): Login {
  if (source === undefined) return { user: "source", password: randomBytes(9).toString("base64url") };
  const colon = source.indexOf(":");
  const [user, password] = [source.slice(0, Math.max(0, colon)), source.slice(colon + 1)];
  if (user === "" || password === "") throw new Halt(`--source must be user:password, e.g. source:something-long, not "${source}".`);
  return { user, password };
}

function mountOf({ mount }: Flags): string {
  if (!/^\/[\w./-]{1,100}$/.test(mount)) throw new Halt(`--mount must be a path like /live, not "${mount}".`);
  return mount;
}

function invite({ host, source }: Flags, port: number, mount: string, { user, password }: Login): void {
  const isLocal = /^(127\.|::1$|localhost$)/.test(host);
  if (!isLocal) {
    console.error(
      `Warning: port ${port} is open to whoever reaches ${host}, and Icecast's protocol tells the password in the clear. Use it in a network that you trust, or behind a tunnel.`,
    );
  }
  const at = isLocal || host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  console.log(
    `Encoders connect to ${at}, port ${port}, mount ${mount}, user ${user}${source === undefined ? `, password ${password}` : ""}`,
  );
  const shown = source === undefined ? password : "PASSWORD";
  console.log(
    `  ffmpeg -re -i FILE -c:a libopus -b:a 64k -frame_duration 20 -page_duration 20000 -content_type audio/ogg -f ogg icecast://${user}:${shown}@${at}:${port}${mount}`,
  );
}

/** @returns a sentence about the time since it was called last */
function reporter(): (figures: BridgeFigures) => string {
  let [bytesBefore, atMs] = [0, performance.now()];
  return ({ bytes, level, waitingMs, saidMs, leftOutMs, putInMs, gaps }) => {
    const now = performance.now();
    const kbps = ((bytes - bytesBefore) * 8) / Math.max(1, now - atMs);
    [bytesBefore, atMs] = [bytes, now];
    const loud = level === SILENCE_LEVEL ? "silence" : `−${level} dBov at most`;
    const said = `${(saidMs / 1_000).toFixed(1)} s said, ${waitingMs} ms wait`;
    return `source ${kbps.toFixed(0)} kbit/s, ${loud}; ${said}; left out ${leftOutMs} ms, put in ${putInMs} ms, gaps ${gaps}`;
  };
}
