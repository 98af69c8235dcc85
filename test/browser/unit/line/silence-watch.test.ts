import { describe, expect, it } from "vitest";
import { SilenceWatch } from "../../../../src/browser/line/silence-watch.ts";

const [VOICE, ROOM, SUPPRESSED, NOTHING] = [25, 62, 80, 127];

describe("a host's microphone", () => {
  it("is called silent after ten seconds in which nothing ever came from it", () => {
    const watch = aWatch();
    expect(watch.silent(NOTHING, false, 9_000)).toBe(false);
    expect(watch.silent(NOTHING, false, 10_000)).toBe(true);
  });

  it("may pause for long once it gave a voice, noise suppressed to nothing", () => {
    const watch = aWatch();
    watch.silent(VOICE, true, 1_000);
    expect(watch.silent(SUPPRESSED, false, 20_000)).toBe(false);
    expect(watch.silent(SUPPRESSED, false, 31_000)).toBe(true);
  });

  it("is called silent if only the room's noise ever came from it", () => {
    const watch = aWatch();
    for (let now = 0; now < 30_000; now += 1_000) expect(watch.silent(ROOM, false, now)).toBe(false);
    expect(watch.silent(ROOM, false, 30_000)).toBe(true);
  });

  it("is silent no more as soon as a voice comes", () => {
    const watch = aWatch();
    expect(watch.silent(NOTHING, false, 15_000)).toBe(true);
    expect(watch.silent(VOICE, true, 15_020)).toBe(false);
  });
});

function aWatch(): SilenceWatch {
  const watch = new SilenceWatch();
  watch.begin(0);
  return watch;
}
