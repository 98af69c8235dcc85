import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { removeFolders, serverForTest } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

const missing = missingChromium();

describe.skipIf(!LONG || missing !== undefined)("an evening that is announced", () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("is made on the home page, waited for, put off in the studio, and opened; who waits does nothing", async () => {
    const page = await (await person(browser, server.url)).newPage();
    await page.goto(server.url);
    const time = page.getByLabel("Time", { exact: true });
    const make = page.getByRole("button", { name: "Make the room" });
    await page.getByLabel("What is it about?").fill("Night walk");
    await page.getByText("Announce it for later").click();
    await page.getByLabel("Day").fill(clocksForward());
    await time.fill("02:30");
    await page.getByLabel("Time zone").selectOption("Europe/Berlin");
    await page.getByLabel("Who will speak").fill("Ada, Bo");
    await make.click();
    await page.getByText("There is no such time on that day").waitFor();
    await time.fill("20:30");
    await make.click();
    await page.getByRole("heading", { name: "Your room is ready" }).waitFor();
    const studio = (await page.locator('[data-part="open-studio"]').getAttribute("href")) ?? "";
    await page.goto((await page.locator('[data-part="page-url"]').textContent()) ?? "");
    await page.getByText("8:30 PM GMT+2").waitFor();
    await page.getByText(/^\d+ days? \d\d:\d\d:\d\d$/).waitFor();
    await page.locator('[data-part="listen"]').click();
    await page.getByText("You will hear the first word, without a click.").waitFor();
    const host = await (await person(browser, server.url)).newPage();
    await host.goto(studio);
    await host.getByText("Announce a time").click();
    expect(await host.getByLabel("Time", { exact: true }).inputValue()).toBe("20:30");
    await host.getByLabel("Time", { exact: true }).fill("21:45");
    await host.getByRole("button", { name: "Announce", exact: true }).click();
    await page.getByText("9:45 PM GMT+2").waitFor();
    await host.getByRole("button", { name: "Open the doors now" }).click();
    await page.getByText("The host is not on air yet; you will hear it as soon as it starts.").waitFor();
    expect(await page.locator('[data-part="doors"]').isVisible()).toBe(false);
  }, 120_000);
});

/** The next last Sunday of March, on which Berlin's clocks leave out the hour after two. */
function clocksForward(): string {
  const sundays = [0, 1].map((more) => {
    const last = new Date(Date.UTC(new Date().getUTCFullYear() + more, 2, 31));
    return new Date(last.getTime() - last.getUTCDay() * 86_400_000);
  });
  return (sundays.find((sunday) => sunday.getTime() > Date.now() + 86_400_000) ?? new Date()).toISOString().slice(0, 10);
}
