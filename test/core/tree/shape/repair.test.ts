import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFlow, formatLinked } from "../../../../src/core/tree/down/link.ts";
import { nodeName, type ParentRef, parentName, parentOf, parseNodeName } from "../../../../src/core/tree/shape/plan.ts";
import { candidatesOf, mayFeed } from "../../../../src/core/tree/shape/repair.ts";
import { aPlan, chunks, leaf } from "../../../support/build.ts";
import { aLeaf, askIn, now, plan } from "../../../support/nodes.ts";
import { Woods } from "../../../support/woods.ts";

const deep = aPlan({ leaves: 20 });

function asked(of: ReturnType<typeof aLeaf>, effects: Parameters<typeof askIn>[0]) {
  const { ask, afterMs } = askIn(effects);
  const parent = of.question(ask)?.parent;
  return { ask, afterMs, whom: parent === undefined ? "nobody" : parentName(parent) };
}

describe("whom a node asks", () => {
  it("is its parent, then the parent's next sibling, then the grandparent", () => {
    expect(candidatesOf(deep, leaf(5)).map(parentName)).toEqual(["demo.weur.1.1", "demo.weur.1.2", "demo.weur.2.0"]);
    expect(candidatesOf(deep, leaf(19)).map(parentName)).toEqual(["demo.weur.1.4", "demo.weur.1.0", "demo.weur.2.1"]);
    expect(candidatesOf(deep, { ...leaf(1), level: 1 }).map(parentName)).toEqual(["demo.weur.2.0", "demo.weur.2.1", "demo"]);
  });

  it("is the root alone for whom the root feeds, and nobody's sibling where there is none", () => {
    expect(candidatesOf(aPlan({ leaves: 4 }), leaf(1)).map(parentName)).toEqual(["demo"]);
    expect(candidatesOf(aPlan({ regions: { weur: { firstOpen: 0, width: 4 }, sam: { firstOpen: 0, width: 1 } } }), leaf(0, "sam"))).toEqual(
      [expect.objectContaining({ kind: "relay" }), { kind: "root", room: "demo" }],
    );
  });

  it("always stands on a higher level", () => {
    const window = fc.record({ leaves: fc.integer({ min: 1, max: 5_000 }), fanOut: fc.integer({ min: 2, max: 70 }) });
    fc.assert(
      fc.property(window, fc.nat(5_000), fc.nat(3), (of, index, level) => {
        for (const parent of candidatesOf(aPlan(of), { ...leaf(index), level })) {
          if (parent.kind === "relay") expect(parent.node.level).toBeGreaterThan(level);
        }
      }),
    );
  });
});

describe("a parent that is asked", () => {
  const relay: ParentRef = { kind: "relay", node: { ...leaf(1), level: 1 } };

  it("always takes its own, and others while it feeds fewer than twice its fan-out", () => {
    expect(mayFeed(deep, relay, leaf(5), 1_000)).toBe(true);
    expect([7, 8].map((feeds) => mayFeed(deep, relay, leaf(0), feeds))).toEqual([true, false]);
  });

  it("takes nobody of its own level or a higher one, and nobody of another audience", () => {
    expect(mayFeed(deep, relay, { ...leaf(3), level: 1 }, 0)).toBe(false);
    expect(mayFeed(deep, relay, { ...leaf(3), level: 2 }, 0)).toBe(false);
    const stranger = parseNodeName("other-room.weur.0.5");
    expect(stranger !== undefined && mayFeed(deep, relay, stranger, 0)).toBe(false);
  });
});

describe("a leaf whose relay is lost", () => {
  it("asks the relay, its sibling and the grandparent within moments, and only then waits longer", () => {
    const node = aLeaf({ listeners: ["ana"] });
    const turns = [asked(node, node.lost("parent", 1))];
    for (let turn = 0; turn < 6; turn++) turns.push(asked(node, node.unanswered(turns.at(-1)?.ask ?? 0, 1)));
    expect(turns.map((turn) => turn.whom)).toEqual([
      "demo.weur.1.0",
      "demo.weur.1.1",
      "demo",
      "demo.weur.1.0",
      "demo.weur.1.1",
      "demo",
      "demo.weur.1.0",
    ]);
    expect(turns.map((turn) => turn.afterMs)).toEqual([200, 200, 200, 400, 400, 400, 800]);
  });

  it("goes on to the next when who dialed does not begin to feed", () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.lost("parent", 0);
    node.dialed("hungry", "demo.weur.1.0");
    const effects = Array.from({ length: 4 }, () => node.second(now, 0)).flat();
    expect(effects).toContainEqual({ do: "close", link: "hungry", ending: "unfed" });
    expect(asked(node, effects).whom).toBe("demo.weur.1.1");
  });

  it("goes on to the next when nobody answers at all", () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.lost("parent", 0);
    expect(asked(node, Array.from({ length: 4 }, () => node.second(now, 0)).flat()).whom).toBe("demo.weur.1.1");
  });
});

