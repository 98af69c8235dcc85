import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest } from "../support/server.ts";

const missing = missingChromium();

describe.skipIf(missing !== undefined)(`a host link${missing === undefined ? "" : ` (${missing})`}`, () => {
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

  it("that opens nothing says plainly why", async () => {
    const link = await linkTo(await makeRoom(await person(browser, server.url), server.url, "Links"));
    const other = await linkTo(await makeRoom(await person(browser, server.url), server.url, "Other links"));
    const [pageUrl = "", ticket = ""] = link.split("#ticket=");
    const page = await (await person(browser, server.url)).newPage();
    const open = async (ending: string) => {
      await page.goto("about:blank");
      await page.goto(`${pageUrl}#ticket=${ending}`);
    };
    await open(ticket.slice(0, 150));
    await page.getByText("This host link is not whole").waitFor();
    expect(page.url()).not.toContain("ticket");
    await open(ticket.slice(0, -20));
    await page.getByText("Part of it may be missing").waitFor();
    await open(other.split("#ticket=")[1] ?? "");
    await page.getByText("This host link is for another room").waitFor();
    await open(`${ticket}).`);
    await factsUntil(page, ({ state }) => state === "open");
    await page.context().close();
  });

  it("may be pasted over an open studio, which goes back to the one that worked if the new one is refused", async () => {
    const made = await makeRoom(await person(browser, server.url), server.url, "Pasted");
    const link = await linkTo(made);
    const { host } = made;
    await host.evaluate(`location.hash = "ticket=${(link.split("#ticket=")[1] ?? "").slice(0, -20)}"`);
    await host.getByText("Part of it may be missing").waitFor();
    expect(host.url()).not.toContain("ticket");
    await host.reload();
    await factsUntil(host, ({ state }) => state === "open");
    await host.context().close();
  });

  it("takes the room over with the mute that was set in another window, says so, and lets go of the other's microphone", async () => {
    const made = await makeRoom(await person(browser, server.url), server.url, "Muted");
    const link = await linkTo(made);
    await goOnAir(made.host);
    await made.host.getByRole("button", { name: "Mute" }).click();
    const listener = await listenTo(await person(browser, server.url), made.pageUrl);
    await listener.getByText("The host is muted").waitFor();
    const second = await (await person(browser, server.url)).newPage();
    await second.goto(link);
    await factsUntil(made.host, ({ state, microphone }) => state === "ended" && microphone === "closed");
    await goOnAir(second);
    await second.getByText("You are on air, muted: nobody hears you").waitFor();
    await second.getByRole("button", { name: "Unmute" }).click();
    await second.getByText("Everybody in the room hears you").waitFor();
    await factsUntil(listener, ({ playing }) => playing === true);
    await made.host.getByRole("button", { name: "Take it back to this window" }).click();
    await factsUntil(made.host, ({ state, microphone, onAir }) => state === "open" && microphone === "open" && onAir === false);
    await factsUntil(second, ({ state, microphone }) => state === "ended" && microphone === "closed");
    for (const page of [made.host, second, listener]) await page.context().close();
  });
});

/** The host link of a room, as the studio saves it. */
async function linkTo({ host }: { readonly host: Page }): Promise<string> {
  await host.getByRole("button", { name: "Copy host link" }).click();
  await host.getByRole("button", { name: "Copied" }).waitFor();
  return String(await host.evaluate("navigator.clipboard.readText()"));
}
