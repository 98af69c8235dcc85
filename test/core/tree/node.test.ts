import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunksIn, readHeader } from "../../../src/core/audio/chunk.ts";
import { localTime } from "../../../src/core/ids.ts";
import { formatLink, formatLinked } from "../../../src/core/tree/link.ts";
import { type KeptLinks, type NodeEffect, TreeNode } from "../../../src/core/tree/node.ts";
import { parseSaved, type Saved } from "../../../src/core/tree/saved.ts";
import { aChunk, aPlan, chunks, leaf } from "../../support/build.ts";

const now = localTime(1_000);
const plan = aPlan({ leaves: 16 });
const room = JSON.stringify({ type: "room", for: "all", revision: 5, roomTime: 0, title: "Demo" });

/** The parent of leaf 0 in this plan. */
const PARENT = "demo.weur.1.0";

function bareLeaf(index: number, saved?: Saved, kept: KeptLinks<string> = { above: [], below: [] }) {
  return new TreeNode<string>({ node: leaf(index), below: "listeners", keepMs: 30_000 }, saved, kept, now);
}

function bareRelay() {
  return new TreeNode<string>({ node: { ...leaf(0), level: 1 }, below: "nodes", keepMs: 60_000 }, undefined, { above: [], below: [] }, now);
}

/** A leaf that is linked to its parent, has heard chunks 1 to `heard`, and whom `listeners` listen to. */
function aLeaf({ heard = 0, listeners = [] as string[] } = {}) {
  const node = bareLeaf(0);
  node.learn(plan, 0);
  for (const listener of listeners) node.join(listener, undefined, now, 0);
  node.dialed("parent", PARENT);
  node.read("parent", formatLink(1, plan, [room]), now, 0);
  if (heard > 0) node.hear("parent", chunks(1, heard), now);
  node.read("parent", formatLinked({ epoch: 1, sequence: heard }, 0), now, 0);
  return node;
}

describe("a leaf with its first listener", () => {
  it("asks the parent that the plan names, at once, for all there is", () => {
    const node = bareLeaf(5);
    node.learn(plan, 0);
    expect(node.join("ana", undefined, now, 0)).toEqual([{ do: "ask", ask: 1, afterMs: 0 }]);
    const parent = { kind: "relay", node: { ...leaf(1), level: 1 } };
    expect(node.question(1)).toEqual({ parent, plan, from: { epoch: 0, sequence: 0 } });
  });

  it("asks once, however many come before the parent has dialed", () => {
    const node = bareLeaf(5);
    node.learn(plan, 0);
    node.join("ana", undefined, now, 0);
    expect(node.join("bo", undefined, now, 0)).toEqual([]);
  });

  it("greets him when it is linked, not before", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    node.join("ana", undefined, now, 0);
    node.dialed("parent", PARENT);
    expect(sentTo("ana", node.read("parent", formatLink(1, plan, [room]), now, 0))).toEqual([]);
    expect(sentTo("ana", node.hear("parent", chunks(1, 100), now))).toEqual([]);
    const greeting = sentTo("ana", node.read("parent", formatLinked({ epoch: 1, sequence: 100 }, 0), now, 0));
    expect(greeting).toEqual([expect.stringContaining('"type":"welcome"'), [91, 92, 93, 94, 95, 96, 97, 98, 99, 100]]);
  });
});

describe("a newcomer", () => {
  it("is greeted with every newest state and the last second, then hears what all hear", () => {
    const node = aLeaf({ heard: 50 });
    const [welcome, sound] = sentTo("ana", node.join("ana", undefined, now, 0));
    expect(JSON.parse(String(welcome))).toMatchObject({ type: "welcome", epoch: 1, sequence: 50, states: [JSON.parse(room)] });
    expect(sound).toEqual([41, 42, 43, 44, 45, 46, 47, 48, 49, 50]);
    expect(node.hear("parent", aChunk(51), now)).toEqual([{ do: "send-all", message: aChunk(51) }]);
    expect([...node.down.live]).toEqual(["ana"]);
  });

  it("never sees what is for nodes only", () => {
    const node = aLeaf();
    const secret = JSON.stringify({ type: "bans", for: "nodes", revision: 9, roomTime: 0 });
    expect(messagesTo("all", node.read("parent", secret, now, 0))).toEqual([]);
    expect(String(sentTo("ana", node.join("ana", undefined, now, 0))[0])).not.toContain("bans");
  });
});

