import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { fetchTape, type Tape } from "../support/chirp-tap.ts";
import { chirpWav, quantile, silences, slope } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { complaintsOf, factsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { hearings } from "../support/hearings.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

const SECONDS = Number(process.env["CANOPY_SECONDS"] ?? 12);
const missing = missingChromium();

describe.skipIf(missing !== undefined)(
  `a host who chirps once a second, and a listener${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    let server: RunningServer;
    let browser: Browser;

    beforeAll(async () => {
      server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
      const wav = join(await temporaryFolder(), "chirps.wav");
      await writeFile(wav, chirpWav(SECONDS + 30));
      browser = await launchChromium(wav);
    });

    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await removeFolders();
    });

    it("is heard, every chirp, in order, without a hole", async () => {
      const { host, pageUrl } = await makeRoom(await person(browser, server.url), server.url, "Chirps");
      await goOnAir(host);
      const hears = await person(browser, server.url);
      await hears.addInitScript({ content: ELEMENTS });
      const listener = await listenTo(hears, pageUrl);
      const complaints = complaintsOf(listener);
      await factsUntil(listener, ({ playing }) => playing === true);
      const before = await elementsOf(listener);
      await listener.waitForTimeout(SECONDS * 1_000);
      const after = await elementsOf(listener);
      const said = await factsOf(listener);
      const [ear, mouth] = [await fetchTape(listener, "ear"), await fetchTape(host, "mouth")];
      const heard = hearings(mouth, ear);
      const clear = heard.filter(({ delayMs }) => !Number.isNaN(delayMs));
      const delays = clear.map(({ delayMs }) => delayMs);
      const dropOuts = dropOutsOf(mouth, ear, quantile(delays, 0.5));
      console.log(
        [
          `${heard.length} chirps in ${SECONDS} s: mouth to ear p50 ${quantile(delays, 0.5).toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms`,
          `least ${Math.min(...delays).toFixed(0)} ms, most ${Math.max(...delays).toFixed(0)} ms`,
          `drift ${(60_000 * slope(clear.map(({ wallMs, delayMs }) => [wallMs, delayMs]))).toFixed(1)} ms a minute`,
          `likeness at least ${Math.min(...heard.map(({ alike }) => alike)).toFixed(2)}`,
          `first sound ${said.firstSoundMs} ms after the click`,
          `drop-outs ${dropOuts.length}${dropOuts.map(({ atMs, ms }) => ` [${ms.toFixed(0)} ms at ${atMs.toFixed(0)}]`).join("")}`,
          `stalls ${said.stalls}, splices ${said.splices}, buffer ${said.bufferMs} ms`,
        ].join("; "),
      );
      expect(said.holes).toBe(0);
      expect(complaints).toEqual([]);
      expect(heard.length).toBeGreaterThanOrEqual(SECONDS - 3);
      // A machine that is taken away for a while starves Chromium's own audio threads, and a chirp is garbled there, at either end. Sound that
      // the room lost is a hole, and that no machine excuses.
      expect(heard.length - clear.length).toBeLessThanOrEqual(1);
      expect(clear.every(({ up, heardUp }) => up === heardUp)).toBe(true);
      // What is heard goes out through an element, and a silent file beside it holds the media keys; both run.
      expect(after.map(({ paused, file }) => ({ paused, file }))).toEqual([
        { paused: false, file: true },
        { paused: false, file: false },
      ]);
      const live = (elements: readonly Playing[]) => elements.find(({ file }) => !file)?.currentTime ?? Number.NaN;
      expect(live(after) - live(before)).toBeGreaterThan(SECONDS / 2);
      expect(await listener.evaluate("navigator.mediaSession.playbackState")).toBe("playing");
      // A phone may stop the element and leave all else running: the page says so, and a touch is enough.
      await listener.evaluate("[...testElements].find(({ srcObject }) => srcObject !== null).pause()");
      await listener.getByText("Touch the page to let it through").waitFor();
      await listener.getByRole("heading", { level: 1 }).click();
      await listener.getByText("Touch the page to let it through").waitFor({ state: "hidden" });
      expect((await elementsOf(listener)).filter(({ paused }) => paused)).toEqual([]);
      await host.context().close();
      await listener.context().close();
    });

    it.runIf(LONG)("is heard by a listener and speaks to a room without WebCodecs, through WebAssembly", async () => {
      const [speaks, hears] = [await person(browser, server.url), await person(browser, server.url)];
      const without = "delete window.AudioEncoder; delete window.AudioDecoder;";
      for (const context of [speaks, hears]) await context.addInitScript({ content: without });
      const { host, pageUrl } = await makeRoom(speaks, server.url, "Chirps in WebAssembly");
      await goOnAir(host);
      const listener = await listenTo(hears, pageUrl);
      await factsUntil(listener, ({ playing }) => playing === true);
      await listener.waitForTimeout(6_000);
      expect(await listener.evaluate("typeof AudioDecoder + typeof AudioEncoder")).toBe("undefinedundefined");
      expect((await factsOf(listener)).holes).toBe(0);
      const heard = hearings(await fetchTape(host, "mouth"), await fetchTape(listener, "ear"));
      console.log(
        `through WebAssembly ${heard.length} chirps: p50 ${quantile(
          heard.map(({ delayMs }) => delayMs),
          0.5,
        ).toFixed(0)} ms`,
      );
      expect(heard.length).toBeGreaterThanOrEqual(4);
      expect(heard.every(({ up, heardUp }) => up === heardUp)).toBe(true);
      await speaks.close();
      await hears.close();
    });
  },
);

/** Runs before the page's own scripts, and remembers each element that was told to play. */
const ELEMENTS = `(() => {
  const elements = (window.testElements = new Set());
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    elements.add(this);
    return play.call(this);
  };
})()`;

/** An element that was told to play; `file` if it plays a file, and not live sound. */
type Playing = { readonly paused: boolean; readonly currentTime: number; readonly file: boolean };

async function elementsOf(page: Page): Promise<Playing[]> {
  return page.evaluate(
    "[...testElements].map(({ paused, currentTime, srcObject }) => ({ paused, currentTime, file: srcObject === null }))",
  );
}

/** A silence in the ear is a drop-out from this length on, in ms. The mouth's own are looked for more closely, since Opus widens them. */
const DROP_OUT_MS = 10;

/** Silences in the ear that were none in the mouth: what the way from one to the other lost. Talkspurts may end a little early. */
function dropOutsOf(mouth: Tape, ear: Tape, delayMs: number): { atMs: number; ms: number }[] {
  const quiet = silences(mouth.pcm, 4).map(({ from, to }) => ({ from: mouth.wallOf(from) - 150, to: mouth.wallOf(to) + 150 }));
  const firstSound = silences(ear.pcm, DROP_OUT_MS).find(({ from }) => from === 0)?.to ?? 0;
  const end = mouth.wallOf(mouth.pcm.length);
  return silences(ear.pcm, DROP_OUT_MS)
    .filter(({ from }) => from > firstSound)
    .map(({ from, to }) => ({ from: ear.wallOf(from) - delayMs, to: ear.wallOf(to) - delayMs, ms: (to - from) / 48, atMs: from / 48 }))
    .filter(({ from, to }) => to < end && !quiet.some((known) => known.from <= from && to <= known.to));
}
