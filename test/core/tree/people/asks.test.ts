import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ASKS_PER_REPORT, AskPool } from "../../../../src/core/tree/people/ask-pool.ts";
import { type Ask, keyOf, parseAsks, sampleOf } from "../../../../src/core/tree/people/asks.ts";
import { HeardAsks } from "../../../../src/core/tree/people/heard-asks.ts";
import { anAsk, session } from "../../../support/asks.ts";
import { luck } from "../../../support/build.ts";

const someAsks = fc.array(
  fc
    .tuple(fc.nat(40), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([order, luck]) => anAsk({ kind: order % 2 === 0 ? "lower" : "hand", order, luck, session: session(`p${order}`) })),
  { maxLength: 60, size: "max" },
);

describe("a sample of asks", () => {
  it("is the same in whatever order and groups it was taken, and taken again", () => {
    fc.assert(
      fc.property(someAsks, someAsks, someAsks, (a, b, c) => {
        const all = sampleOf([...a, ...b, ...c], 16);
        expect(sampleOf([...c, ...b, ...a], 16)).toEqual(all);
        const left = sampleOf([...sampleOf([...sampleOf(a, 16), ...sampleOf(b, 16)], 16), ...sampleOf(c, 16)], 16);
        const right = sampleOf([...sampleOf(a, 16), ...sampleOf([...sampleOf(b, 16), ...sampleOf(c, 16)], 16)], 16);
        expect(left).toEqual(all);
        expect(right).toEqual(all);
        expect(sampleOf([...all, ...all], 16)).toEqual(all);
      }),
    );
  });

  it("takes what takes back before what wants", () => {
    const hands = Array.from({ length: 20 }, (_, order) => anAsk({ order, luck: 0 }));
    const lower = anAsk({ kind: "lower", order: 99, luck: 1 });
    expect(sampleOf([...hands, lower], 16)).toContain(lower);
  });

  it("is filled by what takes back no further than half, where others wait", () => {
    const lowers = Array.from({ length: 40 }, (_, order) => anAsk({ kind: "lower", order, luck: 0 }));
    const questions = Array.from({ length: 40 }, (_, order) => anAsk({ kind: "question", id: `question-${order}`, order, luck: 1 }));
    expect(sampleOf([...lowers, ...questions], 16).filter(({ kind }) => kind === "lower")).toHaveLength(8);
    expect(sampleOf([...lowers, ...questions.slice(0, 3)], 16).filter(({ kind }) => kind === "lower")).toHaveLength(13);
  });
});

/** What the root's people hear within so many seconds of whom `askers` leaves (with so many askers each) hold, through one relay for every four. */
function askedThrough(askers: readonly number[], seconds: number, random: () => number): readonly Ask[] {
  const leaves = askers.map((count, index) => {
    const pool = new AskPool();
    const leaf = `demo.weur.0.${index}`;
    pool.add(Array.from({ length: count }, (_, order) => anAsk({ leaf, order, luck: random(), session: session(`p${index}-${order}`) })));
    return pool;
  });
  const relays = Array.from({ length: Math.ceil(leaves.length / 4) }, () => new AskPool());
  const root = new HeardAsks();
  const heard: Ask[] = [];
  for (let second = 0; second < seconds; second++) {
    for (const [index, leaf] of leaves.entries()) relays[Math.floor(index / 4)]?.add(leaf.tell());
    for (const relay of relays) root.hear(relay.tell());
    heard.push(...root.take());
    for (const pool of [...leaves, ...relays]) pool.second();
    root.second();
  }
  return heard;
}

