import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { END_TEXT, formatLink, formatLinked, formatPlan, HEARTBEAT_TEXT } from "../../../src/core/tree/down/link.ts";
import { parseSaved, type Saved } from "../../../src/core/tree/saved.ts";
import { aChunk, aPlan, aTally, chunks, leaf, roomId } from "../../support/build.ts";
import { aLeaf, askIn, bareLeaf, bareRelay, heardBy, now, PARENT, plan, room, sentTo } from "../../support/nodes.ts";

describe("a leaf that loses its parent", () => {
  it("asks again after a jittered wait, from where it stands, and its listeners notice nothing", () => {
    const node = aLeaf({ heard: 50, listeners: ["ana"] });
    const [ask] = node.lost("parent", 0.5);
    expect(ask).toMatchObject({ do: "ask", afterMs: 100 });
    expect(node.question(askIn([ask]).ask)).toMatchObject({ from: { epoch: 1, sequence: 50 } });
    node.dialed("parent again", PARENT);
    node.read("parent again", formatLink(1, plan, [room]), now, 0);
    expect(heardBy("ana", node, node.hear("parent again", chunks(51, 60), now))).toEqual([[51, 52, 53, 54, 55, 56, 57, 58, 59, 60]]);
  });

  it("without listeners, asks nobody", () => {
    expect(aLeaf().lost("parent", 0.5)).toEqual([]);
  });

  it("refuses a parent of an older epoch, and asks again", () => {
    const node = aLeaf({ heard: 5, listeners: ["ana"] });
    node.hear("parent", chunks(1, 1, 7), now);
    node.lost("parent", 0);
    node.dialed("stale", PARENT);
    const effects = node.read("stale", formatLink(3, plan, []), now, 0);
    expect(effects).toMatchObject([{ do: "close", link: "stale", ending: "unfed" }, { do: "ask" }]);
    expect(node.lost("stale", 0)).toEqual([]);
  });
});

describe("a leaf that was answered badly", () => {
  it("lets go of a parent that dialed and then gave up, and asks again", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    const { ask } = askIn(node.join("ana", undefined, now, 0));
    node.dialed("phantom", PARENT);
    const effects = node.unanswered(ask, 0);
    expect(effects).toContainEqual({ do: "close", link: "phantom", ending: "uprooted" });
    expect(askIn(effects).ask).not.toBe(ask);
  });

  it("keeps a successor who dials while the room that was replaced is still being asked", () => {
    const node = aLeaf({ heard: 5, listeners: ["ana"] });
    const { ask } = askIn(node.lost("parent", 0));
    node.question(ask);
    node.dialed("successor", "another-room");
    expect(node.unanswered(ask, 0)).toEqual([]);
    node.read("successor", formatLink(2, { ...plan, revision: 9, root: roomId("another-room") }, []), now, 0);
    const linked = node.read("successor", formatLinked({ epoch: 2, sequence: 0 }, 0), now, 0);
    expect(linked.filter((effect) => effect.do === "close")).toEqual([]);
    expect(node.isFed).toBe(true);
  });

  it("pays no heed to an answer to a question that is no longer open", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    const { ask } = askIn(node.join("ana", undefined, now, 0));
    node.dialed("parent", PARENT);
    node.read("parent", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    expect(node.unanswered(ask, 0)).toEqual([]);
    expect(node.question(ask)).toBeUndefined();
  });

  it("asks again for who comes after it rested, even if it was never linked", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    node.join("ana", undefined, now, 0);
    node.dialed("parent", PARENT);
    node.leave("ana");
    node.rest();
    expect(askIn(node.join("bo", undefined, now, 0)).afterMs).toBe(0);
  });
});

