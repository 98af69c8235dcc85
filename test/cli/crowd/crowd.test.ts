import { afterEach, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import type { ServerOptions } from "../../../src/cli/server/server.ts";
import { endServers, serverForTest } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";
import { LONG } from "../../support/tier.ts";

describe("npm run crowd", () => {
  afterEach(async () => {
    await killCommands();
    await endServers();
  });

  async function crowd(options: ServerOptions, listeners: number, seconds: number): Promise<Record<string, unknown>> {
    const server = await serverForTest(options);
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Crowd", room: "crowd" });
    const speaking = command("broadcast", "--url", server.url, "--room", "crowd", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
    const flags = ["--room", "crowd", "--listeners", String(listeners), "--ramp", "250", "--seconds", String(seconds), "--json"];
    const { code, out, err } = await command("crowd", "--url", server.url, ...flags).ended;
    const report = JSON.parse(out || "{}");
    console.log(out);
    expect(code, err).toBe(0);
    return report;
  }

  const whole = { failed: 0, failures: {}, endings: {}, deaf: 0, holes: 0, repeats: 0 };

  const plain = LONG ? 1_000 : 100;
  it(`${plain} listeners on one leaf hear every chunk`, async () => {
    const vars = { INITIAL_LEAVES: "1", LISTENERS_PER_LEAF: "2000" };
    const report = await crowd({ vars }, plain, LONG ? 30 : 5);
    expect(report).toMatchObject({ joined: plain, ...whole });
    expect(Number(report["chunks"])).toBeGreaterThan(plain * 40);
  });

  const deep = LONG ? 800 : 80;
  it(`${deep} listeners on a tree of three levels hear every chunk in order`, async () => {
    // Fan-out 4: the room feeds relays, and these feed 16 leaves.
    const vars = { FAN_OUT: "4", LISTENERS_PER_LEAF: LONG ? "64" : "8", INITIAL_LEAVES: "16" };
    const report = await crowd({ vars }, deep, LONG ? 20 : 5);
    expect(report).toMatchObject({ joined: deep, ...whole });
    expect(Number(report["chunks"])).toBeGreaterThan(deep * 40);
  });

  it("says which listeners were refused, and why", async () => {
    const server = await serverForTest({ vars: { SOCKET_LIMIT: "5" } });
    await createRoom(parseServer(server.url), { title: "Small", room: "small" });
    const { code, out } = await command("crowd", "--url", server.url, "--room", "small", "--listeners", "9", "--seconds", "1", "--json")
      .ended;
    const report = JSON.parse(out);
    expect(report.joined + report.failed).toBe(9);
    expect(report.failed).toBeGreaterThan(0);
    expect(Object.keys(report.failures)).toEqual(["503 server-full"]);
    expect(code).toBe(1);
  });
});
