import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsUntil, listenTo } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest } from "../support/server.ts";
import { command, killCommands } from "../support/server-commands.ts";
import { stereoToneFile } from "../support/stereo.ts";
import { LONG } from "../support/tier.ts";
import { strengthOf } from "../support/tones.ts";

const missing = missingChromium();

describe.runIf(LONG && missing === undefined)("two channels, one tone on each", () => {
  let server: RunningServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await serverForTest();
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await killCommands();
    await server?.stop();
    await removeFolders();
  });

  it("are both heard in a browser", async () => {
    const { room, hostTicket, urls } = await createRoom(parseServer(server.url), { title: "Stereo", room: "stereo" });
    const file = await stereoToneFile(440, 1_100, 2);
    const speaks = command("broadcast", "--url", server.url, "--room", room, "--ticket", hostTicket, "--loop", "--file", file);
    await speaks.prints("On air");
    const listener = await listenTo(await person(browser, server.url), urls.page);
    await factsUntil(listener, ({ playing }) => playing === true);
    await listener.waitForTimeout(5_000);
    const { pcm } = await fetchTape(listener, "ear");
    const last = pcm.subarray(pcm.length - 2 * 48_000);
    const heard = [440, 700, 1_100].map((hz) => {
      const windows = Array.from({ length: 40 }, (_, window) => strengthOf(last.subarray(window * 2_400, (window + 1) * 2_400), hz));
      return windows.toSorted((a, b) => a - b)[20] ?? 0;
    });
    console.log(`440 Hz ${heard[0]?.toFixed(3)}, 700 Hz ${heard[1]?.toFixed(3)}, 1,100 Hz ${heard[2]?.toFixed(3)}`);
    // Each was made at 0.4 on one side: half of it is left where two sides become one.
    expect(heard[0]).toBeGreaterThan(0.1);
    expect(heard[2]).toBeGreaterThan(0.1);
    expect(heard[1]).toBeLessThan(0.02);
  });
});
