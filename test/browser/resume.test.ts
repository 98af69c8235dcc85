import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { chirpWav, findChirps } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";

const missing = missingChromium();

describe.skipIf(missing !== undefined)(`a room in which things go wrong${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;
  let host: Page;
  let listener: Page;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
    const wav = join(await temporaryFolder(), "chirps.wav");
    await writeFile(wav, chirpWav(60));
    browser = await launchChromium(wav);
    const made = await makeRoom(await person(browser, server.url), server.url, "Trouble");
    host = made.host;
    await goOnAir(host);
    listener = await listenTo(await person(browser, server.url), made.pageUrl);
    await factsUntil(listener, ({ playing }) => playing === true);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("goes on by itself after the host reloads the page while on air", async () => {
    host.on("dialog", (dialog) => void dialog.accept());
    await host.reload();
    await factsUntil(host, ({ onAir }) => onAir === true);
    expect(await hearsChirps(listener)).toBe(true);
    const { holes, reconnects } = await factsOf(listener);
    expect({ holes, reconnects }).toEqual({ holes: 0, reconnects: 0 });
  });

  it("comes back for a listener whose line is cut without a word, and plays what was missed", async () => {
    const wire = await listener.context().newCDPSession(listener);
    const offline = (on: boolean) =>
      wire.send("Network.emulateNetworkConditions", { offline: on, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
    const before = await factsOf(listener);
    // A half-open link: nothing comes, nothing is closed. The page must notice by itself, after 3 s of silence and 2 s of no answer.
    await offline(true);
    await factsUntil(listener, ({ state }) => state !== "open");
    // Long enough to be well behind even after the first pauses were trimmed.
    await listener.waitForTimeout(10_000);
    await offline(false);
    const after = await factsUntil(listener, ({ state, playing }) => state === "open" && playing === true);
    expect(after.reconnects).toBe((before.reconnects ?? 0) + 1);
    expect(after.holes).toBe(before.holes);
    expect(after.stalls).toBeGreaterThan(before.stalls ?? 0);
    // More than five seconds behind: the page says so, and one click is enough.
    await listener.getByRole("button", { name: /s behind · Go live/ }).click();
    await factsUntil(listener, ({ behindMs }) => behindMs !== undefined && behindMs < 500);
    expect(await hearsChirps(listener)).toBe(true);
  });

  it("says that nobody is on air, and goes on when somebody is again", async () => {
    const before = await factsOf(listener);
    await host.getByRole("button", { name: "Go off air" }).click();
    await listener.getByText("The host is not on air yet; you will hear it as soon as it starts").waitFor();
    await listener.waitForTimeout(2_000);
    await host.getByRole("button", { name: "Go on air" }).click();
    await factsUntil(listener, ({ phase, playing }) => phase === "live" && playing === true);
    expect(await hearsChirps(listener)).toBe(true);
    const { holes, behindMs } = await factsOf(listener);
    expect(holes).toBe(before.holes);
    expect(behindMs).toBeLessThan(1_000);
  });

  it("is heard at the live edge again after a pause", async () => {
    await listener.getByRole("button", { name: "Pause" }).click();
    await factsUntil(listener, ({ state }) => state === "idle");
    await listener.waitForTimeout(3_000);
    await listener.getByRole("button", { name: "Listen" }).click();
    const { behindMs } = await factsUntil(listener, ({ state, playing }) => state === "open" && playing === true);
    expect(behindMs).toBeLessThan(1_000);
    expect(await hearsChirps(listener)).toBe(true);
  });

  it("goes on in both pages after the server was killed and started again", async () => {
    const { port, directory } = server;
    const before = await factsOf(listener);
    await server.kill();
    await factsUntil(listener, ({ state }) => state !== "open");
    server = await serverForTest({ port, directory, vars: { OPEN_CREATE: "1" } });
    await factsUntil(host, ({ onAir }) => onAir === true, 40_000);
    const after = await factsUntil(listener, ({ state, playing }) => state === "open" && playing === true, 40_000);
    expect(after.reconnects).toBeGreaterThan(before.reconnects ?? 0);
    expect(await hearsChirps(listener)).toBe(true);
  });

  it("tells a host whose room was opened in another window, and does not fight for it", async () => {
    await host.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
    await host.getByRole("button", { name: "Save host link" }).click();
    const link = String(await host.evaluate("navigator.clipboard.readText()"));
    expect(link).toMatch(/\/broadcast#ticket=/);
    const other = await (await person(browser, server.url)).newPage();
    await other.goto(link);
    await factsUntil(other, ({ state }) => state === "open");
    expect(other.url()).not.toContain("ticket");
    await factsUntil(host, ({ state }) => state === "ended");
    await host.getByText("Another window took over").waitFor();
    await host.waitForTimeout(2_000);
    expect((await factsOf(host)).state).toBe("ended");
    expect((await factsOf(other)).state).toBe("open");
    await other.getByRole("button", { name: "End the room" }).click();
    await other.getByRole("button", { name: "End it" }).click();
    await listener.getByText("The room is over").waitFor();
    await factsUntil(listener, ({ phase }) => phase === "ended");
  });
});

/** True if the listener hears chirps within the next seconds: three of them, in what is recorded from now on. */
async function hearsChirps(listener: Page): Promise<boolean> {
  const from = (await fetchTape(listener, "ear")).pcm.length;
  await listener.waitForTimeout(4_500);
  const { pcm } = await fetchTape(listener, "ear");
  return findChirps(pcm.subarray(from)).length >= 3;
}
