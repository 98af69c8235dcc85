import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/cli/server/server.ts";
import { fetchTape } from "../support/chirp-tap.ts";
import { chirpWav, findChirps } from "../support/chirps.ts";
import { launchChromium, missingChromium, person } from "../support/chromium.ts";
import { complaintsOf, factsOf, factsUntil, goOnAir, listenTo, makeRoom } from "../support/chromium-rooms.ts";
import { removeFolders, serverForTest, temporaryFolder } from "../support/server.ts";
import { LONG } from "../support/tier.ts";

const missing = missingChromium();
/** Keeps what getUserMedia gave, and says no to it while `testNoMicrophone` is set. */
const STREAMS = `(() => {
  const media = navigator.mediaDevices;
  const get = media.getUserMedia.bind(media);
  window.testStreams = [];
  media.getUserMedia = async (wanted) => {
    if (window.testNoMicrophone || (window.testGone && wanted.audio.deviceId)) throw new DOMException("gone", window.testGone ? "OverconstrainedError" : "NotFoundError");
    const stream = await get(wanted);
    window.testStreams.push(stream);
    return stream;
  };
})();`;
/** A browser that joins streams only to contexts of the device's own rate, 44.1 kHz. */
const OTHER_RATE = `(() => {
  const Context = window.AudioContext;
  window.AudioContext = class extends Context {
    constructor(options = {}) { super({ ...options, sampleRate: options.sampleRate ?? 44100 }); }
  };
  const Source = window.MediaStreamAudioSourceNode;
  window.MediaStreamAudioSourceNode = class extends Source {
    constructor(context, options) {
      if (context.sampleRate !== 44100) throw new DOMException("different sample-rate", "NotSupportedError");
      super(context, options);
    }
  };
})();`;
/** Screen locks that are given, which a browser without a screen does not do, and kept. */
const LOCKS = `(() => {
  window.testLocks = [];
  WakeLock.prototype.request = async () => {
    const lock = { released: false, release: async () => { lock.released = true; } };
    window.testLocks.push(lock);
    return lock;
  };
})();`;
const BREAK_ENCODER = `(() => {
  const { encode } = AudioEncoder.prototype;
  window.testMend = () => { AudioEncoder.prototype.encode = encode; };
  AudioEncoder.prototype.encode = function () { this.close(); throw new DOMException("broken", "EncodingError"); };
})();`;
const LOSE_IT = 'window.testStreams.at(-1).getAudioTracks()[0].dispatchEvent(new Event("ended"))';

