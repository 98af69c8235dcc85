import { describe, expect, it } from "vitest";
import { END_TEXT, formatFlow, formatLink } from "../../../../src/core/tree/down/link.ts";
import { archiveOf, nodeName, parentOf, parseNodeName, parsePlan, segmentsPath } from "../../../../src/core/tree/shape/plan.ts";
import { audience, House, plan, secret, sequencesOf, state } from "../../../support/archive-house.ts";
import { aChunk, aPlan, chunks } from "../../../support/build.ts";

describe("an archive", () => {
  it("is a child of the root, however wide the tree is, and has a name of its own", () => {
    const node = archiveOf(audience);
    expect(nodeName(node)).toBe("demo.archive");
    expect(parseNodeName("demo.archive")).toEqual(node);
    for (const leaves of [1, 64, 100_000]) expect(parentOf(aPlan({ leaves }), node)).toEqual({ kind: "root", room: plan.root });
    expect(["demo.weur.25.0", "demo.archive.0", ".archive", "archive"].map(parseNodeName)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("asks for nothing before the room is live, then for its parent, and stores what it hears", () => {
    const house = new House();
    expect(house.asks).toEqual([]);
    house.live();
    expect(house.asks).toHaveLength(1);
    house.hear("root", chunks(1, 45));
    expect([...house.stored.keys()]).toEqual(["1/0", "1/1"]);
    expect(house.node.head(house.now)).toMatchObject({ epoch: 1, roomTimeMs: 4_500, phase: "live" });
    expect(house.node.states).toEqual([state]);
  });

  it("asks at once when the room is live again, whatever it was waiting for", () => {
    const house = new House();
    house.live();
    house.hear("root", chunks(1, 25));
    house.do(house.node.lost("root", house.now, 1));
    const waiting = house.asks.at(-1) ?? 0;
    house.do(house.node.roomIsLive(plan, house.now, 1));
    expect(house.asks.at(-1)).toBeGreaterThan(waiting);
    expect(house.node.question(waiting)).toBeUndefined();
    house.linked("again", 1, chunks(20, 45));
    expect(house.held).toEqual(["1/0", "1/1"]);
    expect(sequencesOf(house)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it("hears nothing from a root that was replaced", () => {
    const house = new House();
    house.live("new", 2);
    house.hear("new", aChunk(1, { epoch: 2 }));
    house.node.dialed("old", "demo");
    house.read("old", formatLink(1, plan, []));
    expect(house.closed).toEqual(["old"]);
  });

  it("closes what is open when the clock stops, and lets go of its parent and of everything two minutes later", () => {
    const house = new House();
    house.live();
    house.hear("root", chunks(1, 25));
    house.read("root", formatFlow(false));
    expect(house.held).toEqual(["1/0", "1/1"]);
    expect(house.node.head(house.now).phase).toBe("quiet");
    house.pass(119_000);
    expect(house.held).toHaveLength(2);
    expect(house.closed).toEqual([]);
    house.pass(2_000);
    expect(house.stored.size).toBe(0);
    expect(house.closed).toEqual(["root"]);
    expect(house.node.wakesAt(house.now)).toBeUndefined();
  });

  it("of a room that is over keeps nothing and asks nobody", () => {
    const house = new House();
    house.live();
    house.hear("root", chunks(1, 45));
    const asked = house.asks.length;
    house.read("root", END_TEXT);
    expect(house.erased).toBe(true);
    expect(house.held).toEqual([]);
    expect(house.node.find({ epoch: 1, index: 0 }, house.now)).toBeUndefined();
    house.pass(10_000);
    expect(house.asks).toHaveLength(asked);
    expect(house.closed).toEqual(["root"]);
  });
});

describe("an archive that dies", () => {
  it("goes on where its storage ends: what was open or not stored is replayed by its parent, under the names that it had", () => {
    const house = new House();
    house.live();
    house.hear("root", chunks(1, 45));
    house.fails = true;
    house.hear("root", chunks(46, 75));
    const before = house.node.find({ epoch: 1, index: 2 }, house.now)?.bytes;
    house.fails = false;
    house.wake();
    expect(house.node.question(house.asks.at(-1) ?? 0)).toMatchObject({ from: { epoch: 1, sequence: 40 } });
    house.linked("root-2", 1, chunks(41, 90));
    expect(house.node.find({ epoch: 1, index: 2 }, house.now)?.bytes).toEqual(before);
    expect(sequencesOf(house)).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));
  });
});

describe("a plan", () => {
  it("carries the secret of its segments, and one without has none", () => {
    expect(parsePlan(JSON.parse(JSON.stringify(plan)))).toEqual(plan);
    expect(segmentsPath(plan)).toBe(`/rooms/demo/segments/${secret}`);
    expect(segmentsPath(aPlan())).toBeUndefined();
    expect(parsePlan({ ...aPlan(), segments: "../../x" })).toEqual(aPlan());
  });
});
