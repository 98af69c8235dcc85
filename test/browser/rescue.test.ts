import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsUntil, goOnAir, listenTo } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest } from "../support/server.ts";

const missing = missingChromium();

describe.skipIf(missing !== undefined)(`a rescue link${missing === undefined ? "" : ` (${missing})`}`, () => {
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

  it("lets a stand-in go on when the host's machine dies, before an audience that does nothing; the one who comes later is told who did", async () => {
    const host = await (await person(browser, server.url)).newPage();
    await host.goto(`${server.url}/`);
    await host.getByLabel("What is it about?").fill("Rescued");
    await host.getByRole("button", { name: "Make the room" }).click();
    await host.getByRole("heading", { name: "Your room is ready" }).waitFor();
    const shown = async (name: string) => (await host.locator(`[data-part="${name}-url"]`).textContent()) ?? "";
    const [pageUrl, hostLink, ...links] = [
      await shown("page"),
      await shown("broadcast"),
      await shown("rescue"),
      await shown("second-rescue"),
    ];
    await host.getByRole("link", { name: "Open the studio" }).click();
    await goOnAir(host);
    const listener = await listenTo(await person(browser, server.url), pageUrl);
    const [first, second] = [await (await person(browser, server.url)).newPage(), await (await person(browser, server.url)).newPage()];
    await second.goto(links[1] ?? "");
    await second.getByText("On air, as far as the server knows").waitFor();
    await factsUntil(listener, ({ playing }) => playing === true);
    await host.context().close();

    await first.goto(links[0] ?? "");
    const take = first.getByRole("button", { name: "Take over the room" });
    await take.click();
    await first.getByText("wait a moment: it comes back by itself").waitFor();
    await first.keyboard.press("Enter");
    // The safe answer has the keyboard: nothing has happened, and the keyboard is back where it was.
    expect(await first.evaluate("document.activeElement.textContent")).toBe("Take over the room");
    expect(first.url()).toBe(`${pageUrl}/continue`);
    await take.click();
    await first.getByRole("button", { name: "Take over", exact: true }).click();
    await first.waitForURL(/\/broadcast$/);
    expect(first.url()).not.toContain(pageUrl);
    await first.getByRole("button", { name: "Copy rescue link" }).waitFor();
    await goOnAir(first);
    await listener.getByText("The room moved").waitFor();
    await factsUntil(listener, ({ playing, reconnects }) => playing === true && reconnects === 0);

    await second.reload();
    await second.getByText("Somebody else was faster").waitFor();
    const listen = second.getByRole("link", { name: "Listen to the room" });
    expect(await listen.getAttribute("href")).toBe(new URL(first.url()).pathname.replace("/broadcast", ""));
    await second.goto(links[0] ?? "");
    await second.getByRole("button", { name: "Open the studio" }).click();
    await second.getByText("the new room has its host").waitFor();
    await second.goto(hostLink);
    await second.getByText("Nobody hears you here any more").waitFor();
    await second.goto("about:blank");
    await second.goto((links[1] ?? "").slice(0, 200));
    await second.getByText("This rescue link is not whole").waitFor();
    for (const page of [first, second, listener]) await page.context().close();
  });
});