describe.skipIf(missing !== undefined)(`the host's studio${missing === undefined ? "" : ` (${missing})`}`, () => {
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await serverForTest({ vars: { OPEN_CREATE: "1" } });
    const wav = join(await temporaryFolder(), "chirps.wav");
    await writeFile(wav, chirpWav(60));
    browser = await launchChromium(wav);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
    await removeFolders();
  });

  it.runIf(LONG)("plays back what it recorded, and is ready again, also when the microphone changes meanwhile", async () => {
    const { host } = await makeRoom(await person(browser, server.url), server.url, "Sound check");
    const complaints = complaintsOf(host);
    await host.getByRole("button", { name: "Use the microphone" }).click();
    const check = host.getByRole("button", { name: "Record and hear yourself" });
    await check.click();
    await host.getByRole("button", { name: "Recording" }).waitFor();
    await host.getByRole("button", { name: "This is how you sound" }).waitFor();
    await check.waitFor();
    await check.click();
    await host.getByRole("button", { name: "This is how you sound" }).waitFor();
    await host.getByRole("checkbox", { name: "Noise" }).uncheck();
    await check.waitFor({ timeout: 2_000 });
    await check.click();
    await host.getByRole("button", { name: "Recording" }).waitFor();
    await host.getByRole("checkbox", { name: "Noise" }).check();
    await check.waitFor({ timeout: 2_000 });
    expect(complaints).toEqual([]);
    await host.context().close();
  });

  it("prepares the room for a crowd, and says when it is ready, also after a reload", async () => {
    const { host } = await makeRoom(await person(browser, server.url), server.url, "Full house");
    await host.getByText("A room grows by itself").waitFor();
    await host.getByRole("spinbutton", { name: "How many may come", exact: true }).fill("5000");
    await host.getByRole("button", { name: "Prepare the room" }).click();
    await host.getByText("Ready for 7,500 listeners").waitFor();
    await host.reload();
    await host.getByText("Ready for 7,500 listeners").waitFor();
    await host.context().close();
  });

  it("never says that everybody hears a host who has no microphone, and takes another one", async () => {
    const context = await person(browser, server.url);
    await context.addInitScript({ content: STREAMS });
    const { host } = await makeRoom(context, server.url, "Unplugged");
    await goOnAir(host);
    await host.getByLabel("Which one").selectOption({ index: 1 });
    await factsUntil(host, ({ microphone }) => microphone === "open");
    await host.waitForTimeout(2_500);
    await host.evaluate(`window.testGone = true; ${LOSE_IT}`);
    await host.getByText("The microphone went away. This one is in use now").waitFor();
    await host.getByText("Everybody in the room hears you").waitFor();
    await host.waitForTimeout(2_500);
    await host.evaluate(`window.testGone = false; window.testNoMicrophone = true; ${LOSE_IT}`);
    await host.getByText("You are on air without a microphone: nobody hears you").waitFor();
    await host.evaluate("window.testNoMicrophone = false");
    await host.getByRole("button", { name: "Use the microphone" }).click();
    await host.getByText("Everybody in the room hears you").waitFor();
    await context.close();
  });

  it("makes a new encoder after the old one broke", async () => {
    const { host } = await makeRoom(await person(browser, server.url), server.url, "Encoder");
    await goOnAir(host);
    await host.evaluate(BREAK_ENCODER);
    await host.getByText("Your browser stopped encoding your sound").waitFor();
    await host.evaluate("window.testMend()");
    await host.getByRole("button", { name: "Use the microphone" }).click();
    await host.getByText("Everybody in the room hears you").waitFor();
    await host.getByRole("button", { name: "Go off air" }).click();
    // A sound check ends only if sound comes out of the encoder.
    await host.getByRole("button", { name: "Record and hear yourself" }).click();
    await host.getByRole("button", { name: "This is how you sound" }).waitFor();
    await host.context().close();
  });

  it("is in reach on a phone, before all else and however far one has scrolled, and keeps its screen on", async () => {
    const context = await person(browser, server.url);
    await context.addInitScript({ content: LOCKS });
    const { host } = await makeRoom(context, server.url, "Phone");
    await host.setViewportSize({ width: 390, height: 664 });
    await host.getByRole("button", { name: "Use the microphone" }).click();
    const go = host.getByRole("button", { name: "Go on air" });
    const off = host.getByRole("button", { name: "Go off air" });
    expect(await topOf(host.locator("#status, [data-part=status]").first())).toBeLessThan(await topOf(go));
    expect(await topOf(go)).toBeLessThan(await topOf(host.getByRole("heading", { name: "Microphone" })));
    await go.click();
    await off.waitFor();
    await host.evaluate("scrollTo(0, document.body.scrollHeight)");
    await host.waitForTimeout(300);
    expect(await topOf(off)).toBeGreaterThanOrEqual(0);
    expect(await topOf(off)).toBeLessThan(600);
    await factsUntil(host, ({ onAir }) => onAir === true);
    expect(await host.evaluate("testLocks.map(({ released }) => released)")).toEqual([false]);
    await off.click();
    await factsUntil(host, ({ onAir }) => onAir === false);
    await host.waitForTimeout(300);
    expect(await host.evaluate("testLocks.map(({ released }) => released)")).toEqual([true]);
    await context.close();
  });

  it.runIf(LONG)("is heard from a device that cannot do 48 kHz", async () => {
    const context = await person(browser, server.url);
    await context.addInitScript({ content: OTHER_RATE });
    const { host, pageUrl } = await makeRoom(context, server.url, "44.1 kHz");
    await goOnAir(host);
    const listener = await listenTo(await person(browser, server.url), pageUrl);
    await factsUntil(listener, ({ playing }) => playing === true);
    await listener.waitForTimeout(5_000);
    expect((await factsOf(listener)).holes).toBe(0);
    // A chirp is recognised by its pitch, second by second.
    expect(findChirps((await fetchTape(listener, "ear")).pcm).length).toBeGreaterThanOrEqual(3);
    await listener.context().close();
    await context.close();
  });

  it("is worked by keyboard alone, and ends no room by Esc", async () => {
    const { host } = await makeRoom(await person(browser, server.url), server.url, "Keys");
    await host.getByRole("button", { name: "Use the microphone" }).press("Enter");
    await factsUntil(host, ({ state, microphone }) => state === "open" && microphone === "open");
    expect(await focused(host)).toBe("device");
    await host.getByRole("button", { name: "Go on air" }).press("Enter");
    await factsUntil(host, ({ onAir }) => onAir === true);
    expect(await focused(host)).toBe("go");
    await host.getByRole("button", { name: "Go off air" }).press("Enter");
    await factsUntil(host, ({ onAir }) => onAir === false);
    expect(await focused(host)).toBe("go");
    // As it stands after an “End it” that did not reach the room.
    await host.evaluate(`document.querySelector("dialog").returnValue = "end"`);
    await host.getByRole("button", { name: "End the room" }).press("Enter");
    await host.keyboard.press("Escape");
    await host.waitForTimeout(1_000);
    await factsUntil(host, ({ state, phase }) => state === "open" && phase !== "ended");
    await host.context().close();
  });
});

/** Where `what` begins in the window, in px. */
async function topOf(what: Locator): Promise<number> {
  await what.waitFor();
  return (await what.boundingBox())?.y ?? Number.NaN;
}

/** The `data-part` of what the keyboard is on. */
async function focused(page: Page): Promise<unknown> {
  await page.waitForTimeout(200);
  return await page.evaluate("document.activeElement?.dataset.part");
}
