import { describe, expect, it } from "vitest";
import { formatFlow, formatLink, formatLinked } from "../../../src/core/tree/down/link.ts";
import type { TreeNode } from "../../../src/core/tree/node.ts";
import type { NodeEffect } from "../../../src/core/tree/node-effect.ts";
import { TreeRoot } from "../../../src/core/tree/root.ts";
import { aChunk, chunks } from "../../support/build.ts";
import { aLeaf, bareRelay, messagesTo, now, PARENT, perform, plan, sentTo } from "../../support/nodes.ts";

/** What a node does in so many seconds without a word from anybody. */
function seconds(node: TreeNode<string>, count: number): NodeEffect<string>[] {
  return Array.from({ length: count }, () => node.second(now, 0)).flat();
}

function aFlowingLeaf() {
  const node = aLeaf({ heard: 5, listeners: ["ana"] });
  node.read("parent", formatFlow(true), now, 0);
  return node;
}

describe("a parent that goes silent without closing", () => {
  it("is given up in the fourth second, and asked anew", () => {
    const node = aFlowingLeaf();
    expect(seconds(node, 3)).toEqual([]);
    expect(seconds(node, 1)).toMatchObject([{ do: "close", link: "parent", ending: "unfed" }, { do: "ask" }]);
    expect(node.isUplink("parent")).toBe(false);
  });

  it("is kept as long as anything comes, be it a word", () => {
    const node = aFlowingLeaf();
    for (let index = 0; index < 5; index++) {
      seconds(node, 3);
      if (index % 2 === 0) node.hear("parent", aChunk(6 + index), now);
      else node.read("parent", formatFlow(true), now, 0);
    }
    expect(seconds(node, 3)).toEqual([]);
  });

  it("is kept while the room is quiet, however long that lasts", () => {
    const node = aFlowingLeaf();
    perform(node, node.read("parent", formatFlow(false), now, 0), () => {});
    expect(node.wantsSeconds).toBe(false);
    expect(seconds(node, 60)).toEqual([]);
  });

  it("cannot make good by a word on a link that does not feed", () => {
    const node = aFlowingLeaf();
    node.dialed("other", PARENT);
    seconds(node, 3);
    node.read("other", formatLink(1, plan, []), now, 0);
    expect(seconds(node, 1)).toContainEqual({ do: "close", link: "parent", ending: "unfed" });
  });
});

describe("a node's seconds", () => {
  it("pass while sound flows to somebody, or somebody waits to be fed", () => {
    const node = aLeaf({ listeners: ["ana"] });
    expect(node.wantsSeconds).toBe(false);
    node.read("parent", formatFlow(true), now, 0);
    expect(node.wantsSeconds).toBe(true);
    node.read("parent", formatFlow(false), now, 0);
    node.lost("parent", 0);
    expect(node.wantsSeconds).toBe(true);
    node.leave("ana");
    expect(node.wantsSeconds).toBe(false);
  });

  it("pass as its new parent says, when it has one", () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.dialed("new", PARENT);
    node.read("new", formatLinked({ epoch: 1, sequence: 0 }, 0, true), now, 0);
    expect(node.wantsSeconds).toBe(true);
  });
});

describe("a relay whose own parent is silent", () => {
  function aFlowingRelay() {
    const node = bareRelay();
    node.learn(plan, 0);
    node.join("leaf", undefined, now, 0);
    node.dialed("root", "demo");
    node.read("root", formatLinked({ epoch: 1, sequence: 0 }, 0, true), now, 0);
    return node;
  }

  it("tells its children each second that it lives, so that they stay", () => {
    const node = aFlowingRelay();
    node.hear("root", chunks(1, 5), now);
    expect(messagesTo("all", node.second(now, 0))).toEqual([]);
    expect(messagesTo("all", node.second(now, 0))).toEqual([formatFlow(true)]);
    expect(messagesTo("all", node.second(now, 0))).toEqual([formatFlow(true)]);
    node.lost("root", 0);
    expect(messagesTo("all", node.second(now, 0))).toEqual([formatFlow(true)]);
  });

  it("hands on whether sound flows, once, and tells newcomers", () => {
    const node = aFlowingRelay();
    expect(messagesTo("all", node.read("root", formatFlow(true), now, 0))).toEqual([]);
    expect(messagesTo("all", node.read("root", formatFlow(false), now, 0))).toEqual([formatFlow(false)]);
    node.read("root", formatFlow(true), now, 0);
    expect(sentTo("late", node.join("late", undefined, now, 0)).at(-1)).toBe(formatLinked({ epoch: 0, sequence: 0 }, 0, true));
  });
});

describe("a root", () => {
  it("says when its clock starts and stops, and to newcomers whether it runs", () => {
    const root = new TreeRoot<string>(plan, 0, false, now);
    const said = (effects: ReturnType<typeof root.start>) => effects.map((effect) => (effect.do === "send-all" ? effect.message : ""));
    root.begin(1, 100, now);
    expect(said(root.start(now))).toEqual([formatFlow(true)]);
    expect(sentTo("relay", root.join("relay", undefined, now)).at(-1)).toBe(formatLinked({ epoch: 0, sequence: 0 }, undefined, true));
    expect(said(root.stop())).toEqual([formatFlow(false)]);
    expect(said(root.stop())).toEqual([]);
  });
});
