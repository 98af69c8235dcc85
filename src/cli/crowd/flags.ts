import { isIP } from "node:net";
import { Command } from "commander";
import { seconds, share, wholeNumber } from "../flags.ts";
import { Halt } from "../problem.ts";
import { descriptorLimit } from "../server/limits.ts";
import { type CrowdWish, sizeOf } from "./wish.ts";

/** Descriptors that each process needs for itself. */
const OWN_DESCRIPTORS = 64;
/** Listeners that one process takes, unless told otherwise: above, it would be late itself. */
const PER_PROCESS = 5_000;
/** Local ports of one source address towards one server, by Linux's default (net.ipv4.ip_local_port_range: 32,768 to 60,999). */
const PORTS_PER_SOURCE = 28_000;
/** Addresses of this machine in 127/8, for `--sources`. */
const MAX_SOURCES = 200;

export type CrowdFlags = {
  readonly url: string;
  readonly room: string;
  readonly listeners: number;
  readonly ramp: number;
  readonly seconds: number;
  readonly storm: number;
  readonly stormRamp: number;
  readonly stormAfter: number;
  readonly slow: number;
  readonly slowAfter: number;
  readonly slowFor: number;
  readonly halfOpen: number;
  readonly halfOpenAfter: number;
  readonly kill?: number;
  readonly killAfter?: number;
  readonly return: boolean;
  readonly from?: string;
  readonly react?: boolean;
  readonly ask: number;
  readonly radio: number;
  readonly sources: number;
  readonly processes?: number;
  readonly pid?: number;
  readonly html?: string;
  readonly json?: boolean;
};

/** The command line of `npm run crowd`. */
export function crowdCommand(): Command {
  return new Command("npm run crowd --")
    .description("Opens many real sockets on a room, checks every chunk at every listener, and reports.")
    .option("--url <server>", "the server", "http://127.0.0.1:8787")
    .requiredOption("--room <room>", "the room")
    .option("--listeners <n>", "how many", wholeNumber("--listeners", 1, 60_000), 1_000)
    .option("--ramp <n>", "joins per second, on a timeline that does not wait for the server", wholeNumber("--ramp", 1, 20_000), 500)
    .option("--seconds <n>", "how long to listen once all have joined", seconds("--seconds"), 30)
    .option("--storm <n>", "so many more, who come while the first listen", wholeNumber("--storm", 0, 60_000), 0)
    .option("--storm-ramp <n>", "joins of the storm per second", wholeNumber("--storm-ramp", 1, 20_000), 4_000)
    .option("--storm-after <s>", "the storm begins so long after listening began", seconds("--storm-after"), 5)
    .option("--slow <share>", "share of the listeners who stop reading for a while, like 10%", share("--slow"), 0)
    .option("--slow-after <s>", "they stop so long after listening began", seconds("--slow-after"), 5)
    .option("--slow-for <s>", "and read on after so long", seconds("--slow-for"), 30)
    .option("--half-open <share>", "share who stop reading for good and keep the connection", share("--half-open"), 0)
    .option("--half-open-after <s>", "so long after listening began", seconds("--half-open-after"), 5)
    .option("--kill-after <s>", "some lose their connection (a TCP reset, no close) so long after listening began", seconds("--kill-after"))
    .option("--kill <share>", "how many of them do (default: 10%)", share("--kill"))
    .option("--no-return", "who loses the connection stays away, instead of coming back as players do")
    .option("--react", "each taps a reaction once a second, and says that he hears")
    .option("--ask <share>", "share who ask a question every 11 s, like 1%", share("--ask"), 0)
    .option("--radio <n>", "so many plain players of live.ogg beside them", wholeNumber("--radio", 0, 8_000), 0)
    .option("--from <addresses>", "addresses of this machine to come from in turn, like 127.0.0.2,127.0.0.3")
    .option("--sources <n>", "come from so many addresses in 127.0.0.0/8 in turn", wholeNumber("--sources", 0, MAX_SOURCES), 0)
    .option("--processes <n>", `processes to share the listeners (default: one for ${PER_PROCESS})`, wholeNumber("--processes", 1, 64))
    .option("--pid <pid>", "the server's process on this machine: its CPU and memory are reported too", wholeNumber("--pid", 1, 2 ** 31))
    .option("--html <file>", "write the report as a page with plots over time")
    .option("--json", "print the report as JSON");
}

/** What the flags ask for. @throws Halt if they contradict each other */
export function wishOf(flags: CrowdFlags, listenUrl: URL): CrowdWish {
  const killShare = flags.kill ?? (flags.killAfter === undefined ? 0 : 0.1);
  if (flags.slow + flags.halfOpen + killShare > 1) throw new Halt("--slow, --half-open and --kill are more than all listeners together.");
  const wish = {
    url: listenUrl.href,
    first: { listeners: flags.listeners, perSecond: flags.ramp },
    storm: { listeners: flags.storm, perSecond: flags.stormRamp, afterMs: flags.stormAfter * 1_000 },
    warmMs: 0,
    listenMs: flags.seconds * 1_000,
    mischief: {
      slow: { share: flags.slow, afterMs: flags.slowAfter * 1_000, forMs: flags.slowFor * 1_000 },
      halfOpen: { share: flags.halfOpen, afterMs: flags.halfOpenAfter * 1_000 },
      kill: { share: killShare, afterMs: (flags.killAfter ?? 5) * 1_000 },
    },
    sources: sourcesOf(flags, listenUrl),
    comeBack: flags.return,
    ...(flags.react === true || flags.ask > 0 ? { answers: { reacts: flags.react === true, askers: flags.ask } } : {}),
  };
  const ports = PORTS_PER_SOURCE * Math.max(1, wish.sources.length);
  if (sizeOf(wish) > ports) throw new Halt(`From one address only ${PORTS_PER_SOURCE} sockets reach one server. Add --sources.`);
  return wish;
}

/** How many processes share the listeners. @throws Halt if that many sockets do not fit their descriptors */
export function processesFor(wish: CrowdWish, asked: number | undefined): number {
  const processes = asked ?? Math.ceil(sizeOf(wish) / PER_PROCESS);
  const holds = descriptorLimit() - OWN_DESCRIPTORS;
  if (sizeOf(wish) > holds * processes) {
    throw new Halt(`Each of these ${processes} processes may hold ${holds} sockets (ulimit -n). Ask for more --processes.`);
  }
  return processes;
}

function sourcesOf(flags: CrowdFlags, url: URL): readonly string[] {
  const named = flags.from?.split(",") ?? [];
  const bad = named.find((address) => isIP(address) === 0);
  if (bad !== undefined) throw new Halt(`--from takes addresses like 127.0.0.2,127.0.0.3, not "${bad}".`);
  if (named.length > 0) return named;
  if (flags.sources > 0 && !/^(127\.[\d.]+|localhost)$/.test(url.hostname)) {
    throw new Halt("--sources are addresses of the loopback network, which reach only a server on 127.0.0.1. Name others with --from.");
  }
  // 127.0.0.1 is what everything else of this machine uses.
  return Array.from({ length: flags.sources }, (_, index) => `127.0.0.${index + 2}`);
}
