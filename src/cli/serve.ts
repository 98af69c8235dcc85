import { Command } from "commander";
import { renderANSI } from "uqr";
import { buildAll } from "./build.ts";
import { interrupted, wholeNumber } from "./flags.ts";
import { Halt, runCommand } from "./problem.ts";
import { lanAddresses } from "./server/certificate.ts";
import { type RunningServer, type ServerOptions, startServer } from "./server/server.ts";

/** A server that lived for less than this died at once, in ms. */
const QUICK_DEATH_MS = 10_000;
/** So many quick deaths in a row are a bug, and no bad luck. */
const MAX_QUICK_DEATHS = 5;

const program = new Command("npm start --")
  .description("Serves Canopy on this machine: rooms for thousands of listeners, no account, no key.")
  .option("--port <port>", "where to listen; 0 finds a free port", wholeNumber("--port", 0, 65_535), 8787)
  .option("--host <address>", "the address to listen on", "127.0.0.1")
  .option("--lan", "serve HTTPS to this machine's network too, on the next port")
  .option("--data <folder>", "where rooms are kept (default: .canopy/state)")
  .option("--leaves <n>", "leaves of a new room's tree", wholeNumber("--leaves", 1, 4_096))
  .option("--max-listeners <n>", "listeners that one room may grow to", wholeNumber("--max-listeners", 1, 100_000_000))
  .option("--listeners-per-leaf <n>", "listeners that one leaf holds", wholeNumber("--listeners-per-leaf", 1, 30_000))
  .option("--fan-out <n>", "children that the room or a relay feeds", wholeNumber("--fan-out", 2, 1_024))
  .option("--admin-key <key>", "who brings this key may list and end any room, and read GET /metrics")
  .option("--report-webhook <url>", "where reports about rooms are sent; without it pages show no such button")
  .option("--webhook <url>", "where is told what happens in rooms")
  .option("--webhook-key <key>", "what it is signed with there")
  .option("--room-webhooks", "who makes a room may name a webhook of its own")
  .option("--idle-minutes <n>", "a room that nobody uses for so long ends; 0 never", wholeNumber("--idle-minutes", 0, 527_040))
  .option("--address-header <name>", "behind a proxy: the header in which it tells where visitors come from")
  .option("--quiet", "without the worker's own log lines");

type Flags = {
  readonly port: number;
  readonly host: string;
  readonly lan?: boolean;
  readonly data?: string;
  readonly leaves?: number;
  readonly maxListeners?: number;
  readonly listenersPerLeaf?: number;
  readonly fanOut?: number;
  readonly adminKey?: string;
  readonly reportWebhook?: string;
  readonly webhook?: string;
  readonly webhookKey?: string;
  readonly roomWebhooks?: boolean;
  readonly idleMinutes?: number;
  readonly addressHeader?: string;
  readonly quiet?: boolean;
};

await runCommand(async () => {
  const flags = program.parse().opts<Flags>();
  const stop = interrupted().then(() => "stop" as const);
  await buildAll();
  let options = optionsOf(flags);
  let server = await startServer(options);
  // Whatever happens later, the pages that are open must find it where it was.
  options = { ...options, port: server.port };
  announce(server, flags);
  let startedAt = performance.now();
  for (let quickDeaths = 0; ; ) {
    const end = await Promise.race([stop, server.exited]);
    if (end === "stop") {
      await server.stop();
      console.log("\nStopped. Rooms are kept; npm start brings them back.");
      return;
    }
    quickDeaths = performance.now() - startedAt < QUICK_DEATH_MS ? quickDeaths + 1 : 1;
    console.error(`\nworkerd ended unexpectedly (${end.how}). ${end.complaint}`);
    if (quickDeaths > MAX_QUICK_DEATHS) throw new Halt(`It ended ${quickDeaths} times in a row; giving up.`);
    const waitMs = 250 * 2 ** quickDeaths;
    console.error(`Starting it again in ${waitMs} ms. Rooms are kept, and pages come back by themselves.`);
    const waited = await Promise.race([stop, new Promise<"go">((go) => setTimeout(() => go("go"), waitMs))]);
    if (waited === "stop") return;
    startedAt = performance.now();
    server = await startServer(options);
    console.error(`Serving again at ${server.url}`);
  }
});

function optionsOf(flags: Flags): ServerOptions {
  const vars = {
    ...(flags.leaves === undefined ? {} : { INITIAL_LEAVES: String(flags.leaves) }),
    ...(flags.maxListeners === undefined ? {} : { MAX_LISTENERS: String(flags.maxListeners) }),
    ...(flags.listenersPerLeaf === undefined ? {} : { LISTENERS_PER_LEAF: String(flags.listenersPerLeaf) }),
    ...(flags.fanOut === undefined ? {} : { FAN_OUT: String(flags.fanOut) }),
    ...(flags.adminKey === undefined ? {} : { ADMIN_KEY: flags.adminKey }),
    ...(flags.reportWebhook === undefined ? {} : { REPORT_WEBHOOK: flags.reportWebhook }),
    ...(flags.webhook === undefined ? {} : { WEBHOOK_URL: flags.webhook }),
    ...(flags.webhookKey === undefined ? {} : { WEBHOOK_KEY: flags.webhookKey }),
    ...(flags.roomWebhooks === true ? { ROOM_WEBHOOKS: "1" } : {}),
    ...(flags.idleMinutes === undefined ? {} : { IDLE_MINUTES: String(flags.idleMinutes) }),
    ...(flags.addressHeader === undefined ? {} : { ADDRESS_HEADER: flags.addressHeader }),
  };
  return {
    port: flags.port,
    host: flags.host,
    vars,
    quiet: flags.quiet === true,
    ...(flags.data === undefined ? {} : { directory: flags.data }),
    ...(flags.lan === true ? { lan: { host: "*", port: lanPort(flags.port) } } : {}),
  };
}

function lanPort(port: number): number {
  return port === 0 ? 8788 : port + 1;
}

function announce(server: RunningServer, flags: Flags): void {
  console.log(`\nCanopy is open at ${server.url} (up to ${server.socketLimit} listeners; Ctrl-C ends it)`);
  if (flags.lan !== true) return;
  const [address] = lanAddresses();
  if (address === undefined) {
    console.log("This machine has no address in a local network, so only it can open the page.");
    return;
  }
  const lan = `https://${address}:${lanPort(flags.port)}`;
  console.log(`In this network: ${lan}\n${renderANSI(lan)}`);
  console.log("Browsers give microphone and audio only to secure pages, hence HTTPS. The certificate is self-made, so the browser");
  console.log("warns once that it cannot verify it: that is expected here; choose to go on. The connection is encrypted all the same.");
}
