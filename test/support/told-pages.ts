import type { Browser, Page } from "playwright-core";

/** A page in which whatever a room could say is said by the test: real page, real parser, no room. What the page says is kept. */
const TOLD = `(() => {
  const sockets = [];
  class ToldSocket {
    static OPEN = 1;
    readyState = 0;
    bufferedAmount = 0;
    said = [];
    constructor(url) {
      this.url = url;
      sockets.push(this);
      setTimeout(() => { this.readyState = 1; this.onopen?.(); });
    }
    send(message) { if (typeof message === "string") this.said.push(message); }
    close() { this.readyState = 3; }
  }
  window.WebSocket = ToldSocket;
  const newest = (path) => sockets.findLast(({ url, readyState }) => url.includes(path) && readyState === 1);
  window.testTell = (path, texts) => {
    const socket = newest(path);
    if (socket === undefined) return false;
    for (const text of texts) socket.onmessage?.({ data: JSON.stringify(text) });
    return true;
  };
  window.testClose = (path, code) => newest(path)?.onclose?.({ code, reason: "" });
  window.testSaid = (path) => sockets.filter(({ url }) => url.includes(path)).flatMap(({ said }) => said).filter((text) => text.startsWith("{")).map((text) => JSON.parse(text));
})();`;

/** What a room says, with what does not matter filled in. */
export const told = {
  room: (over: object = {}) => ({
    ...head("room", "all"),
    room: "told",
    title: "Evening talk: how a forest listens",
    phase: "live",
    chunkMs: 100,
    epoch: 1,
    host: "here",
    locked: false,
    stageLocked: false,
    recorded: false,
    recordable: true,
    hands: "open",
    ...over,
  }),
  stage: (speakers: readonly object[]) => ({ ...head("stage", "all"), speakers }),
  audience: (over: object = {}) => ({
    ...head("audience", "all"),
    listeners: 12_804,
    hearing: 12_391,
    peak: 14_002,
    unique: 19_377,
    ...over,
  }),
  reactions: (counts: object) => ({ ...head("reactions", "all"), counts }),
  pinned: (question?: object) => ({ ...head("pinned", "all"), ...(question === undefined ? {} : { question }) }),
  captions: (lines: readonly object[], over: object = {}) => ({ ...head("captions", "all"), epoch: 1, lines, ...over }),
  hands: (hands: readonly object[]) => ({ ...head("hands", "stage"), hands }),
  questions: (questions: readonly object[]) => ({ ...head("questions", "stage"), questions }),
  people: (over: object) => ({ ...head("people", "stage"), successors: [], bans: [], ...over }),
  schedule: (schedule?: object) => ({ ...head("schedule", "stage"), ...(schedule === undefined ? {} : { schedule }) }),
  crowd: (parts: readonly object[]) => ({ ...head("crowd", "stage"), parts }),
  quality: (lines: readonly object[]) => ({ ...head("quality", "stage"), lines }),
  you: (over: object) => ({ type: "you", session: session(9), hand: "none", ...over }),
  refused: (code: string, says: string) => ({ type: "refused", revision: 1, roomTime: 0, code, says }),
  ticket: (role: string, name: string) => ({ type: "ticket", revision: 1, roomTime: 0, role, name, ticket: "a.b.c" }),
  welcome: (...states: readonly object[]) => ({ type: "welcome", revision: 1, roomTime: 0, epoch: 0, sequence: 0, states }),
  stageWelcome: (role: string, me: string, ...states: readonly object[]) => ({
    type: "stage-welcome",
    revision: 1,
    roomTime: 0,
    session: me,
    voice: 1,
    name: "Ada Aurelia",
    role,
    onAir: false,
    muted: false,
    muteLocked: false,
    states,
  }),
};

/** A session of its own for each number. */
export function session(number: number): string {
  return `l-${String(number).padStart(22, "0")}`;
}

