import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RoomClock } from "../../../../src/browser/captions/room-clock.ts";
import { SpokenLines } from "../../../../src/browser/captions/spoken-lines.ts";
import { MAX_CAPTION, readable } from "../../../../src/core/text.ts";

describe("the lines of a speaker", () => {
  it("begin with the voice, grow under one name, and end with the voice", () => {
    const lines = new SpokenLines("x");
    expect(lines.understood({ finals: [], interim: "how a" }, { from: 5_000, to: 5_600 }, 5_600)).toEqual([
      { id: "x-1", text: "how a", final: false, from: 5_000, to: 5_600 },
    ]);
    expect(lines.understood({ finals: ["How a forest listens."], interim: "" }, { from: 5_000, to: 6_500 }, 7_400)).toEqual([
      { id: "x-1", text: "How a forest listens.", final: true, from: 5_000, to: 6_500 },
    ]);
  });

  it("follow each other where the voice makes no pause", () => {
    const lines = new SpokenLines("x");
    lines.understood({ finals: ["One."], interim: "" }, { from: 1_000, to: 3_000 }, 3_000);
    const [next] = lines.understood({ finals: ["Two."], interim: "" }, { from: 1_000, to: 5_000 }, 5_000);
    expect(next).toMatchObject({ id: "x-2", from: 4_200, to: 5_000 });
  });

  it("are not told more often than anybody reads, but at once when they are certain", () => {
    const lines = new SpokenLines("x");
    expect(lines.understood({ finals: [], interim: "a" }, undefined, 1_000)).toHaveLength(1);
    expect(lines.understood({ finals: [], interim: "a b" }, undefined, 1_100)).toHaveLength(0);
    expect(lines.understood({ finals: [], interim: "a b c" }, undefined, 1_500)).toHaveLength(1);
    expect(lines.understood({ finals: ["a b c d"], interim: "e" }, undefined, 1_600)).toMatchObject([
      { text: "a b c d", final: true },
      { text: "e", final: false },
    ]);
    expect(lines.end(undefined, 1_700)).toMatchObject([{ text: "e", final: true }]);
    expect(lines.end(undefined, 1_800)).toEqual([]);
  });

  it("are what the room takes, whatever was understood, and lose no word of what is certain", () => {
    const text = fc.oneof(fc.string({ maxLength: 1_000, unit: "binary" }), fc.lorem({ maxCount: 200 }), fc.string({ maxLength: 900 }));
    fc.assert(
      fc.property(fc.array(fc.record({ finals: fc.array(text, { maxLength: 2 }), interim: text }), { maxLength: 10 }), (said) => {
        const lines = new SpokenLines("x");
        let now = 0;
        for (const one of said) {
          now += 500;
          const told = lines.understood(one, undefined, now);
          for (const { text, from, to } of told) {
            expect(readable(text, MAX_CAPTION)).toBe(text);
            expect(from <= to && to <= now).toBe(true);
          }
          const ids = told.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
        }
      }),
    );
    const long = Array.from({ length: 200 }, (_, index) => `word${index}`).join(" ");
    const told = new SpokenLines("x").understood({ finals: [long], interim: "" }, { from: 0, to: 60_000 }, 61_000);
    expect(told.map((line) => line.text).join(" ")).toBe(long);
    expect(told.at(-1)?.to).toBe(60_000);
  });
});

describe("the room's clock, as a speaker knows it", () => {
  it("counts from when a ping was sent: what is said then arrives with it", () => {
    const clock = new RoomClock();
    clock.sent(1, 1_000);
    expect(clock.at(1_000)).toBeUndefined();
    clock.answered(1, 61_000);
    expect(clock.at(3_000)).toBe(63_000);
  });

  it("knows nothing before the room has a timeline, and after the line was lost", () => {
    const clock = new RoomClock();
    clock.sent(1, 1_000);
    clock.answered(1, 0);
    expect(clock.at(2_000)).toBeUndefined();
    clock.sent(2, 2_000);
    clock.answered(2, 9_000);
    clock.forget();
    expect(clock.at(2_000)).toBeUndefined();
  });
});
