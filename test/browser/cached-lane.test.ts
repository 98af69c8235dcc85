import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { chirpsIn, chirpWav, patternOf, withPauses } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { factsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";

const missing = missingChromium();

describe.skipIf(missing !== undefined)(`a room that has a place for one${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;
  let host: Page;
  let pageUrl: string;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1", INITIAL_LEAVES: "1", LISTENERS_PER_LEAF: "1", MAX_LISTENERS: "1" } });
    const wav = join(await temporaryFolder(), "chirps.wav");
    await writeFile(wav, withPauses(chirpWav(60)));
    browser = await launchChromium(wav);
    const made = await makeRoom(await person(browser, server.url), server.url, "Full");
    host = made.host;
    pageUrl = made.pageUrl;
    await goOnAir(host);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it("is heard by a second listener some seconds late, who is told so, and live when the first has left: every word, in order", async () => {
    const first = await listenTo(await person(browser, server.url), pageUrl);
    await factsUntil(first, ({ playing, lane }) => playing === true && lane === "live");
    const second = await listenTo(await person(browser, server.url), pageUrl);
    const began = Date.now();
    await factsUntil(second, ({ playing, lane }) => playing === true && lane === "cached");
    await second.getByText("You hear this a few seconds late: the room is very full.").waitFor();
    await second.waitForTimeout(8_000);
    const cached = await factsOf(second);
    console.log(`by segments: first sound after ${cached.firstSoundMs} ms, ${cached.stalls} stalls of ${cached.stalledMs} ms together`);
    expect(cached).toMatchObject({ holes: 0, phase: "live", lane: "cached" });
    await first.close();
    await factsUntil(second, ({ lane, state, playing }) => lane === "live" && state === "open" && playing === true, 40_000);
    await second.waitForTimeout(15_000);
    const live = await factsOf(second);
    console.log(`live again: ${live.stalls} stalls of ${live.stalledMs} ms together, ${live.behindMs} ms behind`);
    expect(live).toMatchObject({ holes: 0, lane: "live" });
    expect((live.stalledMs ?? 0) - (cached.stalledMs ?? 0)).toBeLessThan(4_000);
    await second.getByText(/You are listening live|You are hearing it a little later/).waitFor();
    const [mouth, ear] = [await fetchTape(host, "mouth"), await fetchTape(second, "ear")];
    const heard = patternOf(chirpsIn(ear.pcm));
    const spoken = patternOf(chirpsIn(mouth.pcm).filter(({ sample }) => mouth.wallOf(sample) > began - 8_000));
    console.log(`spoken ${spoken}\nheard  ${heard}`);
    expect(heard.length).toBeGreaterThan(15);
    expect(spoken).toContain(heard.slice(1, -1));
  });
});
