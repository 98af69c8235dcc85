import type { BrowserContext, Page } from "playwright-core";

/** What a page says of itself, as `window.canopy` (src/browser/page/facts.ts). */
export type PageFacts = {
  readonly state?: string;
  readonly phase?: string;
  readonly onAir?: boolean;
  readonly microphone?: string;
  readonly playing?: boolean;
  readonly listening?: boolean;
  readonly stage?: string;
  readonly holes?: number;
  readonly stalls?: number;
  readonly stalledMs?: number;
  readonly splices?: number;
  readonly bufferMs?: number;
  readonly behindMs?: number;
  readonly firstSoundMs?: number;
  readonly reconnects?: number;
  readonly lane?: string;
  readonly leftOut?: number;
  readonly roundTripMs?: number;
};

/** Both pages of a room, in the hands of two people. */
export type RoomPages = { readonly host: Page; readonly pageUrl: string };

/** Makes a room as a person does: on the home page, and into its studio. */
export async function makeRoom(context: BrowserContext, url: string, title: string): Promise<RoomPages> {
  const host = await context.newPage();
  await host.goto(`${url}/`);
  await host.getByLabel("What is it about?").fill(title);
  await host.getByRole("button", { name: "Make the room" }).click();
  const made = host.getByRole("heading", { name: "Your room is ready" });
  await made.waitFor();
  const pageUrl = await host.locator('[data-part="page-url"]').textContent();
  await host.getByRole("link", { name: "Open the studio" }).click();
  await host.waitForURL(/\/broadcast$/);
  return { host, pageUrl: pageUrl ?? "" };
}

/** Opens the microphone without the browser's cleaning, which would take chirps for noise, and goes on air. */
export async function goOnAir(host: Page): Promise<void> {
  await host.getByRole("button", { name: "Use the microphone" }).click();
  for (const name of ["Noise", "Echo", "Level"]) await host.getByRole("checkbox", { name }).uncheck();
  await factsUntil(host, ({ state, microphone }) => state === "open" && microphone === "open");
  await host.getByRole("button", { name: "Go on air" }).click();
  await factsUntil(host, ({ onAir }) => onAir === true);
}

/** Opens a room's page and clicks Listen. */
export async function listenTo(context: BrowserContext, pageUrl: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(pageUrl);
  // People look before they click; a page that is not yet loaded is not what is measured.
  await page.waitForLoadState("networkidle");
  await page.getByRole("button", { name: "Listen" }).click();
  return page;
}

/** What the page says of itself now. */
export async function factsOf(page: Page): Promise<PageFacts> {
  const facts: unknown = await page.evaluate("window.canopy ?? {}");
  return facts as PageFacts;
}

/** Waits until the page says what is wanted. @throws with what it said last, to programs and to people */
export async function factsUntil(page: Page, wanted: (facts: PageFacts) => boolean, withinMs = 20_000): Promise<PageFacts> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    // A page that is just being reloaded says nothing.
    const facts = await factsOf(page).catch((): PageFacts => ({}));
    if (wanted(facts)) return facts;
    if (Date.now() > deadline)
      throw new Error(`the page says after ${withinMs} ms: ${JSON.stringify(facts)} ${await page.getByRole("status").textContent()}`);
    await page.waitForTimeout(100);
  }
}

/** Collects what goes wrong in a page: faults and errors on its console. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (fault) => complaints.push(String(fault)));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return complaints;
}
