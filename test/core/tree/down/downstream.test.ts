import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { formatFlow, formatLink, formatLinked } from "../../../../src/core/tree/down/link.ts";
import { aChunk, chunks, leaf } from "../../../support/build.ts";
import { aLeaf, bareLeaf, bareRelay, heardBy, messagesTo, now, PARENT, perform, plan, room, sentTo } from "../../../support/nodes.ts";

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
    expect(heardBy("ana", node, node.hear("parent", aChunk(51), now))).toEqual([[51]]);
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

describe("a newcomer while nobody feeds the leaf", () => {
  it("is welcome at once, and starts at the live edge when it is fed again, without the backlog", () => {
    const node = aLeaf({ heard: 50, listeners: ["ana"] });
    node.lost("parent", 0);
    expect(sentTo("bo", node.join("bo", undefined, now, 0))).toEqual([expect.stringContaining("welcome")]);
    node.dialed("again", PARENT);
    node.read("again", formatLink(1, plan, []), now, 0);
    const backlog = node.hear("again", chunks(51, 300), now);
    expect(sentTo("bo", backlog)).toEqual([]);
    expect(heardBy("ana", node, backlog)).toHaveLength(1);
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

describe("a leaf that has more to do than time", () => {
  const crowded = () => {
    const node = aLeaf({ listeners: ["ana"] });
    node.read("parent", formatFlow(true), now, 0);
    // Each chunk comes 600 ms later than the first: the machine does not keep up.
    perform(node, node.hear("parent", aChunk(1), localTime(100)), () => {});
    for (let sequence = 2; sequence <= 5; sequence++) {
      perform(node, node.hear("parent", aChunk(sequence), localTime(sequence * 100 + 600)), () => {});
    }
    return node;
  };
  const statusIn = (sent: readonly (string | number[])[]) => sent.filter((one) => typeof one === "string" && one.includes('"status"'));

  it("says so to newcomers at once, and to all once it has time for words", () => {
    const node = crowded();
    expect(String(sentTo("bo", node.join("bo", undefined, localTime(1_100), 0))[0])).toContain('"type":"status"');
    expect(statusIn(heardBy("ana", node, node.second(localTime(1_200), 0)))).toEqual([]);
    node.hear("parent", aChunk(6), localTime(650));
    const [status] = statusIn(heardBy("ana", node, node.second(localTime(2_200), 0)));
    expect(JSON.parse(String(status))).toMatchObject({ lane: "live", stride: node.down.stride });
    expect(statusIn(heardBy("ana", node, node.second(localTime(3_200), 0)))).toEqual([]);
  });

  it("never tells an older number after a newer one", () => {
    const node = crowded();
    const count = (revision: number) => JSON.stringify({ type: "audience", for: "all", revision, roomTime: 0, listeners: revision });
    heardBy("ana", node, node.read("parent", count(1), localTime(2_000), 0));
    node.read("parent", formatFlow(false), localTime(2_100), 0);
    const told = heardBy("ana", node, node.read("parent", count(2), localTime(2_200), 0));
    expect(told.map(String)).toEqual([count(2)]);
    expect(heardBy("ana", node, node.second(localTime(20_000), 0)).filter((one) => String(one).includes('"audience"'))).toEqual([]);
  });

  it("tells numbers seldom: each text costs as much as a send of sound", () => {
    const node = crowded();
    const count = (revision: number) => JSON.stringify({ type: "audience", for: "all", revision, roomTime: 0, listeners: revision });
    const heard = Array.from({ length: 20 }, (_, second) => {
      const told = node.read("parent", count(second + 1), localTime(2_000 + second * 1_000), 0);
      return heardBy("ana", node, [...told, ...node.second(localTime(2_000 + second * 1_000), 0)]);
    }).flat();
    expect(heard.filter((one) => String(one).includes('"audience"')).length).toBeLessThanOrEqual(3);
  });

  it("tells captions once for four sends of sound at most, and always the newest", () => {
    const node = crowded();
    const line = (revision: number) => JSON.stringify({ type: "captions", for: "all", revision, roomTime: 0, epoch: 1, lines: [] });
    const heard: string[] = [];
    for (let ms = 0; ms < 20_000; ms += 250) {
      const now = localTime(2_000 + ms);
      const told = node.read("parent", line(ms + 1), now, 0);
      heard.push(...heardBy("ana", node, [...told, ...(ms % 1_000 === 0 ? node.second(now, 0) : [])]).map(String));
    }
    const captions = heard.filter((text) => text.includes('"captions"'));
    expect(captions.length).toBeGreaterThan(1);
    expect(captions.length).toBeLessThanOrEqual(1 + 20_000 / (4 * 100 * node.down.stride));
    const revisions = captions.map((text) => Number(/"revision":(\d+)/.exec(text)?.[1]));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  it("lets all hear the last of a room that is left, before it tells who goes on", () => {
    const node = crowded();
    // A message is more than one chunk now: some wait for their turn.
    const held = heardBy("ana", node, node.hear("parent", aChunk(6), localTime(1_250)));
    const moved = JSON.stringify({ type: "moved", for: "all", revision: 9, roomTime: 0, from: "demo", room: "after" });
    const heard = [...held, ...heardBy("ana", node, node.read("parent", moved, localTime(1_260), 0))];
    expect(heard.at(-1)).toBe(moved);
    expect(heard.flat()).toContain(6);
  });
});
