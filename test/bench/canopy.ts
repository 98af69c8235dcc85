import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRoom, listenUrl, parseServer, stageUrl, ticketProtocols } from "../../src/cli/api.ts";
import { buildAll } from "../../src/cli/build.ts";
import { Socket } from "../../src/cli/line/socket.ts";
import { startServer } from "../../src/cli/server/server.ts";
import { Speaker } from "../../src/cli/speak/speaker.ts";
import { parseStageHears } from "../../src/core/wire/parse.ts";
import { type Contender, pin, type Running, SERVER_CORE, type Task } from "./contender.ts";
import { FRAME_BYTES, frameOf } from "./sound.ts";

/** Opens GET /metrics of the bench's own server. */
const METRICS_KEY = "bench";

let built: Promise<void> | undefined;

/** Canopy as `npm start` runs it, with a speaker on its stage. @param stride pinned to so many chunks a send; undefined leaves it to the leaf */
export function canopy(stride?: number): Contender {
  return { name: stride === undefined ? "Canopy" : `Canopy, stride pinned to ${stride}`, start: (task) => startCanopy(task, stride) };
}

async function startCanopy(
  { chunkMs, leafListeners, listeners, leaves, frameBytes = FRAME_BYTES }: Task,
  stride: number | undefined,
): Promise<Running> {
  built ??= buildAll();
  await built;
  const directory = await mkdtemp(join(tmpdir(), "canopy-bench-"));
  const vars = {
    ADMIN_KEY: METRICS_KEY,
    LISTENERS_PER_LEAF: String(leafListeners),
    INITIAL_LEAVES: String(leaves ?? Math.ceil(listeners / leafListeners)),
    ...(stride === undefined ? {} : { STRIDE: String(stride) }),
  };
  const server = await startServer({ port: 0, directory, vars, quiet: true });
  pin(server.pid, SERVER_CORE);
  const url = parseServer(server.url);
  const { room, hostTicket } = await createRoom(url, { title: "Bench", room: "bench", chunkMs });
  const mouth = speakerOn(stageUrl(url, room), hostTicket, frameOf(frameBytes));
  return {
    listenUrl: listenUrl(url, room),
    pid: server.pid,
    speak: mouth.speak,
    mostQueuedBytes: async () => {
      const metrics = await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${METRICS_KEY}` } });
      return Number(/^canopy_queued_bytes_max (\d+)$/m.exec(await metrics.text())?.[1]);
    },
    stop: async () => {
      mouth.stop();
      await server.kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A real speaker over the stage's socket: on air once `speak` is called, until `stop`. */
function speakerOn(url: URL, ticket: string, frame: Uint8Array): { readonly speak: () => Promise<void>; readonly stop: () => void } {
  const file = { frames: new Array<Uint8Array>(1_000).fill(frame), channels: 1 };
  const speaker = new Speaker(file, true, { level: () => 30 }, () => undefined);
  let welcomed: (() => void) | undefined;
  const welcome = new Promise<void>((done) => {
    welcomed = done;
  });
  const socket = new Socket(url, ticketProtocols(ticket), {
    text: (text) => {
      const said = parseStageHears(text);
      if (said?.type === "stage-welcome") welcomed?.();
      if (said?.type === "refused") console.error(`The room did not take the bench's sound: ${said.code}`);
    },
    binary: () => undefined,
    ended: () => speaker.pause(),
  });
  return {
    speak: async () => {
      await welcome;
      socket.sendText(JSON.stringify({ type: "on-air" }));
      speaker.speak(socket);
    },
    stop: () => {
      speaker.pause();
      socket.close();
    },
  };
}
