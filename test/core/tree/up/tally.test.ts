import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { Census } from "../../../../src/core/tree/up/census.ts";
import { NOTHING, Tally } from "../../../../src/core/tree/up/tally.ts";
import { formatTally, mergeTotals, parseTally, type TallyReport, type Totals } from "../../../../src/core/tree/up/totals.ts";
import { aPlan, aTally, leaf } from "../../../support/build.ts";

const FAN_OUT = 3;
const SEATS = 10;
const plan = aPlan({ leaves: 9, fanOut: FAN_OUT, leafListeners: SEATS });
const fromNought = () => 0;

/** Figures of leaf `index`, alone. */
function ofLeaf(index: number, listeners: number, joins: number, isFull: boolean): Totals {
  const weur = { listeners, hearing: listeners, joins, from: index, fullBelow: isFull ? index + 1 : index };
  return { ...NOTHING, listeners, hearing: listeners, ready: 1, stride: index, regions: { weur } };
}

const someTotals: fc.Arbitrary<Totals> = fc
  .tuple(fc.nat(8), fc.nat(SEATS), fc.nat(50), fc.boolean())
  .map(([index, listeners, joins, isFull]) => ofLeaf(index, listeners, joins, isFull));

/** Every leaf speaks for itself once. */
function fromOf(totals: Totals): number | undefined {
  return totals.regions.weur?.from;
}

describe("totals", () => {
  it("merge to the same in any order, and in any groups", () => {
    fc.assert(
      fc.property(fc.uniqueArray(someTotals, { maxLength: 12, selector: fromOf }), fc.nat(12), fc.nat(), (all, cut, turn) => {
        const flat = mergeTotals(all, fromNought);
        const turned = all.map((_, index) => all[(index + turn) % all.length] ?? NOTHING);
        expect(mergeTotals(turned, fromNought)).toEqual(flat);
        const sorted = all.toSorted((a, b) => (a.regions.weur?.from ?? 0) - (b.regions.weur?.from ?? 0));
        const [low, high] = [sorted.slice(0, cut), sorted.slice(cut)];
        const start = high[0]?.regions.weur?.from ?? 0;
        const groups = [mergeTotals(low, fromNought), mergeTotals(high, () => start)];
        expect(mergeTotals(groups, fromNought)).toEqual(flat);
        expect(mergeTotals([...all, NOTHING], fromNought)).toEqual(flat);
      }),
    );
  });

  it("tell how far leaves are full without a gap: one that nobody speaks for is not full", () => {
    const full = [0, 1, 3].map((index) => ofLeaf(index, SEATS, 0, true));
    expect(mergeTotals(full, fromNought).regions.weur?.fullBelow).toBe(2);
    expect(mergeTotals([...full, ofLeaf(2, SEATS, 0, true)], fromNought).regions.weur?.fullBelow).toBe(4);
    expect(mergeTotals([ofLeaf(0, SEATS, 0, false), ...full.slice(1)], fromNought).regions.weur?.fullBelow).toBe(0);
    expect(mergeTotals(full, () => 3).regions.weur).toMatchObject({ from: 3, fullBelow: 4 });
  });

  it("pass over one leaf in sixteen that died among full ones, and no more", () => {
    const fullBut = (...open: number[]) => Array.from({ length: 40 }, (_, index) => ofLeaf(index, SEATS, 0, !open.includes(index)));
    const below = (...open: number[]) => mergeTotals(fullBut(...open), fromNought).regions.weur?.fullBelow;
    expect(below(3)).toBe(40);
    expect(below(3, 20)).toBe(40);
    expect(below(3, 20, 25)).toBe(20);
    expect(below(3, 4, 5)).toBe(3);
    expect(mergeTotals(fullBut(3).slice(0, 15), fromNought).regions.weur?.fullBelow).toBe(3);
  });

  it("say nothing of what lies before the open window", () => {
    const all = [ofLeaf(0, 0, 0, false), ofLeaf(4, SEATS, 0, true), ofLeaf(5, SEATS, 0, true)];
    expect(mergeTotals(all, () => 4).regions.weur).toMatchObject({ listeners: 2 * SEATS, from: 4, fullBelow: 6 });
  });

  it("survive their trip through text, and nothing that is none does", () => {
    const report = aTally(7, ofLeaf(3, 4, 5, true));
    expect(parseTally(formatTally(report))).toEqual(report);
    const wrongs = [
      { listeners: -1 },
      { regions: { mars: report.regions.weur } },
      { regions: { weur: { listeners: 1 } } },
      { ready: "1" },
      { hearing: -1 },
      { life: 0.5 },
      { reactions: { clap: "9" } },
      { reactions: { boo: 1 } },
      { unique: "~" },
      { asks: [{}] },
      { asks: "x".repeat(70_000) },
    ];
    for (const wrong of wrongs)
      expect(parseTally(JSON.stringify({ type: "tally", ...report, ...wrong })), JSON.stringify(wrong)).toBeUndefined();
  });
});

