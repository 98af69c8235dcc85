import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASSETS_ROOT } from "../../src/cli/build.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { launchChromium, missingChromium } from "../support/chromium.ts";
import { PAYLOADS } from "../support/hostile.ts";
import { makeTold, SCENES, TOLD_ROOM } from "../support/scenes.ts";
import { removeFolders, serverForTest } from "../support/server.ts";
import { LONG } from "../support/tier.ts";
import { fullEvening, listenTold, saidBy, session, studioTold, tell, told, toldPage, until } from "../support/told-pages.ts";

/** What a listener's page may weigh in script before anybody clicks, in bytes, gzipped. */
const MOST_SCRIPT_BYTES = 100_000;
const SIZES = LONG ? [390, 1280] : [390];
/** Scenes that hold every kind of control; the others are asked in the long tier. */
const OFTEN = new Set([
  "continue",
  "listener-announced",
  "listener-french",
  "embed-captions",
  "evening",
  "home-french",
  "room-captions",
  "room-invited",
  "room-on-stage",
  "replay",
  "share",
  "studio-host-open",
  "studio-remove",
]);
/** The height of a frame in a foreign page, in CSS pixels, as the share sheet's code for it says (src/pages/share.tsx), and widths that it may have. */
const FRAME_HEIGHT = 210;
const FRAME_WIDTHS = [320, 390, 700];
const FOCUSED = 'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent';
const missing = missingChromium();

