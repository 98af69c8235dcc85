import { afterEach, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import { endServers, serverForTest } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";

afterEach(async () => {
  await killCommands();
  await endServers();
});

it("a crowd that is larger than the tree hears in either lane, and nobody is refused", async () => {
  // One leaf of 30, which may not grow.
  const server = await serverForTest({ vars: { INITIAL_LEAVES: "1", LISTENERS_PER_LEAF: "30", MAX_LISTENERS: "30" } });
  const { hostTicket } = await createRoom(parseServer(server.url), { title: "Lanes", room: "lanes" });
  const speaking = command("broadcast", "--url", server.url, "--room", "lanes", "--ticket", hostTicket, "--file", TALK, "--loop");
  await speaking.prints("On air");
  const { out } = await command("crowd", "--url", server.url, "--room", "lanes", "--listeners", "40", "--seconds", "12", "--json").ended;
  const report = JSON.parse(out || "{}");
  expect(report).toMatchObject({
    joined: 40,
    failed: 0,
    failures: {},
    endings: {},
    holes: 0,
    repeats: 0,
    deaf: 0,
    diverted: 10,
    cameLive: 0,
  });
  expect(report.seconds.at(-1)).toMatchObject({ present: 30, cached: 10 });
  expect(report.firstAudioMs.max).toBeLessThan(10_000);
});
