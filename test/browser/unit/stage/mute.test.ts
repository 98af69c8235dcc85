import { describe, expect, it } from "vitest";
import { MuteRule } from "../../../../src/browser/stage/mute.ts";

const [muted, open, locked] = [true, false, true];

describe("whose mute stands", () => {
  it("is a host's, once one's own click has reached the room", () => {
    const rule = new MuteRule();
    rule.clicked(10_000);
    expect(rule.isByOther(muted, open, 11_000)).toBe(false);
    expect(rule.isByOther(muted, open, 12_001)).toBe(true);
  });

  it("is one's own, whatever the room says of an open microphone", () => {
    expect(new MuteRule().isByOther(open, muted, 60_000)).toBe(false);
  });

  it("is the room's after a line was lost, unless it was clicked meanwhile", () => {
    const rule = new MuteRule();
    rule.clicked(10_000);
    rule.lost(20_000);
    expect(rule.onReturn(muted, !locked, open, true)).toBe(muted);
    rule.clicked(21_000);
    expect(rule.onReturn(muted, !locked, open, true)).toBe(open);
  });

  it("is one's own from before a reload, for who goes on where he was", () => {
    expect(new MuteRule().onReturn(open, !locked, muted, true)).toBe(muted);
    expect(new MuteRule().onReturn(open, !locked, muted, false)).toBe(open);
  });

  it("is never lifted by a click where who runs the room holds it", () => {
    const rule = new MuteRule();
    rule.clicked(10_000);
    expect(rule.onReturn(open, locked, open, true)).toBe(muted);
  });
});