describe.skipIf(missing !== undefined)(`pages that are told what a room could say${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;
  let room: string;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1", REPORT_WEBHOOK: "http://127.0.0.1:9/" } });
    browser = await launchChromium();
    await makeTold(server.url);
    room = `${server.url}/rooms/${TOLD_ROOM}`;
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it.each(SCENES.filter(({ name }) => LONG || OFTEN.has(name)))(
    "$name: axe finds nothing, by day and by night, and nothing scrolls sideways",
    async ({ open }) => {
      const page = await open(browser, server.url);
      for (const width of SIZES) {
        await page.setViewportSize({ width, height: 844 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          // Only colours differ by night; all of it is asked where there is time.
          const rules = colorScheme === "light" || LONG ? "{}" : '{ runOnly: ["color-contrast"] }';
          expect(await violations(page, rules), `${width} ${colorScheme}`).toEqual([]);
        }
        expect(await page.evaluate("document.documentElement.scrollWidth"), String(width)).toBeLessThanOrEqual(width);
      }
      await page.context().close();
    },
  );

  it("hostile names, titles, questions and hands stay text, execute nothing and break no layout", async () => {
    const listener = await toldPage(browser, server.url);
    const host = await toldPage(browser, server.url);
    const complaints = [...watch(listener), ...watch(host)];
    await listenTold(listener, room, fullEvening());
    await studioTold(host, room, "host", session(1), fullEvening());
    await host.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    expect(PAYLOADS.length).toBeGreaterThanOrEqual(200);
    for (let at = 0; at < PAYLOADS.length; at += 10) {
      const some = PAYLOADS.slice(at, at + 10);
      const states = some.flatMap((payload) => hostileStates(payload, some));
      for (const [page, path] of [[listener, "/listen"] as const, [host, "/stage"] as const]) {
        await tell(page, path, states);
        const width = await page.evaluate("new Promise((done) => requestAnimationFrame(() => done(document.documentElement.scrollWidth)))");
        expect(width, some.join("\n").slice(0, 500)).toBeLessThanOrEqual(390);
      }
    }
    for (const page of [listener, host]) {
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      expect(
        await page.evaluate('document.querySelectorAll("main :is(script, iframe, object, base, style, template, form[action])").length'),
      ).toBe(0);
      await page.context().close();
    }
    expect(complaints).toEqual([]);
  });

  it("hostile titles are refused, or written by the edge as text", async () => {
    const titles = LONG ? PAYLOADS : PAYLOADS.filter((_, index) => index % 9 === 0);
    const page = await toldPage(browser, server.url, { javaScriptEnabled: false });
    const complaints = watch(page);
    let accepted = 0;
    for (const [index, title] of titles.entries()) {
      const made = await fetch(`${server.url}/api/rooms`, { method: "POST", body: JSON.stringify({ title, room: `hostile-${index}` }) });
      if (made.status === 400 || made.status === 413) continue;
      expect(made.status).toBe(201);
      accepted++;
      for (const path of ["", "/broadcast"]) {
        await page.goto(`${server.url}/rooms/hostile-${index}${path}`);
        expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(title.normalize("NFC").replace(/ +/g, " ").trim());
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      }
    }
    expect(accepted).toBeGreaterThan(5);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("say what a listener wants, once, and again to each new leaf as long as he wants it", async () => {
    const page = await toldPage(browser, server.url);
    await listenTold(page, room, fullEvening());
    await page.getByRole("button", { name: "Raise hand" }).click();
    await page.getByLabel("Your name").fill("Fern");
    await page.keyboard.press("Enter");
    await page.getByText("The room has not answered yet").waitFor();
    await tell(page, "/listen", [told.you({ hand: "raised" })]);
    await page.getByText("You are waiting to be asked up").waitFor();
    await tell(page, "/listen", [told.welcome(...fullEvening())]);
    await until(page, 'testSaid("/listen").filter(({ type }) => type === "hand").length === 2');
    await page.getByRole("button", { name: "Clap" }).click();
    await page.getByRole("button", { name: "Ask a question" }).click();
    await page.getByLabel("Your question").fill("Who hears\nit first?");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await page.getByText("Your question is on its way").waitFor();
    await tell(page, "/listen", [told.you({ hand: "invited", ticket: "a.b.c" })]);
    await page.getByRole("button", { name: "Not now" }).click();
    await page.getByRole("button", { name: "Raise hand", pressed: false }).waitFor();
    // A dialog tells that it was closed in a task of its own.
    await until(page, 'testSaid("/listen").filter(({ type }) => type === "hand").length === 3');
    expect(await saidBy(page, "/listen")).toMatchObject([
      { type: "hand", raised: true, name: "Fern" },
      { type: "hand", raised: true, name: "Fern" },
      { type: "react", reaction: "clap" },
      { type: "question", name: "Fern", text: "Who hears it first?" },
      { type: "hand", raised: false },
    ]);
    await page.context().close();
  });

  it("let a host do with the keyboard what he does with the mouse: focus goes where one looks, and comes back", async () => {
    const page = await toldPage(browser, server.url);
    await studioTold(page, room, "host", session(1), fullEvening());
    await page.getByRole("button", { name: "Invite up: Fern" }).focus();
    await page.keyboard.press("Enter");
    const more = page.getByRole("button", { name: "More for Bo Birch" });
    await more.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Mute and hold");
    expect(await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")).toBe("solid");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(FOCUSED)).toBe("More for Bo Birch");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Remove …" }).first().focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Cancel");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.evaluate(FOCUSED)).toBe("More for Bo Birch");
    // The hand that had the keyboard goes: its card takes it.
    await page.getByRole("button", { name: "Decline: Fern" }).focus();
    await tell(page, "/stage", [told.hands([])]);
    await page.getByText("No hand is up.").waitFor();
    expect(await page.evaluate('document.activeElement.querySelector("h2")?.textContent')).toContain("Hands");
    expect(await saidBy(page, "/stage")).toContainEqual({ type: "invite", session: session(11) });
    await page.context().close();
  });

  it("tell a screen reader what is new, and do not chatter", async () => {
    const page = await toldPage(browser, server.url);
    await listenTold(page, room, fullEvening());
    await page.waitForTimeout(1_500);
    await page.evaluate(`(() => {
      window.testSpoken = [];
      const observer = new MutationObserver((changes) => testSpoken.push(...changes.map(({ target }) => target.textContent)));
      for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) observer.observe(region, { childList: true, characterData: true, subtree: true });
    })()`);
    for (let second = 0; second < 10; second++) {
      await tell(page, "/listen", [
        told.audience({ listeners: 12_000 + second }),
        told.reactions({ clap: 120 + second * 10_000, wow: second }),
      ]);
      await page.waitForTimeout(100);
    }
    expect(await page.evaluate("testSpoken")).toEqual([]);
    expect(await page.evaluate('document.querySelectorAll(".float").length')).toBeLessThanOrEqual(40);
    await tell(page, "/listen", [told.room({ host: "silent" })]);
    await page.getByText("The host is reconnecting").waitFor();
    expect(await page.evaluate("testSpoken")).toEqual(["The host is reconnecting …"]);
    await page.context().close();
  });

  it("show counts in place of motion to who wants none", async () => {
    const page = await toldPage(browser, server.url, { reducedMotion: "reduce" });
    await listenTold(page, room, fullEvening());
    await tell(page, "/listen", [told.reactions({ clap: 4_711 })]);
    await page.getByText("4,711").waitFor();
    expect(await page.evaluate('document.querySelectorAll(".float").length')).toBe(0);
    await page.context().close();
  });

  it("speak the browser's language, and another one by a click in the footer", async () => {
    const page = await toldPage(browser, server.url, { locale: "fr-CA" });
    await page.goto(room);
    await page.getByRole("button", { name: "Écouter" }).waitFor();
    expect(await page.evaluate("document.documentElement.lang")).toBe("fr");
    await page.getByRole("link", { name: "English" }).click();
    await page.getByRole("button", { name: "Listen" }).waitFor();
    expect(page.url()).toBe(room);
    await page.goto(`${server.url}/rooms/nobody-made-this?lang=fr`);
    await page.getByRole("heading", { name: "Ce salon n’existe pas" }).waitFor();
    await page.context().close();
  });

  it("can be shown in foreign pages and sent on: only the player may be framed, and cards need no script", async () => {
    const headers = async (path: string) => (await fetch(`${server.url}${path}`)).headers;
    expect((await headers(`/embed/${TOLD_ROOM}`)).get("content-security-policy")).toContain("frame-ancestors *");
    expect((await headers(`/embed/${TOLD_ROOM}`)).get("x-frame-options")).toBeNull();
    expect((await headers(`/rooms/${TOLD_ROOM}`)).get("content-security-policy")).toContain("frame-ancestors 'none'");
    const html = await (await fetch(room)).text();
    expect(html).toContain(`<meta property="og:title" content="Evening talk: how a forest listens — Canopy"/>`);
    for (const asset of ["card.png", "icon-192.png", "icon-512.png", "icon.svg", "canopy.webmanifest"]) {
      expect((await fetch(`${server.url}/assets/${asset}`)).status, asset).toBe(200);
    }
    expect((await fetch(`${room}/qr.svg`)).headers.get("content-type")).toBe("image/svg+xml");
    const frame = `<iframe src="${server.url}/embed/${TOLD_ROOM}" width="390" height="190" allow="autoplay"></iframe>`;
    const foreign = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(frame)).listen(0, "127.0.0.1");
    await once(foreign, "listening");
    const address = foreign.address();
    const page = await toldPage(browser, server.url);
    await page.goto(`http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
    await page.frameLocator("iframe").getByRole("button", { name: "Listen" }).click();
    await page.frameLocator("iframe").getByRole("button", { name: "Pause" }).waitFor();
    await page.context().close();
    foreign.close();
  });

  it.each(["en", "fr"])("fit a frame of the height that its code says, also where it is narrow (%s)", async (language) => {
    const page = await toldPage(browser, server.url);
    await page.setViewportSize({ width: 320, height: FRAME_HEIGHT });
    await page.goto(`${server.url}/embed/${TOLD_ROOM}?lang=${language}`);
    await page.locator('[data-ready] [data-part="listen"]:enabled').waitFor();
    for (const width of FRAME_WIDTHS) {
      await page.setViewportSize({ width, height: FRAME_HEIGHT });
      expect(await misfits(page), `${width} before`).toEqual([]);
    }
    await page.locator('[data-part="listen"]').click();
    await tell(page, "/listen", [told.welcome(...fullEvening())]);
    await page.locator('[data-part="count"]:visible').waitFor();
    for (const withCaptions of [false, true]) {
      if (withCaptions) await page.locator('[data-part="cc"]').click();
      for (const width of FRAME_WIDTHS) {
        await page.setViewportSize({ width, height: FRAME_HEIGHT });
        expect(await misfits(page), `${width} ${withCaptions ? "with captions" : "listening"}`).toEqual([]);
      }
    }
    await page.context().close();
  });

  it.each(["listener", "replay"])("weigh little: the %s's script", async (name) => {
    const bytes = await scriptOf(`${name}.js`, new Set());
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
  });
});