describe("asks on their way up", () => {
  it("all come, each once, where they are few", () => {
    const heard = askedThrough([3, 0, 9, 1, 7], 12, luck(1));
    expect(heard).toHaveLength(20);
    expect(new Set(heard.map(keyOf)).size).toBe(20);
  });

  it("are heard with the same chance, wherever and beside however many one asks", () => {
    // 20 askers at one leaf, 400 at seven others: 64 of 2,820 wait at every node.
    const crowd = [20, ...Array.from({ length: 7 }, () => 400)];
    const random = luck(7);
    let [few, many] = [0, 0];
    const evenings = 150;
    for (let evening = 0; evening < evenings; evening++) {
      for (const { leaf } of askedThrough(crowd, 4, random)) {
        if (leaf === "demo.weur.0.0") few++;
        else many++;
      }
    }
    const [chanceOfFew, chanceOfMany] = [few / (20 * evenings), many / (2_800 * evenings)];
    // One of 44 is heard; 3,000 draws of that chance lie within four standard deviations.
    const deviation = Math.sqrt((chanceOfMany * (1 - chanceOfMany)) / (20 * evenings));
    expect(Math.abs(chanceOfFew - chanceOfMany)).toBeLessThan(4 * deviation);
  });

  it("cost the root sixteen a second and child, whether a hundred ask or a hundred thousand", () => {
    const pool = new AskPool();
    const random = luck(3);
    for (let order = 0; order < 100_000; order++) pool.add([anAsk({ order, luck: random(), session: session(`p${order}`) })]);
    const told = pool.tell();
    expect(told).toHaveLength(ASKS_PER_REPORT);
    expect(Math.max(...told.map((ask) => ask.luck))).toBeLessThan(0.001);
  });

  it("are heard also while hundreds do nothing but raise and lower their hands", () => {
    const [leaf, root] = [new AskPool(), new HeardAsks()];
    const random = luck(5);
    let [order, heard] = [0, 0];
    for (let second = 0; second < 60; second++) {
      leaf.add([anAsk({ order: ++order, kind: "question", id: `question-${second}`, luck: 0.001, session: session("honest") })]);
      for (let one = 0; one < 300; one++) {
        // At the root each looks like a hand that was up.
        leaf.add([
          anAsk({ order: ++order, kind: (one + second) % 2 === 0 ? "lower" : "hand", luck: random(), session: session(`a${one}`) }),
        ]);
      }
      root.hear(leaf.tell());
      heard += root.take().filter(({ kind }) => kind === "question").length;
      leaf.second();
      root.second();
    }
    expect(heard).toBe(60);
  });

  it("take nobody's turn where they say nothing new of a hand", () => {
    const root = new HeardAsks();
    const hands = Array.from({ length: 16 }, (_, one) => anAsk({ order: 100 + one, session: session(`a${one}`) }));
    root.hear(hands);
    expect(root.take()).toHaveLength(16);
    root.second();
    root.hear(hands.map((hand, order) => ({ ...hand, id: `demo.weur.0.0.${order}`, order, luck: 0 })));
    root.hear([anAsk({ kind: "question", id: "question", order: 200 })]);
    expect(root.take()).toMatchObject([{ kind: "question" }]);
  });

  it("are told again for some seconds, to a new parent too, and then no more", () => {
    const pool = new AskPool();
    pool.add([anAsk({ order: 1 })]);
    expect(pool.owes).toBe(true);
    expect(pool.tell()).toHaveLength(1);
    expect(pool.owes).toBe(false);
    for (let second = 0; second < 5; second++) pool.second();
    pool.linked();
    expect(pool.owes).toBe(true);
    expect(pool.tell()).toHaveLength(1);
    for (let second = 0; second < 5; second++) pool.second();
    expect(pool.holds).toBe(false);
  });

  it("that were taken back before anybody was told are not told", () => {
    const pool = new AskPool();
    pool.add([anAsk({ order: 1 })]);
    pool.add([anAsk({ order: 2, kind: "lower" })]);
    pool.add([anAsk({ order: 1 })]);
    expect(pool.tell().map((ask) => ask.kind)).toEqual(["lower"]);
  });
});

