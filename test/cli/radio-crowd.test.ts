import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { endServers, serverForTest } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

/** Sockets, and plain players beside them. */
const EACH = 500;
/** Runs without and with plain players, in turn: a machine's mood changes slowly. */
const RUNS = 3;
const SECONDS = 20;

describe.runIf(LONG)("plain players beside sockets", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest();
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Both", room: "both" });
    const speaking = command("broadcast", "--url", server.url, "--room", "both", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  async function crowd(radio: number): Promise<{ lagMs: { p99: number }; radio?: object }> {
    const flags = ["--room", "both", "--listeners", String(EACH), "--seconds", String(SECONDS), "--radio", String(radio), "--json"];
    const { code, out, err } = await command("crowd", "--url", server.url, ...flags).ended;
    expect(code, err).toBe(0);
    return JSON.parse(out);
  }

  it(`${EACH} of live.ogg beside ${EACH} sockets: nobody of either misses anything`, { timeout: 600_000 }, async () => {
    const alone: number[] = [];
    const beside: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      alone.push((await crowd(0)).lagMs.p99);
      const { lagMs, radio } = await crowd(EACH);
      beside.push(lagMs.p99);
      expect(radio).toMatchObject({ joined: EACH, ended: 0, broken: 0 });
    }
    // A figure of a quiet machine, for who reads it: a busy one moves it by more than what is looked for.
    console.log(`p99 lag of ${EACH} sockets in ms: alone ${alone.join(", ")}; beside ${EACH} of live.ogg ${beside.join(", ")}`);
  });
});
