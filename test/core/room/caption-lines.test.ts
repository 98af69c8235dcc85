import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CaptionLine, CaptionLines, LINE_QUIET_MS, MOST_LINES, TELL_MS } from "../../../src/core/room/caption-lines.ts";
import { session } from "./people.ts";

const ADA = { session: session("ada-aurelia"), voice: 1, name: "Ada" };
const BO = { session: session("bo-birch-1"), voice: 2, name: "Bo" };

const line = (id: string, text: string, final = false) => ({ id, text, final });

/** What is told, with when. */
type Told = { readonly at: number; readonly lines: readonly CaptionLine[] };

/** Tells whatever falls due until nothing does any more, or until a moment. */
function tellUntil(captions: CaptionLines, until: number, told: Told[], from: number): void {
  for (let at = from; ; ) {
    const lines = captions.tell(at);
    if (lines !== undefined) told.push({ at, lines });
    const due = captions.dueAt;
    if (due === undefined || due > until) return;
    at = Math.max(at + 1, due);
  }
}

describe("a line of captions", () => {
  it("is told as it grows, and once more when it is final", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "How a"), true, 5_000, 0);
    expect(captions.tell(0)).toEqual([{ id: "1", voice: 1, name: "Ada", text: "How a", from: 5_000, to: 5_000, final: false }]);
    captions.say(ADA, { ...line("a", "How a forest listens.", true), to: 5_900 }, true, 6_000, 1_000);
    expect(captions.tell(1_000)).toEqual([
      { id: "1", voice: 1, name: "Ada", text: "How a forest listens.", from: 5_000, to: 5_900, final: true },
    ]);
    expect(captions.dueAt).toBeUndefined();
  });

  it("waits until the last telling is a third of a second old", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "One"), true, 0, 0);
    captions.tell(0);
    captions.say(ADA, line("a", "One two"), true, 100, 100);
    expect(captions.tell(100)).toBeUndefined();
    expect(captions.dueAt).toBe(TELL_MS);
    expect(captions.tell(TELL_MS)?.map(({ text }) => text)).toEqual(["One two"]);
  });

  it("is final once nothing was heard of it for five seconds", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "And then"), true, 0, 0);
    captions.tell(0);
    expect(captions.dueAt).toBe(LINE_QUIET_MS);
    expect(captions.tell(LINE_QUIET_MS)).toMatchObject([{ text: "And then", final: true }]);
    expect(captions.say(ADA, line("a", "And then?", true), true, 6_000, 6_000)).toBe("caption-final");
  });

  it("ends when its speaker begins the next, and not when somebody else does", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "One"), true, 0, 0);
    captions.say(BO, line("a", "Yes"), true, 0, 0);
    captions.say(ADA, line("b", "Two"), true, 0, 0);
    expect(captions.tell(0)?.map(({ id, final }) => `${id} ${final}`)).toEqual(["1 true", "2 false", "3 false"]);
  });

  it("stands beside those that were told last, so that who comes now reads what was just said", () => {
    const captions = new CaptionLines();
    for (const [index, id] of ["a", "b", "c", "d", "e"].entries()) {
      captions.say(ADA, line(id, id, true), true, index * 1_000, index * 1_000);
      captions.tell(index * 1_000);
    }
    captions.say(BO, line("f", "f"), true, 9_000, 9_000);
    expect(captions.tell(9_000)?.map(({ text }) => text)).toEqual(["c", "d", "e", "f"]);
  });

  it("was said no later than now, and not before it is forgotten", () => {
    const captions = new CaptionLines();
    captions.say(ADA, { ...line("a", "Ahead", true), from: 9e9, to: 9e9 }, true, 100_000, 0);
    captions.say(ADA, { ...line("b", "Behind", true), from: -5, to: -9 }, true, 100_000, 0);
    captions.say(ADA, { ...line("c", "Backwards", true), from: 99_000, to: 98_000 }, true, 100_000, 0);
    expect(captions.tell(0)?.map(({ from, to }) => [from, to])).toEqual([
      [100_000, 100_000],
      [40_000, 40_000],
      [99_000, 99_000],
    ]);
  });

  it("of who is not heard is only brought to its end", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "As I sai"), true, 0, 0);
    expect(captions.say(ADA, line("a", "As I said.", true), false, 100, 100)).toBeUndefined();
    expect(captions.say(ADA, line("b", "And more"), false, 200, 200)).toBe("caption-off-air");
  });

  it("may be said to its end twice, as a program does that got no answer", () => {
    const captions = new CaptionLines();
    captions.say(ADA, line("a", "Once.", true), true, 0, 0);
    captions.tell(0);
    expect(captions.say(ADA, line("a", "Once.", true), true, 500, 500)).toBeUndefined();
    expect(captions.say(ADA, line("a", "Twice.", true), true, 500, 500)).toBe("caption-final");
    expect(captions.dueAt).toBeUndefined();
  });

  it("is refused to who says more than a recognizer does, and to nobody else", () => {
    const captions = new CaptionLines();
    const refusals = Array.from({ length: 30 }, (_, index) => captions.say(ADA, line("a", `${index}`), true, 0, index));
    expect(refusals.filter((refused) => refused === "caption-too-often")).toHaveLength(10);
    expect(captions.say(BO, line("a", "Me too"), true, 0, 30)).toBeUndefined();
    expect(captions.say(ADA, line("a", "Later"), true, 0, 4_000)).toBeUndefined();
  });
});

describe("whatever many speakers say", () => {
  const saying = fc.record({
    afterMs: fc.constantFrom(0, 1, 20, 100, 400, 2_000),
    who: fc.nat({ max: 12 }),
    id: fc.constantFrom("a", "b", "c"),
    final: fc.boolean(),
    mayBegin: fc.boolean(),
  });

  it("three tellings a second are the most, of four lines each, in the order in which they were begun, and every line is told once it is final, as it was said last", () => {
    fc.assert(
      fc.property(fc.array(saying, { maxLength: 200, size: "max" }), (sayings) => {
        const captions = new CaptionLines();
        const told: Told[] = [];
        const open = new Map<number, { id: string; text: string; at: number }>();
        const ended: string[] = [];
        let now = 0;
        for (const [index, { afterMs, who, id, final, mayBegin }] of sayings.entries()) {
          tellUntil(captions, now + afterMs, told, now);
          now += afterMs;
          const of = { session: session(`person-${who}`), voice: who, name: "Name" };
          const text = `saying ${index}`;
          if (captions.say(of, { id, text, final }, mayBegin, now, now) !== undefined) continue;
          const before = open.get(who);
          if (before !== undefined && (before.id !== id || now - before.at >= LINE_QUIET_MS)) ended.push(before.text);
          open.delete(who);
          if (final) ended.push(text);
          else open.set(who, { id, text, at: now });
        }
        tellUntil(captions, Number.POSITIVE_INFINITY, told, now);
        const finals = new Map<string, string>();
        let toldAt = Number.NEGATIVE_INFINITY;
        for (const { at, lines } of told) {
          const numbers = lines.map(({ id }) => Number(id));
          const isKept = lines.every(({ id, final, text }) => !finals.has(id) || (final && finals.get(id) === text));
          for (const { id, final, text } of lines) if (final) finals.set(id, text);
          const isOrdered = numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
          expect([at - toldAt >= TELL_MS, lines.length <= MOST_LINES, isOrdered, isKept]).toEqual([true, true, true, true]);
          toldAt = at;
        }
        expect([...finals.values()].sort()).toEqual([...ended, ...[...open.values()].map(({ text }) => text)].sort());
        expect(captions.dueAt).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});