describe("a hand, as the room hears of it", () => {
  const [here, there] = ["demo.weur.0.0", "demo.weur.0.1"];
  const raised = (leaf: string, order: number) => anAsk({ leaf, order });
  const gone = (leaf: string, order: number) => anAsk({ leaf, order, kind: "lower", text: "gone" });
  const lowered = (leaf: string, order: number) => anAsk({ leaf, order, kind: "lower" });
  /** What the room is told when these come one by one. */
  const told = (...asks: readonly Ask[]) => {
    const root = new HeardAsks();
    return asks.flatMap((ask) => {
      root.hear([ask]);
      return root.take().map(({ kind }) => kind);
    });
  };

  it("goes up and down", () => {
    expect(told(raised(here, 1), lowered(here, 2), raised(here, 3), gone(here, 4))).toEqual(["hand", "lower", "hand", "lower"]);
  });

  it("stays up for who came back at another leaf, in whatever order the two leaves are heard", () => {
    expect(told(raised(here, 1), raised(there, 5), gone(here, 2))).toEqual(["hand", "hand"]);
    expect(told(raised(there, 5), raised(here, 1), gone(here, 2))).toEqual(["hand", "hand"]);
    expect(told(raised(here, 1), gone(here, 2), raised(there, 5))).toEqual(["hand", "lower", "hand"]);
  });

  it("is down at once when he lowers it himself, wherever he raised it", () => {
    expect(told(raised(here, 1), raised(there, 5), lowered(there, 6), gone(here, 2))).toEqual(["hand", "hand", "lower", "lower"]);
  });

  it("is not raised again by what comes late", () => {
    expect(told(raised(here, 1), lowered(here, 2), raised(here, 1))).toEqual(["hand", "lower"]);
    expect(told(lowered(here, 2), raised(here, 1))).toEqual(["lower"]);
  });

  it("is as it should be after any traffic, once the last word of each leaf is heard", () => {
    const leaves = [here, there, "demo.weur.0.2"];
    const turns = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { minLength: 1, maxLength: 12, size: "max" });
    fc.assert(
      fc.property(turns, fc.infiniteStream(fc.nat(1_000)), (all, cards) => {
        const asks = all.map(([leaf, up], order) => (up ? raised(leaves[leaf] ?? here, order) : gone(leaves[leaf] ?? here, order)));
        const shuffled = asks
          .flatMap((ask) => [ask, ask])
          .map((ask) => ({ ask, card: Number(cards.next().value) }))
          .sort((a, b) => a.card - b.card)
          .map(({ ask }) => ask);
        const isUp = leaves.some((leaf) => asks.findLast((ask) => ask.leaf === leaf)?.kind === "hand");
        expect(told(...shuffled).at(-1)).toBe(isUp ? "hand" : "lower");
      }),
    );
  });
});

describe("asks from below", () => {
  it("are read as they were written, and one that is none spoils all", () => {
    const asks = [
      anAsk({ order: 1 }),
      anAsk({ order: 2, kind: "question", id: "abcdefgh" }),
      anAsk({ order: 3, kind: "lower", text: "gone" }),
      anAsk({ order: 4, kind: "address", text: "x".repeat(22) }),
    ];
    expect(parseAsks(JSON.parse(JSON.stringify(asks)), 16)).toEqual(asks);
    const wrongs: object[] = [
      { kind: "mute" },
      { session: "?" },
      { luck: 2 },
      { leaf: "nowhere" },
      { leaf: "demo.weur.1.0" },
      { order: -1 },
      { id: "" },
      { name: "" },
      { name: "x".repeat(41) },
      { text: "said with a hand" },
      { kind: "question", text: "x".repeat(281) },
      { kind: "address", name: "", text: "10.0.0.1" },
    ];
    for (const wrong of wrongs) expect(parseAsks([asks[1], { ...asks[0], ...wrong }], 16), JSON.stringify(wrong)).toBeUndefined();
    expect(
      parseAsks(
        Array.from({ length: 17 }, () => asks[0]),
        16,
      ),
    ).toBeUndefined();
  });
});
