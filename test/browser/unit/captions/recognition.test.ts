import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Recognition } from "../../../../src/browser/captions/recognition.ts";
import type { OnDevice, Recognizer, RecognizerClass } from "../../../../src/browser/captions/recognizer.ts";
import type { Understood } from "../../../../src/browser/captions/spoken-lines.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Availability = "unavailable" | "downloadable" | "downloading" | "available";

/** A browser whose recognizer says what a test says; each session that was begun is kept. */
function aBrowser(settings: { onDevice?: Availability; installs?: boolean } = {}) {
  const sessions: (Recognizer & { running: boolean })[] = [];
  class Fake implements Recognizer {
    continuous = false;
    interimResults = false;
    maxAlternatives = 9;
    lang = "";
    processLocally?: boolean;
    onresult: Recognizer["onresult"] = null;
    onerror: Recognizer["onerror"] = null;
    onend: Recognizer["onend"] = null;
    running = false;
    start() {
      this.running = true;
      sessions.push(this);
    }
    stop() {
      this.running = false;
    }
    abort() {
      this.running = false;
    }
  }
  const { onDevice, installs } = settings;
  const make: RecognizerClass = Object.assign(Fake, {
    ...(onDevice === undefined ? {} : { available: (_: OnDevice) => Promise.resolve(onDevice) }),
    ...(installs === undefined ? {} : { install: (_: OnDevice) => Promise.resolve(installs) }),
  });
  return { make, sessions };
}

function aRecognition(make: RecognizerClass | undefined) {
  const understood: Understood[] = [];
  const phases: string[] = [];
  let ended = 0;
  const recognition: Recognition = new Recognition(make, {
    understood: (said) => void understood.push(said),
    ended: () => void ended++,
    changed: () => phases.push(`${recognition.state.phase} ${recognition.state.where ?? "-"}`),
  });
  return { recognition, understood, phases, ended: () => ended };
}

/** Results as the browser tells them: a list that grows, of which the certain ones come first. */
function results(...said: readonly (readonly [text: string, isFinal: boolean])[]): SpeechRecognitionEvent {
  const list = said.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal }));
  return { results: list } as unknown as SpeechRecognitionEvent;
}

describe("a speaker's recognizer", () => {
  it("works on the device where the device can, and asks nobody for it", async () => {
    const { make, sessions } = aBrowser({ onDevice: "available" });
    const { recognition, phases } = aRecognition(make);
    await recognition.enable("fr-FR", false);
    recognition.listen(undefined);
    expect(phases).toEqual(["checking -", "ready device", "listening device"]);
    expect(sessions[0]).toMatchObject({ processLocally: true, lang: "fr-FR", continuous: true, interimResults: true, maxAlternatives: 1 });
  });

  it("has the device fetch the language first, where that is needed", async () => {
    const { make } = aBrowser({ onDevice: "downloadable", installs: true });
    const { recognition, phases } = aRecognition(make);
    await recognition.enable("de-DE", false);
    expect(phases).toEqual(["checking -", "installing device", "ready device"]);
  });

  it.each([
    ["the device cannot", { onDevice: "unavailable" as const }],
    ["the language could not be fetched", { onDevice: "downloadable" as const, installs: false }],
    ["the browser knows only its service", {}],
  ])("sends nothing to the browser's service before that was accepted, where %s", async (_, browser) => {
    const { make, sessions } = aBrowser(browser);
    const { recognition } = aRecognition(make);
    await recognition.enable("fr-FR", false);
    recognition.listen(undefined);
    expect(recognition.state).toEqual({ phase: "consent", where: "service", why: undefined });
    expect(sessions).toEqual([]);
    recognition.accept();
    expect(recognition.state.phase).toBe("listening");
    expect(sessions[0]?.processLocally).toBeUndefined();
  });

  it("falls back to the service, and asks first, where the device says in the middle that it cannot", async () => {
    const { make, sessions } = aBrowser({ onDevice: "available" });
    const { recognition } = aRecognition(make);
    await recognition.enable("fr-FR", false);
    recognition.listen(undefined);
    sessions[0]?.onerror?.({ error: "language-not-supported" });
    expect(recognition.state.phase).toBe("consent");
    expect(sessions[0]?.running).toBe(false);
  });

  it("says what is certain once, and what is not as it changes", async () => {
    const { make, sessions } = aBrowser({ onDevice: "available" });
    const { recognition, understood } = aRecognition(make);
    await recognition.enable("en-GB", false);
    recognition.listen(undefined);
    const [session] = sessions;
    session?.onresult?.(results(["how a", false], ["forest", false]));
    session?.onresult?.(results(["how a forest listens", true], ["and", false]));
    session?.onresult?.(results(["how a forest listens", true], ["and why", true]));
    expect(understood).toEqual([
      { finals: [], interim: "how a forest" },
      { finals: ["how a forest listens"], interim: "and" },
      { finals: ["and why"], interim: "" },
    ]);
  });

  it("goes on where the browser ends its session, ever more slowly where it ends at once, and not after it was told to rest", async () => {
    const { make, sessions } = aBrowser({ onDevice: "available" });
    const { recognition, ended } = aRecognition(make);
    await recognition.enable("en-GB", false);
    recognition.listen(undefined);
    vi.advanceTimersByTime(60_000);
    sessions[0]?.onend?.();
    expect(ended()).toBe(1);
    vi.advanceTimersByTime(250);
    expect(sessions).toHaveLength(2);
    for (const waitMs of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
      const before = sessions.length;
      sessions.at(-1)?.onend?.();
      vi.advanceTimersByTime(waitMs - 1);
      expect(sessions).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(sessions).toHaveLength(before + 1);
    }
    recognition.rest();
    sessions.at(-1)?.onend?.();
    const before = sessions.length;
    vi.advanceTimersByTime(60_000);
    expect(sessions).toHaveLength(before);
    expect(recognition.state.phase).toBe("ready");
  });

  it("still understands what was said before it was told to rest", async () => {
    const { make, sessions } = aBrowser({ onDevice: "available" });
    const { recognition, understood } = aRecognition(make);
    await recognition.enable("en-GB", false);
    recognition.listen(undefined);
    recognition.rest();
    expect(sessions[0]?.running).toBe(false);
    sessions[0]?.onresult?.(results(["the last word", true]));
    expect(understood).toHaveLength(1);
  });

  it.each([
    ["not-allowed", "fault", "not-allowed"],
    ["language-not-supported", "fault", "language-not-supported"],
    ["network", "listening", "network"],
    ["no-speech", "listening", "no-speech"],
    ["aborted", "listening", undefined],
  ] as const)("tells of %s", async (error, phase, why) => {
    const { make, sessions } = aBrowser();
    const { recognition } = aRecognition(make);
    await recognition.enable("en-GB", true);
    recognition.listen(undefined);
    sessions[0]?.onerror?.({ error });
    expect(recognition.state).toMatchObject({ phase, why });
  });

  it("says so where there is none", async () => {
    const { recognition } = aRecognition(undefined);
    await recognition.enable("en-GB", false);
    expect(recognition.state).toEqual({ phase: "fault", where: undefined, why: "unsupported" });
  });

  it("hears nobody any more once it is switched off, whatever it was waiting for", async () => {
    const { make, sessions } = aBrowser({ onDevice: "downloadable", installs: true });
    const { recognition } = aRecognition(make);
    const enabled = recognition.enable("en-GB", false);
    recognition.listen(undefined);
    recognition.disable();
    await enabled;
    vi.advanceTimersByTime(60_000);
    expect(recognition.state.phase).toBe("off");
    expect(sessions).toEqual([]);
  });
});
