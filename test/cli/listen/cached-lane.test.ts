import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../../src/cli/api.ts";
import type { RunningServer } from "../../../src/cli/server/server.ts";
import { endServers, serverForTest, temporaryFolder } from "../../support/server.ts";
import { command, killCommands, TALK } from "../../support/server-commands.ts";
import { decodeOpusFile, likeness } from "../../support/sound.ts";
import { LONG } from "../../support/tier.ts";

/** Bare workerd has no Cache API: what holds here, holds without one. */
describe("a room that is full", () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1", INITIAL_LEAVES: "1", LISTENERS_PER_LEAF: "1", MAX_LISTENERS: "1" } });
  });
  afterAll(async () => {
    await killCommands();
    await endServers();
  });

  // The short tier has the same of a page (test/browser/cached-lane) and of the edge (test/edge/divert).
  it.runIf(LONG)(
    "is heard by segments until there is a place, and then live: every chunk once, and the talk as it was spoken",
    async () => {
      const out = join(await temporaryFolder(), "heard.opus");
      const { hostTicket } = await createRoom(parseServer(server.url), { title: "Full", room: "full" });
      const room = ["--url", server.url, "--room", "full"];
      const speaking = command("broadcast", ...room, "--ticket", hostTicket, "--file", TALK, "--loop");
      await speaking.prints("On air");
      const first = command("listen", ...room, "--out", join(await temporaryFolder(), "first.opus"), "--seconds", "12", "--json");
      await first.prints("Listening");
      await new Promise((wake) => setTimeout(wake, 1_000));
      const second = command("listen", ...room, "--out", out, "--seconds", "40", "--json");
      expect(JSON.parse((await first.ended).out)).toMatchObject({ diverted: 0, holes: 0 });
      const { code, out: json, err } = await second.ended;
      expect(code, err).toBe(0);
      const report = JSON.parse(json);
      console.log(`lag from due over both lanes, in ms: ${JSON.stringify(report.lagMs)}; diverted ${report.diverted} times`);
      expect(report).toMatchObject({ holes: 0, repeats: 0, gaps: 0, epochs: 1, files: [out] });
      expect(report.diverted).toBeGreaterThanOrEqual(1);
      // By segments it is some seconds old, live it is not.
      expect(report.lagMs.max).toBeGreaterThan(3_500);
      expect(report.lagMs.max).toBeLessThan(8_000);
      expect(report.lagMs.p50).toBeLessThan(1_000);
      speaking.child.kill("SIGINT");
      await speaking.ended;
      const [talk, heard] = [await decodeOpusFile(TALK), await decodeOpusFile(out)];
      expect(heard.length).toBeGreaterThan(24 * 48_000);
      const found = likeness(heard.subarray(0, talk.length), talk);
      expect(found.overall).toBeGreaterThanOrEqual(0.95);
      expect(Math.min(...found.windows)).toBeGreaterThanOrEqual(0.95);
    },
  );
});
