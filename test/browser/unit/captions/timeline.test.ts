import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CaptionTimeline, newestTold } from "../../../../src/browser/captions/timeline.ts";
import type { CaptionLine, CaptionsState } from "../../../../src/core/wire/messages.ts";

const at = (roomTimeMs: number, epoch = 1) => ({ epoch, roomTimeMs });

function line(id: string, from: number, over: Partial<CaptionLine> = {}): CaptionLine {
  return { id, voice: 1, name: "Ada", text: id, from, to: from + 500, final: true, ...over };
}

let revision = 0;
function state(lines: readonly CaptionLine[], epoch = 1): CaptionsState {
  return { type: "captions", for: "all", revision: ++revision, roomTime: 0, epoch, lines };
}

const textsOf = (lines: readonly { readonly text: string }[]) => lines.map(({ text }) => text);

describe("captions under a player", () => {
  it("are shown when the sound comes to them, and what is certain once", () => {
    const timeline = new CaptionTimeline();
    timeline.told(state([line("now", 10_000), line("later", 14_000)]));
    expect(textsOf(timeline.show(at(10_000)).finals)).toEqual(["now"]);
    expect(textsOf(timeline.show(at(13_999)).finals)).toEqual([]);
    expect(textsOf(timeline.show(at(14_000)).finals)).toEqual(["later"]);
    timeline.told(state([line("later", 14_000)]));
    expect(textsOf(timeline.show(at(14_500)).finals)).toEqual([]);
  });

  it("change while they are being said, and end in the log", () => {
    const timeline = new CaptionTimeline();
    timeline.told(state([line("a", 0, { text: "how a", final: false })]));
    expect(timeline.show(at(100))).toMatchObject({ finals: [], speaking: [{ text: "how a" }] });
    timeline.told(state([line("a", 0, { text: "how a forest" })]));
    expect(timeline.show(at(200))).toMatchObject({ finals: [{ text: "how a forest" }], speaking: [] });
  });

  it("of before one came are not shown, neither of this epoch nor of one before", () => {
    const timeline = new CaptionTimeline();
    timeline.told(state([line("old", 10_000), line("just", 58_000)], 2));
    expect(textsOf(timeline.show(at(60_000, 2)).finals)).toEqual(["just"]);
    const other = new CaptionTimeline();
    other.told(state([line("last life", 10_000)], 1));
    expect(textsOf(other.show(at(100, 2)).finals)).toEqual([]);
  });

  it("of an epoch that one heard to its end are shown with it, though the room began anew", () => {
    const timeline = new CaptionTimeline();
    timeline.show(at(59_000, 1));
    timeline.told(state([line("last words", 60_000)], 1));
    timeline.told(state([line("first words", 500)], 2));
    expect(textsOf(timeline.show(at(100, 2)).finals)).toEqual(["last words"]);
    expect(textsOf(timeline.show(at(600, 2)).finals)).toEqual(["first words"]);
  });

  it("never show a line twice, nor before its time, however they are told", () => {
    const told = fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 12 }), final: fc.boolean(), stepMs: fc.constantFrom(0, 40, 300, 2_000) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(told, (steps) => {
        const timeline = new CaptionTimeline();
        const finals: string[] = [];
        let now = 0;
        for (const { id, final, stepMs } of steps) {
          now += stepMs;
          timeline.told(state([line(`${id}`, id * 1_000, { final })]));
          const shown = timeline.show(at(now));
          finals.push(...textsOf(shown.finals));
          for (const text of textsOf([...shown.finals, ...shown.speaking])) expect(Number(text) * 1_000).toBeLessThanOrEqual(now);
        }
        expect(new Set(finals).size).toBe(finals.length);
      }),
    );
  });

  it("are read as they are told where no sound comes out", () => {
    const captions = { ...state([line("a", 5_000)]), roomTime: 6_000 };
    expect(newestTold({ room: undefined, audience: undefined, captions })).toEqual(at(6_000));
    expect(newestTold({ room: undefined, audience: undefined, captions: undefined })).toBeUndefined();
  });
});
