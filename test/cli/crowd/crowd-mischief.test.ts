import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

it("a crowd of several processes and addresses misbehaves as asked, and counts each kind of listener apart", async () => {
  const server = await serverForTest();
  const { hostTicket } = await createRoom(parseServer(server.url), { title: "Mischief", room: "mischief" });
  const speaking = command("broadcast", "--url", server.url, "--room", "mischief", "--ticket", hostTicket, "--file", TALK, "--loop");
  await speaking.prints("On air");
  const asked = "--listeners 100 --ramp 200 --seconds 8 --processes 2 --sources 3 --storm 50 --storm-ramp 100 --storm-after 1";
  const mischief = "--slow 10% --slow-after 1 --slow-for 3 --half-open 2% --half-open-after 1 --kill 20% --kill-after 2";
  const html = join(await temporaryFolder(), "crowd.html");
  const flags = [...asked.split(" "), ...mischief.split(" "), "--pid", String(server.pid), "--html", html, "--json"];
  const { code, out, err } = await command("crowd", "--url", server.url, "--room", "mischief", ...flags).ended;
  const report = JSON.parse(out || "{}");
  expect(code, err).toBe(0);
  expect(report).toMatchObject({ listeners: 150, joined: 150, failed: 0, endings: {}, holes: 0, repeats: 0, deaf: 0, epochs: 1 });
  // Who lost the connection came back to sound, and heard what was said meanwhile: there are no holes.
  expect(Math.abs(report.lost - 20)).toBeLessThanOrEqual(2);
  expect(report.returned).toBe(report.lost);
  expect(report.backMs.max).toBeLessThan(2_000);
  expect(report.groups.storm).toMatchObject({ listeners: 50, live: 50 });
  // The slow ones' stall is theirs alone, and it is over; the half-open ones never come back.
  expect(report.groups.slow.lagMs.max).toBeGreaterThan(2_000);
  expect(report.lagMs.max).toBeLessThan(2_000);
  expect(report.groups.slow.listeners - report.groups.slow.live).toBeGreaterThanOrEqual(1);
  expect(report.groups.slow.live).toBeGreaterThanOrEqual(8);
  expect(report.server.cpuUsPerChunk).toBeGreaterThan(1);
  expect(report.server.rssBytes).toBeGreaterThan(report.server.emptyRssBytes);
  // Second by second it adds up to the same: nothing comes after the last whole second but the farewell.
  const sum = (key: string): number => report.seconds.reduce((total: number, one: Record<string, number>) => total + (one[key] ?? 0), 0);
  expect(sum("joined")).toBe(150);
  expect(sum("lost")).toBe(report.lost);
  const page = await readFile(html, "utf8");
  expect(page).toContain("A crowd of 150");
  // It needs no network: nothing in it points anywhere.
  expect(page).not.toMatch(/(src|href)=["']|@import|url\(/);
});