describe("a listener who comes back", () => {
  it("hears just what he missed", () => {
    const node = aLeaf({ heard: 50 });
    expect(sentTo("ana", node.join("ana", { epoch: 1, sequence: 44 }, now, 0))[1]).toEqual([45, 46, 47, 48, 49, 50]);
  });

  it("to a leaf that is behind him, is welcome at once and hears on when it has caught up, nothing twice", () => {
    const node = aLeaf({ heard: 50 });
    expect(sentTo("ana", node.join("ana", { epoch: 1, sequence: 52 }, now, 0))).toEqual([expect.stringContaining("welcome")]);
    expect(sentTo("ana", node.hear("parent", chunks(51, 51), now))).toEqual([]);
    expect(sentTo("ana", node.hear("parent", chunks(52, 54), now))).toEqual([]);
    expect(sentTo("ana", node.hear("parent", chunks(55, 55), now))).toEqual([[53, 54]]);
  });

  it("to a leaf that is behind him, hears of every state meanwhile", () => {
    const node = aLeaf({ heard: 50 });
    node.join("ana", { epoch: 1, sequence: 52 }, now, 0);
    const live = room.replace('"revision":5', '"revision":6');
    expect(sentTo("ana", node.read("parent", live, now, 0))).toEqual([live]);
  });

  it("before the room that began anew speaks again, is told of the break when it does, however late", () => {
    const node = aLeaf();
    node.join("ana", { epoch: 1, sequence: 52 }, now, 0);
    const later = localTime(now + 60_000);
    expect(sentTo("ana", node.hear("parent", chunks(1, 1, 2), later))).toEqual([]);
    const [gap, sound] = sentTo("ana", node.hear("parent", chunks(2, 2, 2), later));
    expect(JSON.parse(String(gap))).toMatchObject({ type: "gap", reason: "epoch", from: { epoch: 1, sequence: 52 } });
    expect(sound).toEqual([1]);
  });

  it("from a future that never comes, is a newcomer after a while", () => {
    const node = aLeaf({ heard: 50 });
    node.join("ana", { epoch: 9, sequence: 9 }, now, 0);
    node.hear("parent", aChunk(51), now);
    expect(sentTo("ana", node.hear("parent", aChunk(52), localTime(now + 2_900)))).toEqual([]);
    expect(sentTo("ana", node.hear("parent", aChunk(53), localTime(now + 3_100)))).toHaveLength(1);
    expect([...node.down.live]).toEqual(["ana"]);
  });

  it("after the room began anew, is told so before he hears on", () => {
    const node = aLeaf({ heard: 50, listeners: ["bo"] });
    node.hear("parent", chunks(1, 3, 2), now);
    const [, gap, sound] = sentTo("ana", node.join("ana", { epoch: 1, sequence: 50 }, now, 0));
    expect(JSON.parse(String(gap))).toMatchObject({ type: "gap", reason: "epoch", to: { epoch: 2, sequence: 1 } });
    expect(sound).toEqual([1, 2, 3]);
  });
});

