import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HeardHash } from "../../src/browser/replay/heard-hash.ts";
import { createRoom, parseServer } from "../../src/cli/api.ts";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { readOpusFile } from "../../src/cli/sound/ogg.ts";
import { chunksIn } from "../../src/core/audio/chunk.ts";
import { SAMPLE_RATE_HZ } from "../../src/core/audio/format.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { lengthen } from "../support/long-recording.ts";
import { makeTold, TOLD_ROOM } from "../support/scenes.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";
import { command, killCommands, TALK } from "../support/server-commands.ts";
import { decodeOpusFile, likeness } from "../support/sound.ts";
import { LONG } from "../support/tier.ts";
import { toldPage } from "../support/told-pages.ts";
import { type ToldRecording, tellRecording } from "../support/told-recording.ts";

/** How long the evening is spoken, in s. */
const SECONDS = 5;
const missing = missingChromium();

/** What a replay's page says of itself. */
type ReplayFacts = {
  readonly state?: string;
  readonly playing?: boolean;
  readonly positionMs?: number;
  readonly durationMs?: number;
  readonly toSoundMs?: number;
  readonly stalls?: number;
  readonly finished?: boolean;
  readonly chunks?: number;
  readonly hash?: string;
};

describe.skipIf(missing !== undefined)(`a room that was recorded${missing === undefined ? "" : ` (${missing})`}`, () => {
  let directory: string;
  let server: RunningServer;
  let browser: Browser;
  let sent: { readonly chunks: number; readonly hash: string };

  beforeAll(async () => {
    directory = await temporaryFolder();
    server = await serverForTest({ directory });
    browser = await launchChromium();
    sent = await evening(server, "evening");
  });

  afterAll(async () => {
    await killCommands();
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("is played again chunk for chunk as it was sent, from one click, to its end", async () => {
    const page = await open(browser, server, "evening");
    await page.getByRole("combobox", { name: "Speed" }).selectOption("2");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const { toSoundMs } = await until(page, ({ toSoundMs }) => toSoundMs !== undefined);
    console.log(`from the click to the sound ${toSoundMs} ms`);
    const { chunks, hash, stalls } = await until(page, ({ finished }) => finished === true);
    expect({ chunks, hash, stalls }).toEqual({ ...sent, stalls: 0 });
    await page.getByText("That was all.").waitFor();
    await page.context().close();
  });

  it.runIf(LONG)("sounds as it was spoken", async () => {
    const page = await open(browser, server, "evening");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await until(page, ({ finished }) => finished === true);
    const { pcm } = await fetchTape(page, "ear");
    const loud = pcm.subarray(pcm.findIndex((sample) => Math.abs(sample) > 0.001));
    const found = likeness(loud.subarray(0, (SECONDS - 1) * SAMPLE_RATE_HZ), await decodeOpusFile(TALK));
    console.log(`likeness ${found.overall.toFixed(4)} over all, ${Math.min(...found.windows).toFixed(4)} in the worst half second`);
    expect(found.overall).toBeGreaterThan(0.95);
    expect(Math.min(...found.windows)).toBeGreaterThan(0.9);
    await page.context().close();
  });

  it.runIf(LONG)("opens as fast after an hour as after a minute, and a seek sounds at once", async () => {
    await evening(server, "minute");
    await evening(server, "hour");
    await server.stop();
    const { frames } = await readOpusFile(TALK);
    await lengthen(directory, "minute", 1, frames);
    const added = await lengthen(directory, "hour", 60, frames);
    server = await serverForTest({ directory });
    const opened: Record<string, number[]> = { minute: [], hour: [] };
    for (let round = 0; round < 5; round++) {
      for (const room of ["minute", "hour"]) {
        const page = await open(browser, server, room);
        const { ready = 0 } = (await page.evaluate("({ ready: window.testReadyMs })")) as { ready?: number };
        opened[room]?.push(ready);
        await page.context().close();
      }
    }
    const [minute, hour] = [median(opened["minute"]), median(opened["hour"])];
    console.log(`ready to play after ${minute} ms (a minute), ${hour} ms (an hour); medians of five`);
    expect(hour).toBeLessThan(2 * minute + 200);

    const page = await open(browser, server, "hour");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const { durationMs = 0 } = await until(page, ({ toSoundMs }) => toSoundMs !== undefined);
    const seeks: number[] = [];
    for (let seek = 1; seek <= 20; seek++) {
      await seekTo(page, Math.round((durationMs * ((seek * 7) % 20)) / 20 / 1_000) + 3);
      seeks.push((await until(page, ({ toSoundMs }) => toSoundMs !== undefined)).toSoundMs ?? Number.NaN);
    }
    seeks.sort((one, other) => one - other);
    console.log(`from a seek to the sound, twenty times: ${seeks.join(" ")} ms`);
    expect(seeks.at(-1)).toBeLessThan(1_500);
    // To the end: what is played there is what stands there.
    await page.getByRole("combobox", { name: "Speed" }).selectOption("2");
    await seekTo(page, Math.floor(durationMs / 1_000) - 12);
    const { hash, chunks = 0 } = await until(page, ({ finished }) => finished === true);
    const last = added.flatMap((segment) => [...chunksIn(segment)].map(({ at, end }) => segment.subarray(at, end))).slice(-chunks);
    expect(hash).toBe(hashOf(last).hash);
    await page.context().close();
  });

  it.runIf(LONG)("is gone from a page that plays it when it is deleted, and the page says so", async () => {
    const made = await createRoom(parseServer(server.url), { title: "Gone", room: "gone" });
    await speak(server, "gone", made.hostTicket);
    const page = await open(browser, server, "gone");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await until(page, ({ toSoundMs }) => toSoundMs !== undefined);
    const headers = { authorization: `Bearer ${made.hostTicket}` };
    expect((await fetch(`${server.url}/api/rooms/gone/recording`, { method: "DELETE", headers })).status).toBe(204);
    await page.getByRole("heading", { name: "This recording was deleted" }).waitFor({ timeout: 60_000 });
    await page.reload();
    await page.getByRole("heading", { name: "Nothing to listen to again" }).waitFor();
    await page.context().close();
  });
});

describe.skipIf(missing !== undefined || !LONG)("a replay's page that is told what there is", () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest();
    browser = await launchChromium();
    await makeTold(server.url);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  /** Opens the page of this recording at that address. */
  async function toldReplay(recording: ToldRecording, query = ""): Promise<{ readonly page: Page; readonly asked: readonly number[] }> {
    const page = await toldPage(browser, server.url);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
    const asked = await tellRecording(page, recording);
    await page.goto(`${server.url}/rooms/${TOLD_ROOM}/replay${query}`);
    return { page, asked };
  }

  it("begins at the moment that its address names, asks for one segment there and little more, and is worked by keyboard", async () => {
    const { page, asked } = await toldReplay({ minutes: 62 }, "?t=31m5s");
    await until(page, ({ chunks = 0 }) => chunks > 0);
    expect(asked[0]).toBe((31 * 60 + 4) / 2);
    await page.waitForTimeout(1_000);
    expect(asked.length).toBeLessThan(6);
    const bar = page.getByRole("slider", { name: "Where in the recording" });
    expect(await bar.getAttribute("aria-valuetext")).toBe("31 minutes 5 seconds of 1 hour 2 minutes");
    await page.keyboard.press("Space");
    await until(page, ({ toSoundMs }) => toSoundMs !== undefined);
    await page.keyboard.press("Space");
    await until(page, ({ playing }) => playing === false);
    await bar.focus();
    await page.keyboard.press("Home");
    for (const key of ["l", "ArrowRight", "ArrowUp", "J", "ArrowLeft"]) await page.keyboard.press(key);
    // What is said of it is drawn with the next frame.
    await expect.poll(() => bar.getAttribute("aria-valuetext")).toBe("5 seconds of 1 hour 2 minutes");
    await page.keyboard.press(".");
    await page.keyboard.press(".");
    await page.keyboard.press(",");
    expect(await page.getByRole("combobox", { name: "Speed" }).inputValue()).toBe("1.25");
    await page.keyboard.press("End");
    expect((await until(page, () => true)).positionMs).toBeGreaterThan(62 * 60_000 - 10);
    await page.getByRole("button", { name: /^Bo Birch/ }).click();
    await page.getByRole("button", { name: "Copy link to this moment" }).click();
    await page.getByText("Copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`${server.url}/rooms/${TOLD_ROOM}/replay?t=40s`);
    await page.context().close();
  });

  it("says where sound was lost, and goes on behind it", async () => {
    const runs = [
      { epoch: 1, first: 0, last: 1 },
      { epoch: 1, first: 10, last: 29 },
    ];
    const gaps = [{ from: { epoch: 1, sequence: 40 }, to: { epoch: 1, sequence: 201 } }];
    const { page } = await toldReplay({ minutes: 1, over: { runs, gaps, durationMs: 44_000 } });
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.getByText("Sound was lost here: 16 seconds.").waitFor();
    const { stalls, positionMs = 0 } = await until(page, ({ positionMs = 0 }) => positionMs > 4_500);
    expect(stalls).toBe(0);
    expect(positionMs).toBeLessThan(9_000);
    await page.context().close();
  });

  it("says that the sound does not come, and plays it as soon as it does", async () => {
    let isDown = true;
    const { page } = await toldReplay({ minutes: 2, instead: () => (isDown ? 0 : undefined) });
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await page.getByText("It is being tried again").waitFor();
    isDown = false;
    await until(page, ({ toSoundMs }) => toSoundMs !== undefined);
    await page.context().close();
  });

  it("says what is private, and offers to go on where one stopped", async () => {
    const locked = await toldReplay({ minutes: 2, status: () => 401 });
    await locked.page.getByRole("heading", { name: "This recording is private" }).waitFor();
    await locked.page.context().close();
    const { page } = await toldReplay({ minutes: 2 }, "?t=30");
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await until(page, ({ positionMs = 0 }) => positionMs > 31_000);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.goto(`${server.url}/rooms/${TOLD_ROOM}/replay`);
    await page.getByText(/You stopped at 3\d seconds/).waitFor();
    await page.getByRole("button", { name: "Go on there" }).click();
    await until(page, ({ playing, positionMs = 0 }) => playing === true && positionMs > 31_000);
    await page.context().close();
  });
});

/** An evening of some seconds, recorded; what was sent in it. */
async function evening(server: RunningServer, room: string): Promise<{ readonly chunks: number; readonly hash: string }> {
  const { hostTicket } = await createRoom(parseServer(server.url), { title: "Evening talk", room });
  const heard: Uint8Array[] = [];
  const ear = new WebSocket(`${server.url.replace("http", "ws")}/rooms/${room}/listen`);
  ear.binaryType = "arraybuffer";
  ear.onmessage = ({ data }: MessageEvent<unknown>) => data instanceof ArrayBuffer && heard.push(new Uint8Array(data));
  await new Promise((opened) => ear.addEventListener("open", opened));
  await speak(server, room, hostTicket);
  ear.close();
  return hashOf(heard.flatMap((message) => [...chunksIn(message)].map(({ at, end }) => message.subarray(at, end))));
}

/** Speaks in a room, recorded, until it is over. */
async function speak(server: RunningServer, room: string, hostTicket: string): Promise<void> {
  const ask = async (verb: string, body: object) => {
    const headers = { authorization: `Bearer ${hostTicket}` };
    const answer = await fetch(`${server.url}/api/rooms/${room}/${verb}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${verb}: ${answer.status} ${await answer.text()}`);
  };
  await ask("record", { on: true });
  const speaking = command("broadcast", "--url", server.url, "--room", room, "--ticket", hostTicket, "--file", TALK);
  await speaking.prints("On air");
  await new Promise((wake) => setTimeout(wake, SECONDS * 1_000));
  speaking.child.kill("SIGINT");
  await speaking.ended;
  await ask("end", {});
}

function hashOf(chunks: readonly Uint8Array[]): { readonly chunks: number; readonly hash: string } {
  const heard = new HeardHash();
  for (const chunk of chunks) heard.add(chunk);
  return { chunks: heard.chunks, hash: heard.hash };
}

/** Opens a room's replay, and waits until it can be played; how long that took stands in `window.testReadyMs`. */
async function open(browser: Browser, server: RunningServer, room: string): Promise<Page> {
  const context = await person(browser, server.url);
  await context.addInitScript(`addEventListener("DOMContentLoaded", () => {
    const look = () => document.querySelector('[data-part="play"]')?.disabled === false ? (window.testReadyMs = Math.round(performance.now())) : setTimeout(look, 5);
    look();
  });`);
  const page = await context.newPage();
  await page.goto(`${server.url}/rooms/${room}/replay`);
  await until(page, ({ state, chunks = 0 }) => state === "ready" && chunks > 0);
  return page;
}

async function seekTo(page: Page, seconds: number): Promise<void> {
  await page.evaluate(`(() => {
    const bar = document.querySelector('[data-part="seek"]');
    bar.value = ${seconds};
    bar.dispatchEvent(new Event("change"));
  })()`);
  // The page's facts follow with its next frame; those of the place before are not what is asked for.
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
}

/** Waits until the page says what is wanted. @throws with what it said last */
async function until(page: Page, wanted: (facts: ReplayFacts) => boolean, withinMs = 30_000): Promise<ReplayFacts> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const facts = (await page.evaluate("window.canopy ?? {}").catch(() => ({}))) as ReplayFacts;
    if (wanted(facts)) return facts;
    if (Date.now() > deadline) throw new Error(`the page says after ${withinMs} ms: ${JSON.stringify(facts)}`);
    await page.waitForTimeout(50);
  }
}

function median(of: readonly number[] = []): number {
  return of.toSorted((one, other) => one - other)[of.length >> 1] ?? Number.NaN;
}
