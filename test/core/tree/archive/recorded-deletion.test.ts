import { describe, expect, it } from "vitest";
import { keptIn } from "../../../support/archive-house.ts";
import { Evening } from "../../../support/recorded-evening.ts";

describe("deletion", () => {
  it("while the room is live deletes what was kept so far, leaves the cached lane its last seconds, and keeps what is said from then on", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    house.fails = true;
    evening.says(20);
    house.do(house.node.deleteKept(house.now));
    expect(house.node.kept).toBeUndefined();
    const before = evening.said.splice(0);
    expect(before).toHaveLength(65);
    expect(house.node.find({ epoch: 1, index: 1 }, house.now)?.leftMs).toBeLessThanOrEqual(15_000);
    house.fails = false;
    for (let second = 0; second < 20; second++) {
      evening.says(10);
      house.pass(1_000);
    }
    expect(house.node.find({ epoch: 1, index: 1 }, house.now)).toBeUndefined();
    evening.ends();
    expect(keptIn(house)).toEqual(evening.said);
  });

  it("after the room's end leaves nothing at all", () => {
    const evening = new Evening();
    evening.turn(true);
    evening.says(45);
    evening.ends();
    evening.house.do(evening.house.node.deleteKept(evening.house.now));
    expect(evening.house.erased).toBe(true);
    expect(evening.house.node.kept).toBeUndefined();
    expect(evening.house.node.find({ epoch: 1, index: 0 }, evening.house.now)).toBeUndefined();
    expect(evening.house.node.keptRuns).toEqual([]);
  });
});

describe("deletion while the archive is cut off", () => {
  it("covers what the room has said by then, though the archive hears of it afterwards, and nothing that is said later", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    evening.goes();
    evening.says(30);
    house.do(house.node.deleteKept(house.now, { after: { epoch: 1, sequence: evening.sequence }, atMs: evening.sequence * 100 }));
    evening.said.splice(0);
    evening.says(5);
    // Deletion outlives the archive's object.
    evening.archiveDies();
    evening.comes();
    evening.says(20);
    evening.ends();
    expect(evening.said).toHaveLength(25);
    expect(keptIn(house)).toEqual(evening.said);
  });
});

describe("deletion while storage is away", () => {
  it("finds what is only in memory, and none of it comes when storage is back", () => {
    for (const chunks of [5, 200]) {
      const evening = new Evening();
      const { house } = evening;
      house.fails = true;
      evening.turn(true);
      evening.says(chunks);
      expect(house.node.kept).toBeUndefined();
      expect(house.node.keepsAny).toBe(true);
      house.do(house.node.deleteKept(house.now));
      expect(house.node.keepsAny).toBe(false);
      evening.said.splice(0);
      house.fails = false;
      for (let second = 0; second < 10; second++) {
        evening.says(10);
        house.pass(1_000);
      }
      evening.ends();
      expect(keptIn(house)).toEqual(evening.said);
    }
  });

  it("of a room that is over leaves nothing, and a second one finds nothing and does nothing", () => {
    const evening = new Evening();
    const { house } = evening;
    house.fails = true;
    evening.turn(true);
    evening.says(100);
    evening.ends();
    expect([house.node.kept, house.node.keepsAny]).toEqual([undefined, true]);
    house.do(house.node.deleteKept(house.now));
    expect([house.erased, house.node.keepsAny]).toEqual([true, false]);
    house.fails = false;
    house.pass(10_000);
    expect(house.node.kept).toBeUndefined();
    expect(house.node.deleteKept(house.now)).toEqual([]);
  });
});

describe("what was deleted", () => {
  const line = (id: string, from: number, final = true) => ({ id, voice: 1, name: "Ada", text: `said ${id}`, from, to: from + 900, final });

  it("does not come back with a later life of the archive, neither its sound nor its captions", () => {
    const evening = new Evening();
    const { house } = evening;
    evening.turn(true);
    evening.says(45);
    evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 4_400, false), line("ahead", 4_700)] });
    house.do(house.node.deleteKept(house.now));
    house.lines.splice(0);
    evening.said.splice(0);
    for (let lives = 0; lives < 2; lives++) {
      evening.archiveDies();
      evening.comes();
      evening.says(10);
      evening.state("captions", { epoch: 1, lines: [line("a", 500), line("b", 4_400), line("ahead", 4_700), line("late", 3_000)] });
      house.pass(1_000);
    }
    evening.state("captions", { epoch: 1, lines: [line("ahead", 4_700), line("new", 5_200)] });
    evening.says(20);
    evening.ends();
    expect(house.lines.map(({ id }) => id)).toEqual(["1.new"]);
    expect(keptIn(house)).toEqual(evening.said);
  });
});
