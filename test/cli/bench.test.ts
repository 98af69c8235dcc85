import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT } from "../../src/cli/build.ts";
import { CAN_COMPILE } from "../bench/peers.ts";
import { endServers } from "../support/server.ts";
import { killCommands, script } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

/** What it measures with so few listeners means nothing; that every server still runs, and every chunk is heard, does. */
describe("npm run bench", () => {
  afterEach(async () => {
    await killCommands();
    await endServers();
  });

  async function bench(...flags: readonly string[]): Promise<{ key: string; runs: Record<string, unknown>[] }[]> {
    const { code, out, err } = await script(join(ROOT, "test/bench/bench.ts"), ...flags, "--runs", "1", "--json").ended;
    expect(code, err).toBe(0);
    return JSON.parse(out);
  }

  it.runIf(LONG)("measures every server with the same chunks", async () => {
    const rows = await bench("--listeners", "20", "--seconds", "2", "--warm", "1");
    expect(rows.map((row) => row.key)).toEqual(["canopy", "partyserver", "ws", ...(CAN_COMPILE ? ["bare"] : [])]);
    for (const { key, runs } of rows) {
      expect(runs[0], key).toMatchObject({ joined: 20, failed: 0, endings: {}, deaf: 0, holes: 0, repeats: 0 });
      // 2 s at ten chunks a second, to 20 listeners, and what was heard before and after.
      expect(Number(runs[0]?.["chunks"]), key).toBeGreaterThan(400);
    }
  });

  it.runIf(LONG)("bundles where it was asked to", async () => {
    const only = ["partyserver:5", "ws:5", ...(CAN_COMPILE ? ["bare:5"] : [])];
    for (const { key, runs } of await bench("bundle", "--listeners", "20", "--seconds", "2", "--warm", "1", "--only", only.join(","))) {
      expect(runs[0], key).toMatchObject({ holes: 0, repeats: 0, stride: 5 });
    }
  });

  it.runIf(LONG)("storms", async () => {
    const flags = ["--listeners", "20", "--storm", "40", "--storm-ramp", "100", "--seconds", "8", "--only", "canopy"];
    const [canopy] = await bench("storm", ...flags);
    expect(canopy?.runs[0]).toMatchObject({ joined: 60, failed: 0, holes: 0, groups: { storm: { listeners: 40, live: 40 } } });
  });
});