describe("a tally", () => {
  it("forgets what a child counted with it, but not the joins that it told of", () => {
    const tally = new Tally<string>();
    tally.record("a", aTally(1, ofLeaf(0, 4, 9, false)));
    tally.forget("a");
    expect(tally.totals(NOTHING, fromNought)).toMatchObject({ listeners: 0, ready: 0, regions: { weur: { joins: 9 } } });
  });

  it("counts on where a child slept and counts from nought", () => {
    const tally = new Tally<string>();
    tally.record("a", aTally(1, ofLeaf(0, 4, 9, false)));
    tally.record("a", aTally(5, ofLeaf(0, 6, 2, false)));
    expect(tally.totals(NOTHING, fromNought).regions.weur?.joins).toBe(11);
  });

  it("counts a child that is silent for half a minute of sound no more, until it speaks again", () => {
    const tally = new Tally<string>();
    tally.record("a", aTally(1, { listeners: 40 }));
    tally.record("b", aTally(1, { listeners: 2 }));
    for (let second = 0; second < 3_600; second++) tally.second(false);
    expect(tally.listeners).toBe(42);
    for (let second = 1; second <= 29; second++) expect(tally.second(true)).toEqual([]);
    tally.record("b", aTally(2, { listeners: 2 }));
    expect(tally.second(true)).toEqual(["a"]);
    expect(tally.listeners).toBe(2);
    expect(tally.record("a", aTally(2, { listeners: 41 }))).toBe(true);
    expect(tally.listeners).toBe(43);
  });
});

describe("a child that was silent before the room fell quiet", () => {
  it("has time for a report when sound flows again, and not a whole half minute", () => {
    const tally = new Tally<string>();
    tally.record("a", aTally(1, { listeners: 40 }));
    for (let second = 0; second < 29; second++) tally.second(true);
    for (let second = 0; second < 3_600; second++) tally.second(false);
    const gone = Array.from({ length: 30 }, () => tally.second(true).length);
    expect(gone.indexOf(1)).toBe(11);
  });
});

describe("a leaf's census", () => {
  const own = (listeners: number) => ({ listeners, hearing: 0, slow: 0, stride: 1, lateMs: 0 });
  const fullBelow = (census: Census<string>, listeners: number) => census.report(plan, own(listeners)).regions.weur?.fullBelow;

  it("calls a leaf full from eight tenths on, and open again below seven", () => {
    const census = new Census<string>(leaf(2), 0);
    expect([7, 8, 9, 8, 7, 6, 7, 8].map((listeners) => fullBelow(census, listeners))).toEqual([2, 3, 3, 3, 3, 2, 2, 3]);
  });

  it("owes a report after every change, after a new link, and every ten seconds while sound flows", () => {
    const census = new Census<string>(leaf(2), 0);
    const owes = () => census.owes(3);
    const seen = [owes()];
    census.report(plan, own(3));
    seen.push(owes());
    census.want("apac", 1, true, localTime(0));
    seen.push(owes());
    census.report(plan, own(3));
    for (let second = 0; second < 9; second++) census.second(true);
    seen.push(owes());
    census.second(true);
    seen.push(owes());
    census.report(plan, own(3));
    for (let second = 0; second < 60; second++) census.second(false);
    seen.push(owes());
    census.linked();
    seen.push(owes(), census.owes(4));
    expect(seen).toEqual([true, false, true, false, true, false, true, true]);
  });

  it("tells a late parent only of those who knocked just now: all at once they would look like a storm", () => {
    const census = new Census<string>(leaf(2), 0);
    for (let second = 0; second < 60; second++) census.want("weur", 10, false, localTime(second * 600));
    census.linked();
    expect(census.report(plan, own(1)).regions.weur?.joins).toBe(20);
    census.want("weur", 5, true, localTime(60_000));
    expect(census.report(plan, own(1)).regions.weur?.joins).toBe(25);
  });

  it("tells a new parent no join that it told the old one", () => {
    const census = new Census<string>(leaf(2), 0);
    census.want("apac", 5, true, localTime(0));
    expect(census.report(plan, own(1)).regions).toMatchObject({ apac: { joins: 5, listeners: 0 }, weur: { joins: 0, listeners: 1 } });
    census.want("apac", 2, true, localTime(0));
    census.linked();
    expect(census.report(plan, own(1)).regions.apac?.joins).toBe(2);
    census.want("apac", 1, true, localTime(0));
    expect(census.report(plan, own(1)).regions.apac?.joins).toBe(3);
  });
});

