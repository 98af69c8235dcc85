import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { removeFolders, serverForTest } from "../support/server.ts";

const missing = missingChromium();

describe.skipIf(missing !== undefined)("the home page of a server that wants a key", () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "", CREATE_KEY: "right" } });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("asks for it, says if it is wrong, and makes the room with the right one", async () => {
    const page = await (await person(browser, server.url)).newPage();
    await page.goto(`${server.url}/`);
    const make = page.getByRole("button", { name: "Make the room" });
    await page.getByLabel("What is it about?").fill("With a key");
    await make.click();
    await page.getByText("you need this server's create key").waitFor();
    expect(await page.evaluate("document.activeElement?.name")).toBe("key");
    await page.getByLabel("Create key").fill("wrong");
    await make.click();
    await page.getByText("That is not the create key").waitFor();
    await page.getByLabel("Create key").fill("right");
    await page.getByLabel("Show it to visitors").check();
    const record = page.getByLabel("Record this evening");
    expect(await record.isChecked()).toBe(false);
    await record.check();
    expect(await page.getByRole("heading", { name: "Open rooms" }).isVisible()).toBe(false);
    const asked = page.waitForRequest("**/api/rooms");
    await make.click();
    await page.getByRole("heading", { name: "Your room is ready" }).waitFor();
    expect((await asked).postDataJSON()).toMatchObject({ title: "With a key", listed: true, record: {} });
    // What the lobby shows may be a second old.
    const shown = async () => {
      await page.goto(`${server.url}/`);
      return page.getByRole("link", { name: "With a key" }).isVisible();
    };
    await expect.poll(shown, { timeout: 10_000 }).toBe(true);
  });

  it("says at the field what will not do, makes a name of what one writes, and asks nothing of what is folded away", async () => {
    const page = await (await person(browser, server.url)).newPage();
    await page.goto(`${server.url}/?lang=fr`);
    const make = page.getByRole("button", { name: "Créer le salon" });
    const title = page.getByLabel("De quoi parle-t-on ?");
    const wrong = (part: string) => page.evaluate(`document.querySelector('[data-part="${part}"]').validationMessage`);
    await title.fill("   ");
    await make.click();
    expect(await wrong("title")).toContain("1 à 120 caractères lisibles");
    await title.fill("Une soirée");
    await page.getByLabel("Nom dans le lien").fill("Fête d’été");
    await page.getByText("L’annoncer pour plus tard").click();
    await page.getByLabel("Combien de minutes").fill("0");
    await page.getByLabel("Qui parlera").fill("Ada,".repeat(13));
    expect(await wrong("schedule-speakers")).toContain("12 noms au plus");
    await page.getByText("L’annoncer pour plus tard").click();
    const asked = page.waitForRequest("**/api/rooms");
    await make.click();
    const wanted: unknown = (await asked).postDataJSON();
    expect(wanted).toMatchObject({ title: "Une soirée", room: "fete-d-ete" });
    expect(wanted).not.toHaveProperty("schedule");
    await page.context().close();
  });
});
