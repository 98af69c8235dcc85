import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { EAR_AND_MOUTH } from "./chirp-tap.ts";

const PATH = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const INSTALL = `These tests need Chromium and there is none at ${PATH}: “apt-get install chromium”, or set CHROMIUM to its path.`;

/** Why the browser tests cannot run on this machine; nothing if they can. Under CI that is a failure, never a silent skip. */
export function missingChromium(): string | undefined {
  if (existsSync(PATH)) return undefined;
  if (process.env["CI"] === "true") throw new Error(INSTALL);
  console.warn(`Skipped: ${INSTALL}`);
  return INSTALL;
}

/** A headless Chromium whose microphone hears `wav`, over and over. */
export function launchChromium(wav?: string): Promise<Browser> {
  const microphone = wav === undefined ? [] : [`--use-file-for-fake-audio-capture=${wav}`];
  return chromium.launch({
    executablePath: PATH,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Two pages share one browser: neither may be put to sleep because the other was opened later.
      "--disable-background-timer-throttling",
      "--disable-backgrounding-occluded-windows",
      "--disable-renderer-backgrounding",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      ...microphone,
    ],
  });
}

/** A person of their own: no storage shared with others. What their page hears and says is recorded; see chirp-tap. */
export async function person(browser: Browser, origin: string): Promise<BrowserContext> {
  const context = await browser.newContext({ permissions: [], bypassCSP: true });
  await context.grantPermissions(["microphone", "clipboard-read", "clipboard-write"], { origin });
  await context.addInitScript({ content: EAR_AND_MOUTH });
  return context;
}