type Turn =
  | { do: "join"; leaf: number }
  | { do: "leave"; leaf: number }
  | { do: "report"; leaf: number; fate: "comes" | "lost" | "twice" | "late" }
  | { do: "relay"; relay: number; fate: "comes" | "lost" | "twice" | "late" }
  | { do: "relink"; leaf: number };

const fate = fc.constantFrom("comes", "lost", "twice", "late");
const turn: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(8).map<Turn>((index) => ({ do: "join", leaf: index })) },
  { weight: 2, arbitrary: fc.nat(8).map<Turn>((index) => ({ do: "leave", leaf: index })) },
  { weight: 4, arbitrary: fc.tuple(fc.nat(8), fate).map<Turn>(([index, how]) => ({ do: "report", leaf: index, fate: how })) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(2), fate).map<Turn>(([relay, how]) => ({ do: "relay", relay, fate: how })) },
  { weight: 1, arbitrary: fc.nat(8).map<Turn>((index) => ({ do: "relink", leaf: index })) },
);

/** Half of them hear. */
function hearingOf(listeners: number): number {
  return Math.floor(listeners / 2);
}

/** A line between two nodes that loses, doubles and delays; what comes late comes after the next one. */
class Line {
  #late: TallyReport[] = [];

  carry(report: TallyReport, how: "comes" | "lost" | "twice" | "late", to: (report: TallyReport) => void): void {
    if (how === "late") return void this.#late.push(report);
    if (how !== "lost") to(report);
    if (how === "twice") to(report);
    for (const late of this.#late.splice(0)) to(late);
  }
}

it("counts converge to the truth, whatever was lost, doubled or late on the way, as soon as everybody has reported once more", () => {
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 150 }), (turns) => {
      const leaves = Array.from({ length: 9 }, (_, index) => ({
        census: new Census<string>(leaf(index), 0),
        listeners: 0,
        link: `leaf ${index}`,
        line: new Line(),
      }));
      const relays = Array.from({ length: 3 }, (_, index) => ({
        census: new Census<string>({ ...leaf(index), level: 1 }, 0),
        line: new Line(),
      }));
      const root = new Tally<string>();
      let [joins, links] = [0, 0];
      const report = (index: number, how: "comes" | "lost" | "twice" | "late") => {
        const { census, listeners, link, line } = at(leaves, index);
        const parent = at(relays, Math.floor(index / FAN_OUT));
        line.carry(census.report(plan, { listeners, hearing: hearingOf(listeners), slow: 0, stride: 0, lateMs: 0 }), how, (said) =>
          parent.census.count(link, said),
        );
      };
      const pass = (index: number, how: "comes" | "lost" | "twice" | "late") => {
        const { census, line } = at(relays, index);
        line.carry(census.report(plan, undefined), how, (said) => root.record(`relay ${index}`, said));
      };
      for (const one of turns) {
        if (one.do === "report") report(one.leaf, one.fate);
        else if (one.do === "relay") pass(one.relay, one.fate);
        else {
          const node = at(leaves, one.leaf);
          if (one.do === "leave") node.listeners = Math.max(0, node.listeners - 1);
          else if (one.do === "relink") {
            report(one.leaf, "comes");
            at(relays, Math.floor(one.leaf / FAN_OUT)).census.forget(node.link);
            node.link = `leaf ${one.leaf}, link ${++links}`;
            node.line = new Line();
            node.census.linked();
          } else {
            joins++;
            node.census.want("weur", 1, true, localTime(0));
            node.census.react("heart", 1);
            if (node.listeners < SEATS) node.listeners++;
          }
        }
      }
      for (let index = 0; index < 9; index++) report(index, "comes");
      for (let index = 0; index < 3; index++) pass(index, "comes");
      const listeners = leaves.reduce((sum, node) => sum + node.listeners, 0);
      const totals = root.totals(NOTHING, fromNought);
      const hearing = leaves.reduce((sum, node) => sum + hearingOf(node.listeners), 0);
      expect(totals).toMatchObject({ listeners, hearing, ready: 9, regions: { weur: { listeners, hearing, joins } } });
      expect(root.reactions.heart ?? 0).toBe(joins);
      const below = totals.regions.weur?.fullBelow ?? 0;
      for (const node of leaves.slice(0, below)) expect(node.listeners).toBeGreaterThanOrEqual(0.7 * SEATS);
    }),
    { numRuns: 500 },
  );
});

function at<Value>(values: readonly Value[], index: number): Value {
  const value = values[index];
  if (value === undefined) throw new Error(`nothing at ${index}`);
  return value;
}
