import { describe, expect, it } from "vitest";
import { Evening } from "../../../support/recorded-evening.ts";

describe("captions", () => {
  it("are kept once they are final and said while it was on, each once", () => {
    const evening = new Evening();
    const line = (id: string, from: number, final = true) => ({
      id,
      voice: 1,
      name: "Ada",
      text: `said ${id}`,
      from,
      to: from + 900,
      final,
    });
    evening.says(20);
    evening.state("captions", { epoch: 1, lines: [line("a", 500)] });
    evening.turn(true);
    evening.says(25);
    evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 2_500, false)] });
    evening.says(20);
    evening.state("captions", { epoch: 1, lines: [line("b", 2_500), line("c", 4_000)] });
    evening.state("captions", { epoch: 1, lines: [line("b", 2_500), line("c", 4_000)] });
    evening.turn(false);
    evening.state("captions", { epoch: 1, lines: [line("d", 5_000)] });
    evening.ends();
    expect(evening.house.lines.map(({ id, fromMs, toMs }) => [id, fromMs, toMs])).toEqual([
      ["1.b", 2_500, 3_400],
      ["1.c", 4_000, 4_900],
    ]);
    expect(evening.house.node.kept?.recording.captioned).toBe(true);
  });
});

describe("captions of an epoch in which nothing was recorded", () => {
  it("are not kept where a later one is, though the newest text still has them", () => {
    const evening = new Evening();
    evening.says(45);
    const said = { id: "off", voice: 1, name: "Ada", text: "between us", from: 2_000, to: 2_900, final: true };
    evening.state("captions", { epoch: 1, lines: [said] });
    evening.anew();
    evening.turn(true);
    evening.says(45);
    evening.archiveDies();
    evening.comes();
    evening.says(45);
    evening.ends();
    expect(evening.house.lines).toEqual([]);
  });
});
