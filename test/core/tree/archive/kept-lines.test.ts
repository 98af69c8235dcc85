import { describe, expect, it } from "vitest";
import { NOTHING_DELETED } from "../../../../src/core/tree/archive/keeping.ts";
import { Lines, lineNames } from "../../../../src/core/tree/archive/kept-lines.ts";

const SWITCHED = [{ on: true, after: { epoch: 1, sequence: 10 }, atMs: 5_000 }];
const line = (id: string, from: number, over: object = {}) => ({
  id,
  voice: 1,
  name: "Ada",
  text: `line ${id}`,
  from,
  to: from + 900,
  final: true,
  ...over,
});
const told = (epoch: number, ...lines: readonly object[]) =>
  JSON.stringify({ type: "captions", for: "all", revision: 1, roomTime: 9_000, epoch, lines });

describe("the captions of a recording", () => {
  it("are final lines, each once, with when they were said", () => {
    const lines = new Lines();
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000, { final: false })), SWITCHED, NOTHING_DELETED)).toEqual([
      { id: "1.1", epoch: 1, voice: 1, text: "line 1", fromMs: 6_000, toMs: 6_900 },
    ]);
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000)), SWITCHED, NOTHING_DELETED)).toMatchObject([{ id: "1.2" }]);
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000)), SWITCHED, NOTHING_DELETED)).toEqual([]);
  });

  it("are none that began while nothing was recorded", () => {
    expect(new Lines().take(told(1, line("1", 4_999)), SWITCHED, NOTHING_DELETED)).toEqual([]);
  });

  it("are none of an epoch before the one in which it was switched on, nor any while it is off", () => {
    const later = [{ on: true, after: { epoch: 2, sequence: 10 }, atMs: 500 }];
    expect(new Lines().take(told(1, line("1", 6_000)), later, NOTHING_DELETED)).toEqual([]);
    // A root that begins anew says so of all behind the last chunk of the epoch before.
    const anew = [{ on: true, after: { epoch: 1, sequence: 0xffff_ffff }, atMs: 0 }];
    expect(new Lines().take(told(1, line("1", 6_000)), anew, NOTHING_DELETED)).toEqual([]);
    expect(new Lines().take(told(1, line("1", 6_000)), [], NOTHING_DELETED)).toEqual([]);
    const off = [...SWITCHED, { on: false, after: { epoch: 1, sequence: 90 }, atMs: 9_000 }];
    expect(new Lines().take(told(1, line("1", 6_000)), off, NOTHING_DELETED)).toEqual([]);
  });

  it("are told apart though the room began anew, and counts its lines anew", () => {
    const lines = new Lines();
    lines.take(told(1, line("1", 6_000)), SWITCHED, NOTHING_DELETED);
    expect(lines.take(told(2, line("1", 100)), SWITCHED, NOTHING_DELETED)).toMatchObject([{ id: "2.1", epoch: 2, fromMs: 100 }]);
  });

  it("are gone once they are deleted, also those that the next text repeats or ends", () => {
    const lines = new Lines();
    const newest = told(1, line("1", 6_000), line("2", 9_500, { final: false }));
    lines.take(newest, SWITCHED, NOTHING_DELETED);
    lines.forget();
    const deleted = { after: { epoch: 1, sequence: 90 }, atMs: 9_000, lines: lineNames(newest) };
    const next = told(1, line("1", 6_000), line("2", 9_500), line("late", 8_000), line("3", 9_600));
    expect(lines.take(next, SWITCHED, deleted)).toMatchObject([{ id: "1.3" }]);
    expect(new Lines().take(next, SWITCHED, deleted)).toMatchObject([{ id: "1.3" }]);
  });

  it("are none of a text that is no captions", () => {
    for (const text of ["", "[]", "{}", '{"lines":3}', told(1, { id: 3 }, { ...line("1", -1) }, { ...line("2", 6_000), text: 7 })])
      expect(new Lines().take(text, SWITCHED, NOTHING_DELETED)).toEqual([]);
  });
});
