import { describe, expect, it } from "vitest";
import { sayLine, sayStudio, sayWarning } from "../../../../src/browser/stage/say-studio.ts";
import { newStudio, type Studio } from "../../../../src/browser/stage/studio.ts";

describe("a host on air", () => {
  it("is told that everybody hears him only if that is so", () => {
    expect(sayStudio(onAir())).toContain("Everybody in the room hears you");
    for (const news of [
      { muted: true, mutedInRoom: true },
      { mutedInRoom: true },
      { microphone: "fault" },
      { microphone: "opening" },
      { link: "waiting" },
    ] satisfies Partial<Studio>[])
      expect(sayStudio(onAir(news))).not.toContain("Everybody");
  });

  it("is warned of what is gravest", () => {
    const warned = onAir({ lossy: true, silent: true, notice: "Another microphone" });
    expect(sayWarning({ ...warned, fault: "No microphone" })).toBe("No microphone");
    expect(sayWarning(warned)).toContain("too slow");
    expect(sayWarning({ ...warned, lossy: false })).toContain("microphone is silent");
    expect(sayWarning({ ...warned, lossy: false, silent: false })).toBe("Another microphone");
  });

  it("reads how good the line is", () => {
    expect(sayLine(40, 0)).toBe("Connection good · 40 ms there and back");
    expect(sayLine(4_000, 0)).toContain("weak");
    expect(sayLine(undefined, 0)).toBeUndefined();
  });
});

describe("a host whose audience a stand-in has taken over", () => {
  it("is told so, and that nobody hears him, whether it happens before his eyes or he comes back", () => {
    for (const says of ["Another room has taken this audience over", "Its host has another link"])
      expect(sayStudio(onAir({ end: { code: 4502, says } }))).toMatch(/rescue link.*Nobody hears you here/);
  });
});

function onAir(news: Partial<Studio> = {}): Studio {
  return { ...newStudio({ onAir: true, muted: false }), link: "open", onAir: true, microphone: "open", ...news };
}