/** An evening with all that a panel can show. */
export function fullEvening(): readonly object[] {
  return [
    told.room({ locked: true, recorded: true, kept: true, keepDays: 30 }),
    told.stage([
      { voice: 1, session: session(1), name: "Ada Aurelia", role: "host", state: "on-air" },
      { voice: 2, session: session(2), name: "Bo Birch", role: "co-host", rank: 1, state: "on-air" },
      { voice: 3, session: session(3), name: "Cy of the very long name that wraps", role: "speaker", state: "muted", muteLocked: true },
      { voice: 4, session: session(4), name: "Dee", role: "speaker", state: "away" },
      { voice: 5, session: session(5), name: "森 の声", role: "speaker", state: "off" },
    ]),
    told.audience(),
    told.reactions({ clap: 120, heart: 80 }),
    told.pinned({ id: "question-1", name: "Eve", text: "How far does a sound travel between two old trees?" }),
    told.hands([
      { session: session(11), name: "Fern", state: "raised", since: 1 },
      { session: session(12), name: "Gale", state: "invited", since: 2 },
    ]),
    told.questions([
      { id: "question-1", session: session(21), name: "Eve", text: "How far does a sound travel between two old trees?", pinned: true },
      { id: "question-2", session: session(22), name: "Hazel", text: "And who would hear it first?", pinned: false },
    ]),
    told.people({
      successors: [
        { session: session(2), name: "Bo Birch", rank: 1, here: true },
        { session: session(6), name: "Ivy", rank: 2, here: false },
      ],
      bans: [{ session: session(31), name: "Thorn", address: true }],
      mayTakeOver: [session(2)],
    }),
    told.crowd([
      { region: "weur", lane: "live", listeners: 8_100, hearing: 7_950 },
      { region: "enam", lane: "live", listeners: 4_600, hearing: 4_391 },
      { region: "other", lane: "cached", listeners: 104, hearing: 50 },
    ]),
    told.quality([
      { session: session(1), roundTripMs: 30, lossPercent: 0 },
      { session: session(2), roundTripMs: 340, lossPercent: 2.4 },
    ]),
  ];
}

/** A browser page that is told by the test, with the site's own policy for content in force. */
export async function toldPage(browser: Browser, origin: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ...options });
  await context.grantPermissions(["microphone"], { origin });
  await context.addInitScript({ content: TOLD });
  return context.newPage();
}

/** Opens a room's page, listens, and tells it these states. */
export async function listenTold(page: Page, url: string, states: readonly object[]): Promise<void> {
  await page.goto(url);
  await page.locator('[data-ready] [data-part="listen"]:enabled').click();
  await tell(page, "/listen", [told.welcome(...states)]);
  await page.locator(".dock[data-on]").waitFor();
}

/** Opens the studio with a ticket that nobody asks about, as who has this role, and tells it these states. */
export async function studioTold(page: Page, url: string, role: string, me: string, states: readonly object[]): Promise<void> {
  await page.goto(`${url}/broadcast#ticket=a.b.c`);
  await tell(page, "/stage", [told.stageWelcome(role, me, ...states)]);
  await page.locator('[data-part="panel"] .card:visible').first().waitFor();
}

/** Says these texts on the page's socket, as soon as it is open. */
export async function tell(page: Page, path: string, texts: readonly object[]): Promise<void> {
  await until(page, `typeof testTell === "function" && testTell(${JSON.stringify(path)}, [])`);
  await page.evaluate(`testTell(${JSON.stringify(path)}, ${JSON.stringify(texts)})`);
}

/** Waits until an expression is true; Playwright's own way needs what the pages' policy for content forbids. */
export async function until(page: Page, expression: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if ((await page.evaluate(expression).catch(() => false)) === true) return;
    await page.waitForTimeout(50);
  }
  throw new Error(`never true: ${expression}`);
}

/** What the page has said on its socket, in order. */
export async function saidBy(page: Page, path: string): Promise<readonly { readonly type: string }[]> {
  const said: unknown = await page.evaluate(`testSaid(${JSON.stringify(path)})`);
  return said as readonly { readonly type: string }[];
}

function head(type: string, scope: string): object {
  return { type, for: scope, revision: 1, roomTime: 0 };
}
