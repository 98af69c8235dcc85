import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium } from "../support/chromium.ts";
import { endServers, serverForTest } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { LONG } from "../support/tier.ts";

/** How long it is played, in s: several of the blocks in which Chromium loads. */
const SECONDS = 30;

/** What a bare `<audio>` said: when it began to play, and how often it had to wait after that. */
type Played = { readonly beganMs: number; readonly waited: number; readonly seconds: number };

describe.runIf(LONG && missingChromium() === undefined)("a bare <audio> in Chromium", () => {
  let server: RunningServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([serverForTest(), launchChromium()]);
    const { hostTicket } = await createRoom(parseServer(server.url), { title: "Audio", room: "audio" });
    const speaking = command("broadcast", "--url", server.url, "--room", "audio", "--ticket", hostTicket, "--file", TALK, "--loop");
    await speaking.prints("On air");
  });
  afterAll(async () => {
    await browser.close();
    await killCommands();
    await endServers();
  });

  it("plays live.ogg within two seconds, and goes on", { timeout: (SECONDS + 60) * 1_000 }, async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/healthz`);
    await page.setContent(`<audio src="${server.url}/rooms/audio/live.ogg"></audio><button>Play</button>`);
    await page.evaluate(`{
      const audio = document.querySelector("audio");
      let clickedAt = 0;
      window.played = { beganMs: -1, waited: 0, seconds: 0 };
      audio.addEventListener("timeupdate", () => {
        window.played.seconds = audio.currentTime - (window.startedAt ??= audio.currentTime);
        if (window.played.beganMs < 0 && window.played.seconds > 0) window.played.beganMs = performance.now() - clickedAt;
      });
      audio.addEventListener("waiting", () => { if (window.played.seconds > 1) window.played.waited++; });
      document.querySelector("button").onclick = () => { clickedAt = performance.now(); void audio.play(); };
    }`);
    await page.getByRole("button", { name: "Play" }).click();
    await page.waitForTimeout(SECONDS * 1_000);
    const played = (await page.evaluate("window.played")) as Played;
    console.log(`live.ogg: ${JSON.stringify(played)}`);
    expect(played.beganMs).toBeGreaterThan(0);
    expect(played.beganMs).toBeLessThan(2_000);
    expect(played.waited).toBe(0);
    expect(played.seconds).toBeGreaterThan(SECONDS - 3);
    await page.close();
  });
});
