import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { chirpWav } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { complaintsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";
import { LONG } from "../support/tier.ts";
import { until } from "../support/told-pages.ts";

const missing = missingChromium();
/** A browser's cleaning would take the test's chirps for noise. */
const AS_IT_IS = `(() => {
  const media = navigator.mediaDevices;
  const get = media.getUserMedia.bind(media);
  media.getUserMedia = ({ audio }) => get({ audio: { ...audio, noiseSuppression: false, echoCancellation: false, autoGainControl: false } });
})();`;
/** Whose cards' rings have moved since the last time it was asked, by name. */
const SOUNDING = `(() => {
  window.testSounded = new Set();
  setInterval(() => {
    for (const card of document.querySelectorAll(".speaker")) {
      if (Number(card.querySelector(".face").style.getPropertyValue("--level")) > 0.05) testSounded.add(card.querySelector(".name").textContent);
    }
  }, 20);
})();`;

describe.skipIf(missing !== undefined)(`an evening of four${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
    const wav = join(await temporaryFolder(), "chirps.wav");
    await writeFile(wav, chirpWav(120));
    browser = await launchChromium(wav);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it.runIf(LONG)(
    "host, co-host and guest are heard by a listener, in order; then one is muted, one removed, the room taken over and ended",
    async () => {
      const { host, pageUrl } = await makeRoom(await guest(), server.url, "Four of us");
      await goOnAir(host);
      const [bo, cy, dee] = await Promise.all([await guest(), await guest(), await guest()].map((one) => listenTo(one, pageUrl)));
      if (bo === undefined || cy === undefined || dee === undefined) throw new Error("nobody came");
      const complaints = [host, bo, cy, dee].flatMap((page) => complaintsOf(page));
      for (const page of [bo, cy, dee]) await factsUntil(page, ({ playing }) => playing === true);

      await raiseHand(bo, "Bo");
      await host.getByRole("button", { name: "Invite up: Bo" }).click();
      await bo.getByRole("button", { name: "Accept and speak" }).click();
      await bo.getByText("Everybody hears you").waitFor();
      await host.getByRole("button", { name: "More for Bo" }).click();
      await host.getByRole("button", { name: "Make 1st co-host" }).click();

      // The co-host has a panel on the page that he is on, and lets the next one up.
      await raiseHand(cy, "Cy");
      await bo.getByRole("button", { name: "Invite up: Cy" }).click();
      await cy.getByRole("button", { name: "Accept and speak" }).click();
      await cy.getByText("Everybody hears you").waitFor();

      const mute = { Host: host, Bo: bo, Cy: cy };
      for (const page of Object.values(mute)) await page.getByRole("button", { name: "Mute", exact: true }).click();
      await dee.evaluate(SOUNDING);
      for (const [name, page] of Object.entries(mute)) {
        await untilQuiet(dee);
        await page.getByRole("button", { name: "Unmute", exact: true }).click();
        await until(dee, `testSounded.has(${JSON.stringify(name)})`);
        expect(await dee.evaluate("[...testSounded]"), `while only ${name} speaks`).toEqual([name]);
        await page.getByRole("button", { name: "Mute", exact: true }).click();
      }

      // Who comes now reads it before any script has run, as soon as the public summary has it.
      const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
      const coHost = plain.getByRole("listitem").filter({ hasText: "Bo" }).getByText("Co-host");
      for (let tries = 0; tries < 40; tries++) {
        await plain.goto(pageUrl);
        if (await coHost.isVisible()) break;
        await plain.waitForTimeout(1_000);
      }
      expect(await coHost.isVisible()).toBe(true);
      expect(await plain.getByRole("heading", { level: 1 }).textContent()).toBe("Four of us");
      await plain.getByText("Live", { exact: true }).waitFor();

      await cy.getByRole("button", { name: "Unmute", exact: true }).click();
      await bo.getByRole("button", { name: "More for Cy" }).click();
      await bo.getByRole("button", { name: "Mute and hold" }).click();
      await cy.getByText("A host muted you").waitFor();
      await bo.getByRole("button", { name: "More for Cy" }).click();
      await bo.getByRole("button", { name: "Remove …" }).click();
      await bo.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
      await cy.getByRole("heading", { name: "You were removed" }).waitFor();
      await cy.reload();
      await cy.getByRole("button", { name: "Listen" }).click();
      await cy.getByRole("heading", { name: "You were removed" }).waitFor();

      await host.context().close();
      await dee.getByText("The host is reconnecting").waitFor();
      await bo.getByRole("button", { name: "Take over" }).click({ timeout: 60_000 });
      await bo.getByText("Host · you").first().waitFor();
      await dee.locator(".speaker", { hasText: "Bo" }).getByText("Host").waitFor();
      await bo.locator(".fold summary", { hasText: "The room" }).click();
      await bo.getByRole("button", { name: "End the room" }).click();
      await bo.getByRole("button", { name: "End it" }).click();
      await dee.getByRole("heading", { name: "The room is over" }).waitFor();
      expect(complaints).toEqual([]);
    },
  );

  async function guest(): Promise<BrowserContext> {
    const context = await person(browser, server.url);
    await context.addInitScript({ content: AS_IT_IS });
    return context;
  }

  /** Everybody chirps once a second: who has not for longer than that is muted where it is heard, too. */
  async function untilQuiet(page: Page): Promise<void> {
    for (let tries = 0; tries < 10; tries++) {
      await page.evaluate("testSounded.clear()");
      await page.waitForTimeout(2_500);
      if ((await page.evaluate("testSounded.size")) === 0) return;
    }
    throw new Error("somebody goes on sounding");
  }

  async function raiseHand(page: Page, name: string): Promise<void> {
    await page.getByRole("button", { name: "Raise hand" }).click();
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "That is me" }).click();
    await page.getByText("You are waiting").waitFor();
  }
});
