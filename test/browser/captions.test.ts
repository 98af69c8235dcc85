import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest } from "../support/server.ts";

/**
 * Chromium without a head has no recognizer: this one hears what a test says, in its place. The device cannot, so that the speaker must be asked;
 * `testHears` is true while a session runs.
 */
const RECOGNIZER = `(() => {
  let session;
  window.SpeechRecognition = class {
    static available = async () => "unavailable";
    results = [];
    start(track) { session = this; window.testTrack = track?.kind; }
    stop() { session = undefined; this.onend?.(); }
    abort() { session = undefined; this.onend?.(); }
  };
  Object.defineProperty(window, "testHears", { get: () => session !== undefined });
  window.testSay = (transcript, isFinal) => {
    const at = session.results.findIndex((result) => !result.isFinal);
    session.results[at < 0 ? session.results.length : at] = Object.assign([{ transcript }], { isFinal });
    session.onresult({ results: session.results });
  };
})();`;

const missing = missingChromium();

describe.skipIf(missing !== undefined)(`captions${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("are what a host says after he has accepted where his voice goes, as listeners read it, and stop with his microphone", async () => {
    const hosts = await person(browser, server.url);
    await hosts.addInitScript({ content: RECOGNIZER });
    const { host, pageUrl } = await makeRoom(hosts, server.url, "Read along");
    await goOnAir(host);
    const listener = await listenTo(await person(browser, server.url), pageUrl);
    await factsUntil(listener, ({ playing }) => playing === true);
    await listener.keyboard.press("c");
    await listener.getByText("Nobody's words are written down yet").waitFor();

    await host.getByText("Captions", { exact: true }).click();
    const own = host.getByRole("checkbox", { name: "Write down what I say" });
    await own.check();
    await host.getByRole("button", { name: "Rather not" }).click();
    // A dialog tells that it was closed in a task of its own.
    await expect.poll(() => own.isChecked()).toBe(false);
    expect(await hears(host)).toBe(false);
    await own.check();
    await host.getByRole("button", { name: "Accept, and write down" }).click();
    await host.getByText("sends your voice to its maker's service for it").waitFor();
    expect(await host.evaluate("testTrack")).toBe("audio");

    await host.evaluate('testSay("how a forest", false)');
    await listener.locator('[data-part="captions-now"]').getByText("how a forest").waitFor();
    // What may still change is not read out.
    expect(await listener.getByRole("log").textContent()).toBe("");
    await host.evaluate('testSay("How a forest listens.", true)');
    await listener.getByRole("log").getByText("How a forest listens.").waitFor();
    expect(await listener.locator('[data-part="captions-now"]').textContent()).toBe("");

    await host.getByRole("button", { name: "Mute", exact: true }).click();
    await until(() => hears(host).then((yes) => !yes));
    await host.getByRole("button", { name: "Unmute", exact: true }).click();
    await until(() => hears(host));
    await host.reload();
    await host.getByText("Captions", { exact: true }).click();
    await until(() => hears(host));
  });
});

async function hears(page: Page): Promise<boolean> {
  return (await page.evaluate("testHears")) === true;
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  await expect.poll(isTrue, { timeout: 15_000 }).toBe(true);
}
