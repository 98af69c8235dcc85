import type { Browser, Page } from "playwright-core";
import type { EveningRow } from "../../src/core/evening.ts";
import { formatEvening } from "../../src/core/evening-report.ts";
import { fullEvening, listenTold, session, studioTold, tell, told, toldPage, until } from "./told-pages.ts";
import { CAPTIONS, type ToldRecording, tellRecording } from "./told-recording.ts";

/** A page in one of its states, as somebody meets it. */
export type Scene = { readonly name: string; readonly open: (browser: Browser, origin: string) => Promise<Page> };

/** The room of which scenes are told; `makeTold` makes it. */
export const TOLD_ROOM = "told";

/** Makes the room whose pages the scenes open. */
export async function makeTold(origin: string): Promise<void> {
  const body = JSON.stringify({ title: "Evening talk: how a forest listens", room: TOLD_ROOM });
  const made = await fetch(`${origin}/api/rooms`, { method: "POST", body });
  if (!made.ok) throw new Error(`the scenes' room was not made: ${made.status} ${await made.text()}`);
  const later = await fetch(`${origin}/api/rooms`, { method: "POST", body: JSON.stringify({ ...LATER, schedule: announced() }) });
  if (!later.ok) throw new Error(`the scenes' later room was not made: ${later.status} ${await later.text()}`);
}

/** A room whose doors open in eleven days and a bit. */
const LATER = { title: "A night walk: who sings when nobody looks", room: "told-later", listed: true };

function announced(): object {
  return {
    opensAt: new Date(Date.now() + 11 * 24 * 3_600_000 + 9_876_000).toISOString(),
    timeZone: "Asia/Kathmandu",
    minutes: 90,
    about: "We walk through the forest with a microphone and no lamp, and a biologist tells us who is calling whom.",
    speakers: ["Ada Aurelia", "Bo Birch", "Cyrus Cedar"],
    expect: 20_000,
  };
}

/** What two people said, one of them in a language that is written from right to left, and what one is just saying. */
const TOLD_CAPTIONS = [
  { id: "1", voice: 1, name: "Ada Aurelia", text: "Most of what a forest hears it hears through its roots.", from: 0, to: 0, final: true },
  {
    id: "2",
    voice: 1,
    name: "Ada Aurelia",
    text: "A sound in wet ground travels four times as fast as in the air,",
    from: 0,
    to: 0,
    final: true,
  },
  { id: "3", voice: 2, name: "نور", text: "وهل تسمع الأشجار بعضها بعضًا؟", from: 0, to: 0, final: true },
  { id: "4", voice: 1, name: "Ada Aurelia", text: "and it hears", from: 0, to: 0, final: false },
];

/** Twenty minutes of which a report tells: a crowd comes, and some of it goes. */
const EVENING: readonly EveningRow[] = Array.from({ length: 120 }, (_, row) => {
  const listeners = Math.round(9_000 * Math.sin((row / 120) * Math.PI) ** 0.5);
  const crowd = { listeners, hearing: Math.round(listeners * 0.97), peak: 9_000, unique: 80 * row, joins: 90 * row };
  const tree = { full: row === 40, leaves: 8 + (row >> 3), slow: row % 7, stride: row < 60 ? 1 : 2, delayP50Ms: 90, delayMaxMs: 240 };
  return { at: Date.UTC(2026, 10, 20, 19) + row * 10_000, ...crowd, ...tree, requests: 2 * row };
});