/** What axe has against a page: rule and place. */
async function violations(page: Page, rules: string): Promise<readonly string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${axe.source} })()`);
  const flat =
    '({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => [id, target, failureSummary].join(" ")))';
  const found: unknown = await page.evaluate(`axe.run(${rules}).then(${flat})`);
  return found as readonly string[];
}

/** What a page complains of, as it comes: faults, and what its policy for content did not allow. */
function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (fault) => complaints.push(String(fault)));
  page.on("console", (message) => /Content.Security/.test(message.text()) && complaints.push(message.text()));
  return complaints;
}

/** States in which every text is hostile. */
function hostileStates(payload: string, others: readonly string[]): readonly object[] {
  const speakers = others.map((name, index) => ({ voice: index + 1, session: session(index + 1), name, role: "speaker", state: "on-air" }));
  return [
    told.room({ title: payload }),
    told.stage(speakers),
    told.pinned({ id: "question-1", name: payload, text: payload }),
    told.hands(others.map((name, index) => ({ session: session(40 + index), name, state: "raised", since: 1 }))),
    told.questions(
      others.map((text, index) => ({ id: `question-${index}`, session: session(60 + index), name: text, text, pinned: false })),
    ),
    told.people({
      successors: [{ session: session(1), name: payload, rank: 1, here: true }],
      bans: [{ session: session(2), name: payload, address: false }],
      mayTakeOver: [],
    }),
    told.refused(payload, payload),
  ];
}

/** What a script and all that it imports at once weigh, gzipped. */
async function scriptOf(name: string, seen: Set<string>): Promise<number> {
  if (seen.has(name)) return 0;
  seen.add(name);
  const source = await readFile(join(ASSETS_ROOT, "assets", name), "utf8");
  const imports = [...source.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)].map(([, file]) => file ?? "");
  let bytes = gzipSync(source).byteLength;
  for (const file of imports) bytes += await scriptOf(join(dirname(name), file), seen);
  return bytes;
}

/** What of the player in a frame lies over something else of it, and whether the frame would scroll. */
async function misfits(page: Page): Promise<readonly string[]> {
  const found: unknown = await page.evaluate(`(() => {
    const shown = [...document.querySelectorAll(".embed :is(.big, .badge, .count, h1, .status, .cc, .brand, .captions-roll)")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 1)
      .map((one) => [one.className || one.localName, one.getBoundingClientRect()]);
    const over = shown.flatMap(([name, a], at) =>
      shown.slice(at + 1)
        .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
        .map(([other]) => name + " over " + other));
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [...over, ...(scrollWidth > innerWidth ? ["wide: " + scrollWidth] : []), ...(scrollHeight > innerHeight ? ["high: " + scrollHeight] : [])];
  })()`);
  return found as readonly string[];
}