describe("a leaf whose plan grows over its head", () => {
  const grown = aPlan({ leaves: 100, revision: 2 });
  const small = aPlan({ leaves: 4 });

  it("asks its new parent, keeps the old one meanwhile, and asks again until it has it", () => {
    const node = bareLeaf(0);
    node.learn(small, 0);
    node.join("ana", undefined, now, 0);
    node.dialed("root", "demo");
    node.read("root", formatLinked({ epoch: 1, sequence: 0 }, 0), now, 0);
    const first = askIn(node.learn(grown, 0));
    expect(node.question(first.ask)?.parent).toMatchObject({ kind: "relay" });
    const second = askIn(node.unanswered(first.ask, 0));
    expect(heardBy("ana", node, node.hear("root", aChunk(1), now))).toEqual([[1]]);
    node.dialed("relay", PARENT);
    node.read("relay", formatLink(1, grown, []), now, 0);
    expect(node.read("relay", formatLinked({ epoch: 1, sequence: 1 }, 0), now, 0)).toContainEqual({
      do: "close",
      link: "root",
      ending: "uprooted",
    });
    expect(node.question(second.ask)).toBeUndefined();
  });

  it("learns from the wrong parent who the right one is, and asks it", () => {
    const node = bareLeaf(0);
    node.learn(small, 0);
    node.join("ana", undefined, now, 0);
    node.dialed("root", "demo");
    node.read("root", formatLink(1, grown, []), now, 0);
    const { ask } = askIn(node.read("root", formatLinked({ epoch: 1, sequence: 0 }, 0), now, 0));
    expect(node.question(ask)?.parent).toMatchObject({ kind: "relay" });
  });
});

describe("a node with two parents for a moment", () => {
  it("keeps the old one until the new one is live, and hands on every chunk once", () => {
    const node = aLeaf({ heard: 10, listeners: ["ana"] });
    node.dialed("new parent", PARENT);
    node.read("new parent", formatLink(1, plan, []), now, 0);
    expect(node.hear("new parent", chunks(8, 11), now)).toHaveLength(1);
    expect(node.hear("parent", chunks(11, 12), now)).toHaveLength(1);
    expect(node.hear("new parent", chunks(12, 12), now)).toEqual([]);
    expect(node.read("new parent", formatLinked({ epoch: 1, sequence: 12 }, 0), now, 0)).toContainEqual({
      do: "close",
      link: "parent",
      ending: "uprooted",
    });
    expect(node.hear("parent", aChunk(13), now)).toEqual([]);
  });

  it("hands on every chunk once and in order, however the two interleave", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 6 })), { maxLength: 40 }), (turns) => {
        const node = aLeaf({ listeners: ["ana"] });
        node.dialed("other", PARENT);
        const next = { parent: 1, other: 1 };
        const heard: number[] = [];
        for (const [isOther, count] of turns) {
          const uplink = isOther ? "other" : "parent";
          const message = chunks(next[uplink], next[uplink] + count - 1);
          next[uplink] += count;
          heard.push(...heardBy("ana", node, node.hear(uplink, message, now)).flatMap((one) => (typeof one === "string" ? [-1] : one)));
        }
        expect(heard).toEqual(Array.from({ length: Math.max(next.parent, next.other) - 1 }, (_, index) => index + 1));
      }),
      { numRuns: 300 },
    );
  });
});

