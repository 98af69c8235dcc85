import { describe, expect, it } from "vitest";
import { Lines } from "../../../src/core/tree/kept-lines.ts";

const SWITCHED = { on: true, after: { epoch: 1, sequence: 10 }, atMs: 5_000 };
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
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000, { final: false })), SWITCHED)).toEqual([
      { id: "1.1", epoch: 1, voice: 1, text: "line 1", fromMs: 6_000, toMs: 6_900 },
    ]);
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000)), SWITCHED)).toMatchObject([{ id: "1.2" }]);
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000)), SWITCHED)).toEqual([]);
  });

  it("are none that began while nothing was recorded", () => {
    expect(new Lines().take(told(1, line("1", 4_999)), SWITCHED)).toEqual([]);
  });

  it("are told apart though the room began anew, and counts its lines anew", () => {
    const lines = new Lines();
    lines.take(told(1, line("1", 6_000)), SWITCHED);
    expect(lines.take(told(2, line("1", 100)), SWITCHED)).toMatchObject([{ id: "2.1", epoch: 2, fromMs: 100 }]);
  });

  it("are gone once they are deleted, also those that the next text repeats or ends", () => {
    const lines = new Lines();
    lines.take(told(1, line("1", 6_000), line("2", 7_000, { final: false })), SWITCHED);
    lines.forget();
    expect(lines.take(told(1, line("1", 6_000), line("2", 7_000), line("3", 9_000)), SWITCHED)).toMatchObject([{ id: "1.3" }]);
  });

  it("are none of a text that is no captions", () => {
    for (const text of ["", "[]", "{}", '{"lines":3}', told(1, { id: 3 }, { ...line("1", -1) }, { ...line("2", 6_000), text: 7 })])
      expect(new Lines().take(text, SWITCHED)).toEqual([]);
  });
});