describe("a leaf that loses its parent", () => {
  it("asks again after a jittered wait, from where it stands, and its listeners notice nothing", () => {
    const node = aLeaf({ heard: 50, listeners: ["ana"] });
    const [ask] = node.lost("parent", 0.5);
    expect(ask).toMatchObject({ do: "ask", afterMs: 250 });
    expect(node.question(askIn([ask]).ask)).toMatchObject({ from: { epoch: 1, sequence: 50 } });
    node.dialed("parent again", PARENT);
    node.read("parent again", formatLink(1, plan, [room]), now, 0);
    expect(messagesTo("all", node.hear("parent again", chunks(51, 60), now))).toEqual([[51, 52, 53, 54, 55, 56, 57, 58, 59, 60]]);
  });

  it("waits longer with every failure, and starts anew after a success", () => {
    const node = aLeaf({ listeners: ["ana"] });
    const first = askIn(node.lost("parent", 1));
    const second = askIn(node.unanswered(first.ask, 1));
    const third = askIn(node.unanswered(second.ask, 1));
    expect([first, second, third].map((ask) => ask.afterMs)).toEqual([500, 1_000, 2_000]);
    node.dialed("again", PARENT);
    node.read("again", formatLinked({ epoch: 1, sequence: 0 }, 0), now, 0);
    expect(node.lost("again", 1)[0]).toMatchObject({ afterMs: 500 });
  });

  it("without listeners, asks nobody", () => {
    expect(aLeaf().lost("parent", 0.5)).toEqual([]);
  });

  it("refuses a parent of an older epoch, and asks again", () => {
    const node = aLeaf({ heard: 5, listeners: ["ana"] });
    node.hear("parent", chunks(1, 1, 7), now);
    node.lost("parent", 0);
    node.dialed("stale", PARENT);
    expect(node.read("stale", formatLink(3, plan, []), now, 0)).toEqual([{ do: "close", link: "stale", ending: "unfed" }]);
    expect(node.lost("stale", 0)).toMatchObject([{ do: "ask" }]);
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
    expect(messagesTo("all", node.hear("root", aChunk(1), now))).toEqual([[1]]);
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

describe("a newcomer while nobody feeds the leaf", () => {
  it("is welcome at once, and starts at the live edge when it is fed again, without the backlog", () => {
    const node = aLeaf({ heard: 50, listeners: ["ana"] });
    node.lost("parent", 0);
    expect(sentTo("bo", node.join("bo", undefined, now, 0))).toEqual([expect.stringContaining("welcome")]);
    node.dialed("again", PARENT);
    node.read("again", formatLink(1, plan, []), now, 0);
    const backlog = node.hear("again", chunks(51, 300), now);
    expect(sentTo("bo", backlog)).toEqual([]);
    expect(messagesTo("all", backlog)).toHaveLength(1);
    const [sound] = sentTo("bo", node.read("again", formatLinked({ epoch: 1, sequence: 300 }, 0), now, 0));
    expect(sound).toEqual([291, 292, 293, 294, 295, 296, 297, 298, 299, 300]);
  });

  it("is not greeted with words that were old when the parent replayed them", () => {
    const node = bareLeaf(0);
    node.learn(plan, 0);
    node.join("ana", undefined, now, 0);
    node.dialed("parent", PARENT);
    node.read("parent", formatLink(1, plan, []), now, 0);
    node.hear("parent", chunks(1, 100), now);
    expect(sentTo("ana", node.read("parent", formatLinked({ epoch: 1, sequence: 100 }, 3_600_000), now, 0))).toEqual([
      expect.stringContaining("welcome"),
    ]);
  });
});

describe("a room that is over", () => {
  const end = JSON.stringify({ type: "end", for: "nodes" });

  it("closes every listener, also who waits and who comes later", () => {
    const node = aLeaf({ heard: 5, listeners: ["ana"] });
    node.join("bo", { epoch: 1, sequence: 9 }, now, 0);
    const closed = node.read("parent", end, now, 0);
    expect(closed).toEqual(expect.arrayContaining(["ana", "bo"].map((link) => ({ do: "close", link, ending: "ended" }))));
    expect(node.join("cy", undefined, now, 0)).toContainEqual({ do: "close", link: "cy", ending: "ended" });
  });

  it("is told to a child that was away when it ended", () => {
    const node = bareRelay();
    node.learn(plan, 0);
    node.join("one", undefined, now, 0);
    node.dialed("root", "demo");
    node.read("root", formatLinked({ epoch: 0, sequence: 0 }, undefined), now, 0);
    expect(sentTo("one", node.read("root", end, now, 0))).toEqual([end]);
    expect(sentTo("late", node.join("late", undefined, now, 0)).at(-1)).toBe(end);
  });
});

describe("a relay whose root began anew and is silent", () => {
  it("is linked all the same: its children are counted, told and ended", () => {
    const node = bareRelay();
    node.learn(plan, 0);
    node.dialed("root", "demo");
    node.read("root", formatLinked({ epoch: 0, sequence: 0 }, undefined), now, 0);
    const greeting = sentTo("leaf", node.join("leaf", { epoch: 1, sequence: 500 }, now, 0));
    expect(greeting.at(-1)).toBe(formatLinked({ epoch: 0, sequence: 0 }, undefined));
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
          heard.push(...messagesTo("all", node.hear(uplink, message, now)).flatMap((one) => (typeof one === "string" ? [-1] : one)));
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
    node.count("one", { revision: 2, listeners: 40 });
    node.count("two", { revision: 1, listeners: 2 });
    node.count("one", { revision: 1, listeners: 9_999 });
    expect(JSON.parse(node.report()?.text ?? "{}")).toMatchObject({ type: "tally", listeners: 42 });
    expect(node.report()).toBeUndefined();
    node.leave("one");
    expect(JSON.parse(node.report()?.text ?? "{}")).toMatchObject({ listeners: 2 });
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
    expect(JSON.parse(node.report()?.text ?? "{}")).toMatchObject({ listeners: 1 });
    expect(node.owesReport).toBe(false);
    node.lost("parent", 0);
    node.dialed("again", PARENT);
    node.read("again", formatLinked({ epoch: 0, sequence: 0 }, 0), now, 0);
    expect(node.owesReport).toBe(true);
  });
});

describe("a leaf that slept", () => {
  it("hands on the first chunk after it to all who waited, over the link that was kept", () => {
    const saves = aLeaf({ heard: 50, listeners: ["ana"] }).read("parent", room.replace('"revision":5', '"revision":6'), now, 0);
    const save = saves.find((effect) => effect.do === "save");
    if (save?.do !== "save") throw new Error("nothing was saved");
    const saved = parseSaved(JSON.stringify(save.saved));
    const woken = bareLeaf(0, saved, { above: [{ link: "parent", parent: "demo.weur.1.0" }], below: [{ link: "ana", wasLive: true }] });
    expect(woken.hear("parent", chunks(45, 51), now)).toEqual([{ do: "send-all", message: expect.anything() }]);
    expect(messagesTo("all", woken.hear("parent", aChunk(52), now))).toEqual([[52]]);
    expect(String(sentTo("bo", woken.join("bo", undefined, now, 0))[0])).toContain("Demo");
  });
});

function askIn(effects: readonly (NodeEffect<string> | undefined)[]): { ask: number; afterMs: number } {
  const ask = effects.find((effect) => effect?.do === "ask");
  if (ask?.do !== "ask") throw new Error("nobody was asked");
  return ask;
}

/** What one link was sent: texts as they are, sound as its sequences. */
function sentTo(link: string, effects: readonly NodeEffect<string>[]): (string | number[])[] {
  return messagesTo(link, effects);
}

function messagesTo(link: string, effects: readonly NodeEffect<string>[]): (string | number[])[] {
  return effects.flatMap((effect): (string | number[])[] => {
    const isFor = link === "all" ? effect.do === "send-all" : effect.do === "send" && effect.to === link;
    if (!isFor || (effect.do !== "send" && effect.do !== "send-all")) return [];
    const { message } = effect;
    return typeof message === "string" ? [message] : [[...chunksIn(message)].map(({ at }) => readHeader(message, at)?.sequence ?? -1)];
  });
}
