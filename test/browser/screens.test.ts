import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsUntil, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { makeTold, SCENES } from "../support/scenes.ts";
import { removeFolders, serverForTest } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

/** To be looked at by people; git ignores the folder. */
const FOLDER = join(import.meta.dirname, "../../.canopy/screens");
const SIZES = [
  { width: 1280, height: 900 },
  { width: 390, height: 844 },
];
const missing = missingChromium();

describe.skipIf(missing !== undefined)(`the pages${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(FOLDER, { recursive: true });
    server = await serverForTest({ vars: { OPEN_CREATE: "1", REPORT_WEBHOOK: "http://127.0.0.1:9/" } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it.runIf(LONG)("fit every screen, by day and by night, in every state", async () => {
    const wide: string[] = [];
    const shoot = async (page: Page, name: string) => wide.push(...(await screens(page, name)));
    const context = await person(browser, server.url);
    const home = await context.newPage();
    await home.goto(`${server.url}/`);
    await shoot(home, "home");
    const { host, pageUrl } = await makeRoom(context, server.url, "Evening talk: how a forest listens");
    await shoot(host, "host-ready");
    const quiet = await context.newPage();
    await quiet.goto(pageUrl);
    await shoot(quiet, "listener-quiet");
    await host.getByRole("button", { name: "Use the microphone" }).click();
    await factsUntil(host, ({ microphone }) => microphone === "open");
    await shoot(host, "host-open");
    // The browser's cleaning would take the test's beeps for noise.
    for (const name of ["Noise", "Echo", "Level"]) await host.getByRole("checkbox", { name }).uncheck();
    await factsUntil(host, ({ state, microphone }) => state === "open" && microphone === "open");
    await host.getByRole("button", { name: "Go on air" }).click();
    await host.waitForTimeout(3_000);
    const listener = await listenTo(await person(browser, server.url), pageUrl);
    await factsUntil(listener, ({ playing }) => playing === true);
    await shoot(listener, "listener-live");
    await shoot(host, "host-on-air");
    const stranger = await (await person(browser, server.url)).newPage();
    await stranger.goto(`${pageUrl}/broadcast`);
    await shoot(stranger, "host-without-ticket");
    await stranger.goto(`${pageUrl}/broadcast#ticket=broken`);
    await stranger.getByText("This host link is not whole").waitFor();
    await shoot(stranger, "host-broken-link");
    await stranger.goto(`${server.url}/rooms/nobody-made-this`);
    await shoot(stranger, "unknown-room");
    expect(wide).toEqual([]);
  });

  it.runIf(LONG)("fit every screen in every state that a room can put them in", async () => {
    await makeTold(server.url);
    const wide: string[] = [];
    for (const { name, open } of SCENES) {
      const page = await open(browser, server.url);
      // What sticks to the bottom is where it sticks only in a window.
      wide.push(...(await screens(page, `told-${name}`, !/^(room|share)/.test(name))));
      await page.context().close();
    }
    expect(wide).toEqual([]);
  });

  it("show what was made, and the links to it", async () => {
    const page = await (await person(browser, server.url)).newPage();
    await page.goto(`${server.url}/`);
    await page.getByLabel("What is it about?").fill("Links");
    await page.getByLabel("Name in the link").fill("links-room");
    await page.getByRole("button", { name: "Make the room" }).click();
    await page.getByRole("heading", { name: "Your room is ready" }).waitFor();
    expect(await page.locator('[data-part="page-url"]').textContent()).toBe(`${server.url}/rooms/links-room`);
    expect(await screens(page, "home-made")).toEqual([]);
    await page.goto(`${server.url}/`);
    await page.getByLabel("What is it about?").fill("Links again");
    await page.getByLabel("Name in the link").fill("links-room");
    const answer = page.waitForResponse((response) => response.url().endsWith("/api/rooms"));
    await page.getByRole("button", { name: "Make the room" }).click();
    const problem: unknown = await (await answer).json();
    expect(problem).toMatchObject({ code: "room-taken", status: 409 });
    // The page says what the server said, in the server's words.
    await page.getByRole("alert").waitFor();
    expect(problem).toMatchObject({ detail: await page.getByRole("alert").textContent() });
  });

  it("say without script that they need it", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}/rooms/links-room`);
    await page.locator("noscript p").waitFor({ state: "visible" });
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Links");
  });

  it("are worked by keyboard alone", async () => {
    const page = await (await person(browser, server.url)).newPage();
    await page.goto(`${server.url}/rooms/links-room`);
    await page.waitForLoadState("networkidle");
    await page.keyboard.press("Space");
    await factsUntil(page, ({ state }) => state === "open");
    await page.keyboard.press("m");
    await page.getByRole("button", { name: "Unmute", pressed: true }).waitFor();
    await page.getByText("you will hear it as soon as it starts").waitFor();
  });
});

/** Shoots `page` at each size by day and by night; the names of those that would scroll sideways. */
async function screens(page: Page, name: string, fullPage = true): Promise<string[]> {
  const wide: string[] = [];
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const shot = `${name}-${size.width}-${colorScheme}`;
      await page.screenshot({ path: join(FOLDER, `${shot}.png`), fullPage });
      if (await page.evaluate("document.documentElement.scrollWidth > innerWidth")) wide.push(shot);
    }
  }
  return wide;
}
