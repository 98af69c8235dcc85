import { afterEach, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import { endServers, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

function pause(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}

/** An evening under way: a host who speaks, and a crowd that listens for `seconds` once all have joined. */
async function evening(url: string, listeners: number, seconds: number) {
  const { hostTicket, urls } = await createRoom(parseServer(url), { title: "Evening", room: "evening" });
  const host = command("broadcast", "--url", url, "--room", "evening", "--ticket", hostTicket, "--file", TALK, "--loop");
  await host.prints("On air");
  const flags = ["--room", "evening", "--listeners", String(listeners), "--ramp", "200", "--seconds", String(seconds), "--json"];
  const crowd = command("crowd", "--url", url, ...flags);
  // A crowd comes when the machine lets it: what breaks before would break nothing for who is still on his way.
  await crowd.prints(`${listeners} of ${listeners} joined`);
  // So that each has heard some of it before anything happens.
  await pause(2_000);
  return { host, crowd, rescue: urls.continue };
}

type Found = Record<string, unknown> & { readonly backMs: { p99: number }; readonly epochGapMs: { count: number; max: number } };

/** What the crowd found; a lost connection alone makes it end with 1. */
async function reportOf(crowd: ReturnType<typeof command>): Promise<Found> {
  const { code, out, err } = await crowd.ended;
  expect(out, `it ended with ${code}: ${err}`).not.toBe("");
  const { seconds: _, ...report } = JSON.parse(out);
  console.log(JSON.stringify(report));
  return report;
}

describe("a server that is killed under its listeners", () => {
  const listeners = LONG ? 2_000 : 200;
  it(`and started again has all ${listeners} back, in their own time, and they hear the new epoch`, async () => {
    const directory = await temporaryFolder();
    const before = await serverForTest({ directory });
    const { crowd } = await evening(before.url, listeners, LONG ? 40 : 15);
    await before.kill();
    await pause(500);
    await serverForTest({ directory, port: before.port });
    const report = await reportOf(crowd);
    expect(report).toMatchObject({ joined: listeners, lost: listeners, returned: listeners, present: listeners, deaf: 0, epochs: 2 });
    expect(report).toMatchObject({ holes: 0, repeats: 0 });
    expect(report.backMs.p99).toBeLessThan(15_000);
  });
});

describe("a host who dies for good", () => {
  const listeners = LONG ? 1_000 : 200;
  it(`is followed by a successor, and none of ${listeners} listeners loses the connection`, async () => {
    const server = await serverForTest();
    const { host, crowd, rescue } = await evening(server.url, listeners, LONG ? 15 : 10);
    host.child.kill("SIGKILL");
    const successor = command("broadcast", "--url", server.url, "--continue", rescue[0] ?? "", "--file", TALK, "--loop");
    await successor.prints('has the audience of "evening" now');
    await successor.prints("On air");
    const report = await reportOf(crowd);
    expect(report).toMatchObject({ joined: listeners, lost: 0, endings: {}, present: listeners, epochs: 2, holes: 0, repeats: 0 });
    // From the dead host's last word to the successor's first, for each listener.
    expect(report.epochGapMs.count).toBe(listeners);
    expect(report.epochGapMs.max).toBeLessThan(5_000);
    expect(Number(report["live"])).toBe(listeners);
  });
});
