import { afterEach, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { plantedPlan } from "../../../src/cli/forecast/forecast-plan.ts";
import { RATES } from "../../../src/cli/forecast/prices.ts";
import { billOf, totalOf, type Usage, usageOf } from "../../../src/core/tree/shape/bill.ts";
import { endServers, serverForTest } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";
import { LONG } from "../../support/tier.ts";

describe("npm run forecast", () => {
  afterEach(async () => {
    await killCommands();
    await endServers();
  });

  const LISTENERS = 1_000;
  const LEAVES = 8;
  const KEY = "operator";

  it.runIf(LONG)(`asks of the platform what ${LISTENERS} real listeners asked of it, within 10 %`, async () => {
    const vars = { ADMIN_KEY: KEY, INITIAL_LEAVES: String(LEAVES), LISTENERS_PER_LEAF: String(LISTENERS) };
    const server = await serverForTest({ vars });
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Forecast", room: "forecast" });
    const speaking = command("broadcast", "--url", server.url, "--room", "forecast", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
    const before = await countedBy(server.url);
    const flags = ["--listeners", String(LISTENERS), "--ramp", "500", "--seconds", LONG ? "60" : "20", "--json"];
    const crowd = command("crowd", "--url", server.url, "--room", "forecast", ...flags);
    await crowd.prints("joined; listening");
    const joined = await countedBy(server.url);
    const joinedAt = performance.now();
    await new Promise((wake) => setTimeout(wake, LONG ? 58_000 : 18_000));
    const after = await countedBy(server.url);
    const seconds = (performance.now() - joinedAt) / 1_000;
    expect((await crowd.ended).code).toBe(0);

    const plan = plantedPlan(LEAVES, LISTENERS, 64);
    // Joins take as long as the machine needs: what flows is counted from when all are there, and then nobody comes or goes.
    const foretold = usageOf({
      plan,
      seconds,
      movingSeconds: 0,
      chunkMs: 100,
      speakers: 1,
      joins: LISTENERS,
      pages: 0,
      cached: 0,
      edges: 1,
    });
    const real = {
      ...foretold,
      workerRequests: after.workerRequests - before.workerRequests,
      workerCpuMs: after.workerRequests - before.workerRequests,
      objectRequests: after.objectRequests - before.objectRequests,
      socketMessages: after.socketMessages - joined.socketMessages,
      objectSeconds: after.objectSeconds - joined.objectSeconds,
    };
    console.log(JSON.stringify({ seconds, foretold, real, dollars: { foretold: dollars(foretold), real: dollars(real) } }));
    for (const what of ["workerRequests", "objectRequests", "socketMessages", "objectSeconds"] as const) {
      expect(foretold[what] / real[what], what).toBeGreaterThan(0.9);
      expect(foretold[what] / real[what], what).toBeLessThan(1.1);
    }
    expect(dollars(foretold) / dollars(real)).toBeGreaterThan(0.9);
    expect(dollars(foretold) / dollars(real)).toBeLessThan(1.1);
  });

  it("says that its prices are list prices that nobody was billed", async () => {
    const { code, out } = await command("forecast", "--listeners", "500000", "--hours", "1").ended;
    expect(code).toBe(0);
    expect(out).toContain("list prices, never billed to us");
    expect(out).toContain("Cloudflare Realtime SFU");
  });

  it("counts for nobody but the operator", async () => {
    const open = await serverForTest();
    expect((await fetch(`${open.url}/metrics`)).status).toBe(404);
    const server = await serverForTest({ vars: { ADMIN_KEY: KEY } });
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    expect((await fetch(`${server.url}/metrics`, { headers: { authorization: "Bearer guess" } })).status).toBe(401);
    const answer = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await answer.text()).toMatch(/^canopy_worker_requests_total \d+$/m);
  });

  type Counted = Pick<Usage, "workerRequests" | "objectRequests" | "socketMessages" | "objectSeconds">;

  async function countedBy(url: string): Promise<Counted> {
    const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${KEY}` } })).text();
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? ([\\d.]+)$`, "gm"))].reduce((total, found) => total + Number(found[1]), 0);
    return {
      workerRequests: sum("canopy_worker_requests_total"),
      objectRequests: sum("canopy_object_requests_total"),
      socketMessages: sum("canopy_object_messages_total"),
      objectSeconds: sum("canopy_object_awake_seconds_total"),
    };
  }

  function dollars(usage: Usage): number {
    return totalOf(billOf(usage, RATES));
  }
});
