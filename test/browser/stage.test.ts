import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRoom, listenUrl, parseRoom, parseServer } from "../../src/cli/api.ts";
import { Socket } from "../../src/cli/line/socket.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { chunksIn, decodeChunk } from "../../src/core/audio/chunk.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { chirpWav, quantile } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { complaintsOf, factsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { guestTicket } from "../support/guest.ts";
import { hearings } from "../support/hearings.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

/** How long the two talk, in s. */
const SECONDS = Number(process.env["CANOPY_SECONDS"] ?? (LONG ? 30 : 10));
/**
 * From one speaker's mouth to the other's ear, in ms, for half of all chirps: far above the 200 ms that are meant, since three pages share
 * two cores here. What it was is printed.
 */
const CONVERSATION_MS = 500;
const missing = missingChromium();

describe.skipIf(missing !== undefined)(`the stage${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
    const wav = join(await temporaryFolder(), "chirps.wav");
    await writeFile(wav, chirpWav(SECONDS + 60));
    browser = await launchChromium(wav);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it.runIf(LONG)("lets a host and a guest hear each other soon, and never themselves", async () => {
    const created = await createRoom(parseServer(server.url), { title: "Two" });
    const tickets = [created.hostTicket, await guestTicket(server.url, created, "Ana")];
    const pages = [];
    for (const ticket of tickets) {
      const context = await person(browser, server.url);
      const page = await context.newPage();
      await page.goto(`${created.urls.page}/broadcast#ticket=${ticket}`);
      await goOnAir(page);
      pages.push(page);
    }
    const [host, guest] = pages;
    if (host === undefined || guest === undefined) throw new Error("nobody came");
    const listener = await listenTo(await person(browser, server.url), created.urls.page);
    const complaints = complaintsOf(listener);
    await factsUntil(listener, ({ playing }) => playing === true);
    await host.waitForTimeout(SECONDS * 1_000);
    const tapes = await Promise.all(
      [host, guest].map(async (page) => ({ mouth: await fetchTape(page, "mouth"), ear: await fetchTape(page, "ear") })),
    );
    const all: ReturnType<typeof hearings> = [];
    for (const [speaker, hearer] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { mouth } = tapes[speaker] ?? {};
      const { ear } = tapes[hearer] ?? {};
      if (mouth === undefined || ear === undefined) throw new Error("nothing was recorded");
      // The first two come while the line is not known yet.
      all.push(...hearings(mouth, ear).slice(2));
    }
    const heard = all.filter(({ up, heardUp }) => up === heardUp);
    const delays = heard.map(({ delayMs }) => delayMs);
    const p50 = quantile(delays, 0.5);
    console.log(
      `${heard.length} of ${all.length} chirps between two on stage: mouth to ear p50 ${p50.toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms, least ${Math.min(...delays).toFixed(0)} ms`,
    );
    expect((await factsOf(listener)).holes).toBe(0);
    expect(complaints).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(2 * (SECONDS - 5));
    // Who talks is rather heard soon than whole: where three pages share two cores, a chirp of 50 ms may lose a frame.
    expect(heard.length).toBeGreaterThanOrEqual(0.8 * all.length);
    expect(p50).toBeLessThanOrEqual(CONVERSATION_MS);
  });

  it("takes up a listener who accepts with one click, on the page that he is on, and lets him go back", async () => {
    const { host, pageUrl } = await makeRoom(await person(browser, server.url), server.url, "Guest");
    await goOnAir(host);
    const ana = await listenTo(await person(browser, server.url), pageUrl);
    const complaints = complaintsOf(ana);
    await factsUntil(ana, ({ playing }) => playing === true);
    await ana.getByRole("button", { name: "Raise hand" }).click();
    await ana.getByLabel("Your name").fill("Ana");
    await ana.getByRole("button", { name: "That is me" }).click();
    await host.getByRole("button", { name: "Invite up: Ana" }).click();
    const ear = voicesHeard(server.url, new URL(pageUrl).pathname.split("/").at(-1) ?? "");
    const before = ana.url();
    await ana.getByRole("button", { name: "Accept and speak" }).click();
    await factsUntil(ana, ({ stage }) => stage === "up");
    await expect.poll(() => [...ear.frames].filter(([, frames]) => frames > 20).length, { timeout: 20_000 }).toBe(2);
    expect(ana.url()).toBe(before);
    // On stage she hears the host by the fast path, and the leaf's sound rests.
    await expect
      .poll(async () => (await fetchTape(ana, "ear")).pcm.some((sample) => Math.abs(sample) > 0.1), { timeout: 10_000 })
      .toBe(true);
    expect((await factsOf(ana)).listening).toBe(false);
    // A reload is a blink: she is on stage again by herself, on air, and under the voice that she had.
    await ana.reload();
    const heardBefore = new Map(ear.frames);
    await factsUntil(ana, ({ stage }) => stage === "up");
    await expect
      .poll(() => [...ear.frames].every(([voice, frames]) => frames > (heardBefore.get(voice) ?? 0) + 20), { timeout: 20_000 })
      .toBe(true);
    expect(ear.frames.size).toBe(2);
    await ana.getByRole("button", { name: "Step down" }).click();
    await factsUntil(ana, ({ stage, playing, listening }) => stage === "below" && listening === true && playing === true);
    expect(complaints).toEqual([]);
    ear.close();
    await ana.context().close();
    await host.context().close();
  });
});

/** A bare listener: how many frames of each voice came. */
function voicesHeard(url: string, room: string): { readonly frames: ReadonlyMap<number, number>; close(): void } {
  const frames = new Map<number, number>();
  const socket = new Socket(listenUrl(parseServer(url), parseRoom(room)), [], {
    text: () => undefined,
    binary: (message) => {
      for (const { at } of chunksIn(message)) {
        const chunk = decodeChunk(message, at);
        if ("malformed" in chunk) continue;
        for (const block of chunk.blocks) frames.set(block.voice, (frames.get(block.voice) ?? 0) + block.frames.length);
      }
    },
    ended: () => undefined,
  });
  return { frames, close: () => socket.close() };
}