/** Every page and every state of a panel. */
export const SCENES: readonly Scene[] = [
  at("home", "/"),
  at("api", "/api#createRoom"),
  at("unknown-room", "/rooms/nobody-made-this"),
  at("listener", "/rooms/told"),
  at("listener-announced", "/rooms/told-later"),
  at("embed", "/embed/told"),
  {
    name: "embed-captions",
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await page.goto(`${origin}/embed/${TOLD_ROOM}`);
      await page.locator('[data-ready] [data-part="listen"]:enabled').click();
      await tell(page, "/listen", [told.welcome(...fullEvening())]);
      await page.getByRole("button", { name: "Captions" }).click();
      await tell(page, "/listen", [told.captions(TOLD_CAPTIONS)]);
      await page.getByText("and it hears").waitFor();
      return page;
    },
  },
  at("home-french", "/?lang=fr"),
  at("listener-french", `/rooms/${TOLD_ROOM}?lang=fr`),
  {
    name: "evening",
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await page.route("**/evening.csv", (route) => route.fulfill({ body: formatEvening(EVENING), contentType: "text/csv" }));
      await page.goto(`${origin}/rooms/${TOLD_ROOM}/evening#ticket=a.b.c`);
      await page.getByText("different browsers").first().waitFor();
      await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
      return page;
    },
  },
  at("continue-no-link", "/rooms/told/continue"),
  {
    name: "continue",
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      const body = JSON.stringify({ room: "told", title: "Told", phase: "live", listeners: 12_345, taken: false });
      await page.route("**/api/rooms/told/continue", (route) => route.fulfill({ body, contentType: "application/json" }));
      await page.goto(`${origin}/rooms/${TOLD_ROOM}/continue#ticket=a.b.c`);
      await page.getByRole("button", { name: "Take over the room" }).click();
      await page.getByRole("button", { name: "Leave it" }).waitFor();
      return page;
    },
  },
  at("studio-no-link", "/rooms/told/broadcast"),
  listening("room", (page) => page.locator(".speaker").first().waitFor()),
  listening("room-hand-up", async (page) => {
    await page.locator('[data-part="hand"]').click();
    await page.getByLabel("Your name").fill("Fern");
    await page.getByRole("button", { name: "That is me" }).click();
    await page.getByRole("button", { name: "Lower hand", pressed: true }).waitFor();
  }),
  listening("room-captions", async (page) => {
    await page.getByRole("button", { name: "Captions" }).click();
    await tell(page, "/listen", [told.captions(TOLD_CAPTIONS)]);
    await page.getByText("and it hears").waitFor();
  }),
  listening("room-captions-none", async (page) => {
    await page.getByRole("button", { name: "Captions" }).click();
    await page.getByText("Nobody's words are written down yet").waitFor();
  }),
  listening("room-name", (page) => page.locator('[data-part="hand"]').click()),
  listening("room-invited", async (page) => {
    await tell(page, "/listen", [told.you({ hand: "invited", ticket: "a.b.c" })]);
    await page.getByRole("dialog").waitFor();
  }),
  listening("room-on-stage", async (page) => {
    await tell(page, "/listen", [told.you({ hand: "invited", ticket: "a.b.c" })]);
    await page.getByLabel("I agree to be recorded").check();
    await page.getByRole("button", { name: "Accept and speak" }).click();
    await tell(page, "/stage", [told.stageWelcome("speaker", session(3), ...fullEvening())]);
    await page.getByRole("button", { name: "Step down" }).waitFor();
  }),
  listening("room-co-host", async (page) => {
    await tell(page, "/listen", [told.you({ hand: "invited", ticket: "a.b.c" })]);
    await page.getByLabel("I agree to be recorded").check();
    await page.getByRole("button", { name: "Accept and speak" }).click();
    await tell(page, "/stage", [told.stageWelcome("co-host", session(2), ...fullEvening(), told.room({ host: "gone" }))]);
    await page.getByRole("button", { name: "Take over" }).waitFor();
  }),
  listening("room-question", async (page) => {
    await page.evaluate('localStorage.setItem("canopy:name", "Fern")');
    await page.getByRole("button", { name: "Ask a question" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  listening("room-report", async (page) => {
    await page.getByRole("button", { name: "Report this room" }).click();
    await page.getByRole("dialog").waitFor();
  }),
  listening("room-removed", async (page) => {
    await page.evaluate('testClose("/listen", 4503)');
    await page.getByRole("heading", { name: "You were removed" }).waitFor();
  }),
  listening("room-private", async (page) => {
    await page.evaluate('testClose("/listen", 4504)');
    await page.getByRole("heading", { name: "This room is private" }).waitFor();
  }),
  listening("room-ended", async (page) => {
    await tell(page, "/listen", [told.room({ phase: "ended" })]);
    await page.getByText("Thank you for listening.", { exact: true }).waitFor();
  }),
  listening("share", async (page) => {
    await page.getByRole("button", { name: "Share" }).click();
    await until(page, 'document.querySelector("[data-part=share-code]").naturalWidth > 0');
  }),
  replay("replay", { minutes: 62, captions: CAPTIONS }, async (page) => {
    await page.locator('[data-part="play"]:enabled').waitFor();
    await page.getByRole("button", { name: "How far does a sound" }).click();
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
  }),
  replay("replay-none", { minutes: 1, status: () => 404 }, (page) => page.getByRole("heading", { name: "Nothing to listen" }).waitFor()),
  replay("replay-growing", { minutes: 3, over: { ended: false } }, async (page) => {
    await page.evaluate(`localStorage.setItem("canopy:told:replay", "61000 2026-11-20T19:00:00.000Z")`);
    await page.reload();
    await page.getByRole("button", { name: "Go on there" }).waitFor();
  }),
  studio("studio-host", "host", session(1), async () => undefined),
  studio("studio-host-open", "host", session(1), async (page) => {
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    await page.getByRole("button", { name: "More for Bo Birch" }).click();
    await tell(page, "/stage", [told.ticket("listener", "Juniper")]);
    await page.getByRole("button", { name: "Copy: Juniper" }).waitFor();
  }),
  studio("studio-remove", "host", session(1), async (page) => {
    await page.getByRole("button", { name: "More for Bo Birch" }).click();
    await page.getByRole("button", { name: "Remove …" }).first().click();
    await page.getByLabel("Keep this browser out").check();
    await page.getByLabel("same network").check();
  }),
  studio("studio-co-host", "co-host", session(2), async (page) => {
    await tell(page, "/stage", [told.room({ host: "gone" })]);
    await page.getByRole("button", { name: "Take over" }).waitFor();
  }),
  studio("studio-recording", "host", session(1), async (page) => {
    await tell(page, "/stage", [told.room({ recorded: true, recordable: true, kept: true, keepDays: 30 })]);
    await page.getByRole("button", { name: "Delete the recording …" }).click();
    await page.getByRole("button", { name: "Delete for good" }).waitFor();
  }),
  studio("studio-live-only", "host", session(1), async (page) => {
    await tell(page, "/stage", [told.room({ recordable: false })]);
    await page.getByText("Live only: this server keeps no recordings.").waitFor();
  }),
  studio("studio-announced", "host", session(1), async (page) => {
    const opensAt = Date.now() + 3_600_000;
    await tell(page, "/stage", [told.room({ phase: "quiet", opensAt }), told.schedule({ ...announced(), opensAt, changedAt: 1 })]);
    await page.getByRole("button", { name: "Open the doors now" }).waitFor();
    await page.getByText("Announce a time").click();
  }),
  studio("studio-speaker", "speaker", session(3), async () => undefined),
  studio("studio-standby", "speaker", session(3), async (page) => {
    await tell(page, "/stage", [
      told.stage([
        { voice: 1, session: session(1), name: "Ada Aurelia", role: "host", state: "away" },
        { voice: 3, session: session(3), name: "Cy", role: "speaker", state: "on-air", standby: true, steppedIn: true },
        { voice: 4, session: session(4), name: "Dee", role: "speaker", state: "on-air", standby: true },
      ]),
    ]);
    await page.getByText("standby, on air").waitFor();
  }),
  studio("studio-empty", "host", session(1), async (page) => {
    await tell(page, "/stage", [
      told.room({ phase: "quiet" }),
      told.stage([]),
      told.hands([]),
      told.questions([]),
      told.people({ mayTakeOver: [] }),
    ]);
    await page.getByText("No hand is up.").waitFor();
  }),
];

function at(name: string, path: string): Scene {
  return {
    name,
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await page.goto(`${origin}${path}`, { waitUntil: "networkidle" });
      return page;
    },
  };
}

function replay(name: string, recording: ToldRecording, then: (page: Page) => Promise<void>): Scene {
  return {
    name,
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await tellRecording(page, recording);
      await page.goto(`${origin}/rooms/${TOLD_ROOM}/replay`);
      await then(page);
      return page;
    },
  };
}

function listening(name: string, then: (page: Page) => Promise<void>): Scene {
  return {
    name,
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await listenTold(page, `${origin}/rooms/${TOLD_ROOM}`, fullEvening());
      await then(page);
      return page;
    },
  };
}

function studio(name: string, role: string, me: string, then: (page: Page) => Promise<void>): Scene {
  return {
    name,
    open: async (browser, origin) => {
      const page = await toldPage(browser, origin);
      await studioTold(page, `${origin}/rooms/${TOLD_ROOM}`, role, me, fullEvening());
      await then(page);
      return page;
    },
  };
}