describe("a relay", () => {
  it("greets a child with the plan, the states and all it missed, and says when that is over", () => {
    const node = bareRelay();
    node.learn(plan, 0);
    node.dialed("root", PARENT);
    node.read("root", formatLink(1, plan, [room]), now, 0);
    node.hear("root", chunks(1, 20), now);
    node.read("root", formatLinked({ epoch: 1, sequence: 20 }, 0), now, 0);
    const greeting = sentTo("leaf", node.join("leaf", { epoch: 1, sequence: 17 }, now, 0));
    expect(greeting).toEqual([formatLink(1, plan, [room]), [18, 19, 20], formatLinked({ epoch: 1, sequence: 20 }, 0)]);
  });

  it("adds up what its children count, and reports a change once", () => {
    const node = bareRelay();
    node.learn(plan, 0);
    node.dialed("root", PARENT);
    node.read("root", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    node.join("one", undefined, now, 0);
    node.join("two", undefined, now, 0);
    node.count("one", aTally(2, { listeners: 40 }));
    node.count("two", aTally(1, { listeners: 2 }));
    node.count("one", aTally(1, { listeners: 9_999 }));
    expect(node.report()?.said).toMatchObject({ listeners: 42 });
    expect(node.report()).toBeUndefined();
    node.leave("one");
    expect(node.report()?.said).toMatchObject({ listeners: 2 });
  });
});

describe("a leaf whose listeners came before its parent", () => {
  it("owes the count until it is linked, and again after every new link", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    node.join("ana", undefined, now, 0);
    expect([node.owesReport, node.report()]).toEqual([false, undefined]);
    node.dialed("parent", PARENT);
    node.read("parent", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    expect(node.owesReport).toBe(true);
    expect(node.report()?.said).toMatchObject({ listeners: 1 });
    expect(node.owesReport).toBe(false);
    node.lost("parent", 0);
    node.dialed("again", PARENT);
    node.read("again", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    expect(node.owesReport).toBe(true);
  });
});

describe("a leaf that slept while somebody still waited", () => {
  it("greets him when it wakes, and nobody who was greeted before", () => {
    const saved: Saved = { plan, epoch: 1, ended: false, newest: { epoch: 1, sequence: 50 }, states: [room] };
    const below = [
      { link: "ana", wasLive: true },
      { link: "bo", wasLive: false },
    ];
    const woken = bareLeaf(0, saved, { above: [{ link: "parent", parent: PARENT }], below });
    const effects = woken.wake(now, 0);
    expect(sentTo("bo", effects)).toEqual([expect.stringContaining("Demo")]);
    expect(sentTo("ana", effects)).toEqual([]);
    expect([...woken.down.live].sort()).toEqual(["ana", "bo"]);
  });
});

describe("a relay whose child has a newer link", () => {
  it("counts nothing that still comes on the older one", () => {
    const node = bareRelay();
    node.learn(plan, 0);
    node.join("older", undefined, now, 0);
    node.count("older", aTally(1, { listeners: 40 }));
    node.join("newer", undefined, now, 0);
    node.leave("older");
    node.count("older", aTally(2, { listeners: 41 }));
    node.count("newer", aTally(3, { listeners: 41 }));
    expect(node.listeners).toBe(41);
  });
});

describe("a leaf that slept", () => {
  it("hands on the first chunk after it to all who waited, over the link that was kept", () => {
    const saves = aLeaf({ heard: 50, listeners: ["ana"] }).read("parent", room.replace('"revision":5', '"revision":6'), now, 0);
    const save = saves.find((effect) => effect.do === "save");
    if (save?.do !== "save") throw new Error("nothing was saved");
    const saved = parseSaved(JSON.stringify(save.saved));
    const woken = bareLeaf(0, saved, { above: [{ link: "parent", parent: "demo.weur.1.0" }], below: [{ link: "ana", wasLive: true }] });
    woken.wake(now, 0);
    expect(heardBy("ana", woken, woken.hear("parent", chunks(45, 51), now))).toEqual([[51]]);
    expect(heardBy("ana", woken, woken.hear("parent", aChunk(52), now))).toEqual([[52]]);
    expect(String(sentTo("bo", woken.join("bo", undefined, now, 0))[0])).toContain("Demo");
  });
});

describe("a node on which a crowd counts and taps", () => {
  it("writes nothing for it, and tells it on; what the room is, is written", () => {
    const node = aLeaf({ heard: 50, listeners: ["ana"] });
    const tell = (type: string, more: object) =>
      node.read("parent", JSON.stringify({ type, for: "all", revision: 9, roomTime: 0, ...more }), now, 0).map((effect) => effect.do);
    expect(tell("audience", { listeners: 7 })).toEqual(["send-all"]);
    expect(tell("reactions", { counts: { heart: 7 } })).toEqual(["send-all"]);
    expect(tell("pinned", {})).toEqual(["send-all", "save"]);
  });
});

describe("a node that hears of a newer plan", () => {
  const wider = aPlan({ leaves: 17, revision: 2 });

  it("hands it on, keeps it, and tells no listener", () => {
    const relay = linkedRelay(plan);
    relay.join("leaf", undefined, now, 0);
    const effects = relay.read("root", formatPlan(wider), now, 0);
    expect(effects).toContainEqual({ do: "send-all", message: formatPlan(wider) });
    expect(effects).toContainEqual({ do: "save", saved: expect.objectContaining({ plan: wider }) });
    expect(relay.read("root", formatPlan(wider), now, 0)).toEqual([]);
    const keyed = { ...wider, revision: 3, addressKey: "A".repeat(22) };
    const kept = relay.read("root", formatPlan(keyed), now, 0);
    expect(kept, "but for the key to addresses, which is to die with the room").toContainEqual({
      do: "save",
      saved: expect.objectContaining({ plan: { ...wider, revision: 3 } }),
    });
    expect(kept).toContainEqual({ do: "send-all", message: formatPlan(keyed) });
    const node = aLeaf({ listeners: ["ana"] });
    expect(node.read("parent", formatPlan(wider), now, 0).map((effect) => effect.do)).toEqual(["save"]);
    expect(node.plan).toEqual(wider);
  });
});

describe("a node in a planted room", () => {
  const crowd = aPlan({ leaves: 16, revision: 2, planted: true });

  it("keeps its link and asks for a new one, though nobody listens; until the planting ends, or the room", () => {
    const node = aLeaf();
    expect(node.idle).toBe(true);
    node.read("parent", formatPlan(crowd), now, 0);
    expect([node.idle, node.rest()]).toEqual([false, []]);
    expect(askIn(node.lost("parent", 0))).toMatchObject({ do: "ask" });
    node.learn({ ...crowd, revision: 3, planted: false }, 0);
    expect(node.idle).toBe(true);
    const over = aLeaf();
    over.read("parent", formatPlan(crowd), now, 0);
    over.read("parent", END_TEXT, now, 0);
    expect(over.idle).toBe(true);
  });

  it("is counted as ready as soon as it is linked", () => {
    const node = bareLeaf(0);
    node.dialed("parent", PARENT);
    node.read("parent", formatLink(1, crowd, [room]), now, 0);
    expect(node.owesReport).toBe(false);
    node.read("parent", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    expect(node.report()?.said).toMatchObject({ ready: 1, listeners: 0 });
  });

  it("as a relay wakes its own children when it is linked, when the plan grows, and with every heartbeat, which it hands on", () => {
    const relay = bareRelay();
    relay.dialed("root", "demo.weur.2.0");
    relay.read("root", formatLink(1, crowd, [room]), now, 0);
    const wake = { do: "wake", children: [0, 1, 2, 3].map((index) => leaf(index)) };
    expect(relay.read("root", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0)).toContainEqual(wake);
    expect(relay.read("root", HEARTBEAT_TEXT, now, 0)).toEqual([{ do: "send-all", message: HEARTBEAT_TEXT }, wake]);
    expect(relay.read("root", formatPlan({ ...crowd, revision: 3 }), now, 0)).toContainEqual(wake);
    expect(linkedRelay(plan).read("root", HEARTBEAT_TEXT, now, 0)).toEqual([{ do: "send-all", message: HEARTBEAT_TEXT }]);
  });
});

function linkedRelay(of: typeof plan) {
  const relay = bareRelay();
  relay.dialed("root", "demo");
  relay.read("root", formatLink(1, of, [room]), now, 0);
  relay.read("root", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
  return relay;
}