describe("a leaf that another relay feeds", () => {
  function standIn() {
    const node = aLeaf({ listeners: ["ana"] });
    node.unanswered(askIn(node.lost("parent", 0)).ask, 0);
    node.dialed("stand-in", "demo.weur.1.1");
    node.read("stand-in", formatLinked({ epoch: 1, sequence: 0 }, 0, true), now, 0);
    return node;
  }

  function second(node: ReturnType<typeof standIn>) {
    node.hear("stand-in", chunks(1, 1), now);
    return node.second(now, 0);
  }

  it("asks its own again after 20 s, keeps the other meanwhile, and takes its own back as soon as that feeds", () => {
    const node = standIn();
    expect(Array.from({ length: 19 }, () => second(node)).flat()).toEqual([]);
    expect(asked(node, second(node)).whom).toBe("demo.weur.1.0");
    node.dialed("own", "demo.weur.1.0");
    expect(node.fedBy).toBe("demo.weur.1.1");
    expect(node.read("own", formatLinked({ epoch: 1, sequence: 0 }, 0, true), now, 0)).toContainEqual({
      do: "close",
      link: "stand-in",
      ending: "uprooted",
    });
    expect(node.fedBy).toBe("demo.weur.1.0");
  });

  it("waits as long again when its own is still down", () => {
    const node = standIn();
    const { ask } = asked(node, Array.from({ length: 20 }, () => second(node)).flat());
    expect(node.unanswered(ask, 0)).toEqual([]);
    expect(Array.from({ length: 19 }, () => second(node)).flat()).toEqual([]);
    expect(asked(node, second(node)).whom).toBe("demo.weur.1.0");
  });

  it("is not taken over by another that answers late, once its own feeds it", () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.dialed("late", "demo.weur.1.1");
    expect(node.read("late", formatLinked({ epoch: 1, sequence: 0 }, 0), now, 0)).toEqual([
      { do: "close", link: "late", ending: "uprooted" },
    ]);
    expect(node.fedBy).toBe("demo.weur.1.0");
  });
});

describe("a leaf whose parent lives but starves", () => {
  it("stays for ten seconds, and then asks another first", () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.read("parent", formatFlow(true), now, 0);
    const starve = () => {
      node.read("parent", formatFlow(true), now, 0);
      return node.second(now, 0);
    };
    expect(Array.from({ length: 10 }, starve).flat()).toEqual([]);
    const effects = starve();
    expect(effects).toContainEqual({ do: "close", link: "parent", ending: "unfed" });
    expect(asked(node, effects).whom).toBe("demo.weur.1.1");
  });
});

type Blow = { do: "kill" | "revive" | "swallow" | "play"; at: number };

describe("a tree to which anything may happen in any order", () => {
  const blow = fc.record<Blow>({ do: fc.constantFrom("kill", "revive", "swallow", "play"), at: fc.nat(200) });

  it("has every node fed by its own parent once all is up again, and nobody is ever fed from below", () => {
    const shape = fc.record({ leaves: fc.integer({ min: 1, max: 20 }), fanOut: fc.integer({ min: 2, max: 4 }) });
    fc.assert(
      fc.property(shape, fc.nat(), fc.array(blow, { maxLength: 40 }), (of, seed, blows) => {
        const tree = aPlan(of);
        const woods = new Woods(tree, seed);
        woods.play(2);
        const names = [tree.root, ...woods.nodes.keys()];
        for (const { do: what, at } of blows) {
          const name = names[at % names.length] ?? tree.root;
          if (what === "kill") woods.kill(name);
          else if (what === "revive") woods.revive(name);
          else if (what === "swallow") woods.swallow(at);
          else woods.play(1 + (at % 15));
          for (const { parent, child } of woods.links) {
            expect(levelOf(parent), `${parent} feeds ${child}`).toBeGreaterThan(levelOf(child));
          }
        }
        for (const name of names) woods.revive(name);
        woods.play(30);
        for (const [name, mind] of woods.nodes) if (!mind.idle) expect(mind.fedBy, `${name} is fed after 30 s`).toBeDefined();
        woods.play(260);
        for (const [name, mind] of woods.nodes) {
          if (!mind.idle) expect(mind.fedBy, `${name} is fed by its own`).toBe(parentName(parentOf(tree, mind.node)));
        }
      }),
      { numRuns: 40 },
    );
  });

  function levelOf(name: string): number {
    return parseNodeName(name)?.level ?? Number.POSITIVE_INFINITY;
  }

  it("finds a link that went silent while nothing flowed: who should have reported is dialed anew", () => {
    const tree = aPlan({ leaves: 7, fanOut: 2 });
    const woods = new Woods(tree, 0);
    woods.play(2);
    woods.kill(tree.root);
    woods.play(6);
    woods.swallow(woods.links.findIndex(({ child }) => child === "demo.weur.1.0"));
    woods.revive(tree.root);
    woods.play(260);
    for (const [name, mind] of woods.nodes) expect(mind.fedBy, name).toBe(parentName(parentOf(tree, mind.node)));
  });

  it("serves every leaf while one relay is down for good", () => {
    const woods = new Woods(plan, 1);
    woods.play(2);
    woods.kill("demo.weur.1.0");
    woods.play(5);
    for (const index of [0, 1, 2, 3]) expect(woods.nodes.get(nodeName(leaf(index)))?.fedBy).toBe("demo.weur.1.1");
  });
});
