import { describe, expect, it } from "vitest";
import { localTime } from "../../../../src/core/ids.ts";
import { formatRemove, formatWhisper } from "../../../../src/core/tree/down/link.ts";
import type { TreeNode } from "../../../../src/core/tree/node.ts";
import type { Ask } from "../../../../src/core/tree/people/asks.ts";
import type { ListenerSays } from "../../../../src/core/tree/people/listener-says.ts";
import type { TallyReport } from "../../../../src/core/tree/up/totals.ts";
import { session } from "../../../support/asks.ts";
import { aLeaf, bareLeaf, now, plan } from "../../../support/nodes.ts";

const ana = session("ana");
const later = (ms: number) => localTime(now + ms);
const hand = (raised: boolean): ListenerSays => ({ type: "hand", raised, name: "Ana" });
const question = (id = "question-1"): ListenerSays => ({ type: "question", id, name: "Ana", text: "Why?" });

function reportOf(leaf: TreeNode<string>): TallyReport {
  const report = leaf.report()?.said;
  if (report === undefined) throw new Error("nothing was reported");
  return report;
}

function askedIn(leaf: TreeNode<string>): readonly Ask[] {
  return reportOf(leaf).asks;
}

/** A leaf on which Ana listens, with her session. */
function withAna(): TreeNode<string> {
  const leaf = aLeaf({ heard: 3, listeners: ["bare"] });
  leaf.join("ana", undefined, now, 0.5, { session: ana, address: "home".padEnd(22, "_") });
  return leaf;
}

describe("what a listener says", () => {
  it("is reported: that he hears, what he taps, and what he asks", () => {
    const leaf = withAna();
    leaf.said("bare", { type: "hearing", hearing: true }, now, 0);
    leaf.said("bare", { type: "react", reaction: "heart" }, now, 0);
    leaf.said("ana", hand(true), now, 0.25);
    leaf.said("ana", question(), now, 0.75);
    const report = reportOf(leaf);
    expect(report).toMatchObject({ listeners: 2, hearing: 1, reactions: { heart: 1 }, regions: { weur: { listeners: 2, hearing: 1 } } });
    expect(report.asks).toMatchObject([
      { kind: "hand", session: ana, name: "Ana", luck: 0.25, leaf: "demo.weur.0.0" },
      { kind: "question", id: "question-1", text: "Why?", luck: 0.75 },
    ]);
  });

  it("is not taken without a session, where it must be answered", () => {
    const leaf = withAna();
    for (const says of [hand(true), question()]) {
      expect(leaf.said("bare", says, now, 0)).toEqual([{ do: "refuse", link: "bare", code: "no-identity" }]);
    }
  });

  it("is not taken too often: a hand every 2 s, a question every 10", () => {
    const leaf = withAna();
    const refused = [{ do: "refuse", link: "ana", code: "too-often" }];
    leaf.said("ana", hand(true), now, 0);
    expect(leaf.said("ana", hand(false), later(1_999), 0)).toEqual(refused);
    expect(leaf.said("ana", hand(false), later(2_000), 0)).toEqual([{ do: "keep", link: "ana" }]);
    leaf.said("ana", question(), now, 0);
    expect(leaf.said("ana", question("question-2"), later(9_999), 0)).toEqual(refused);
    expect(leaf.said("ana", question("question-2"), later(10_000), 0)).toEqual([]);
  });

  it("is told to nobody where a hand is lowered that was not up, but as a no to who asked him up", () => {
    const leaf = withAna();
    expect(leaf.said("ana", hand(false), now, 0)).toEqual([]);
    expect(askedIn(leaf)).toEqual([]);
    leaf.read("parent", formatWhisper(ana, "come up"), now, 0);
    leaf.said("ana", hand(false), later(100), 0);
    expect(askedIn(leaf)).toMatchObject([{ kind: "lower", session: ana, text: "" }]);
    leaf.said("ana", hand(false), later(2_200), 0);
    expect(leaf.report()).toBeUndefined();
  });

  it("counts five taps a second, and no more", () => {
    const leaf = withAna();
    for (let tap = 0; tap < 20; tap++) expect(leaf.said("bare", { type: "react", reaction: "clap" }, later(tap * 10), 0)).toEqual([]);
    leaf.said("bare", { type: "react", reaction: "clap" }, later(1_000), 0);
    expect(reportOf(leaf).reactions).toEqual({ clap: 6 });
  });

  it("is nothing from who has just been closed", () => {
    const leaf = withAna();
    leaf.leave("ana");
    expect(leaf.said("ana", hand(true), now, 0)).toEqual([]);
  });
});

describe("a hand whose owner is gone", () => {
  /** So many seconds pass at the leaf. */
  const pass = (leaf: TreeNode<string>, seconds: number) => {
    for (let second = 0; second < seconds; second++) leaf.second(now, 0);
  };

  it("is lowered after 15 s, also when nobody else is there", () => {
    const leaf = withAna();
    leaf.leave("bare");
    leaf.said("ana", hand(true), now, 0);
    expect(askedIn(leaf)).toHaveLength(1);
    leaf.leave("ana");
    pass(leaf, 14);
    expect(askedIn(leaf)).toEqual([]);
    expect(leaf.wantsSeconds).toBe(true);
    pass(leaf, 1);
    expect(askedIn(leaf)).toMatchObject([{ kind: "lower", session: ana, text: "gone" }]);
    pass(leaf, 15);
    expect(leaf.wantsSeconds).toBe(false);
  });

  it("stays up while another of his sockets is here, or he comes back in time", () => {
    const leaf = withAna();
    leaf.join("desk", undefined, now, 0, { session: ana });
    leaf.said("ana", hand(true), now, 0);
    leaf.leave("ana");
    pass(leaf, 30);
    leaf.leave("desk");
    pass(leaf, 10);
    leaf.join("phone", undefined, now, 0, { session: ana });
    pass(leaf, 30);
    expect(JSON.stringify(leaf.report()?.said.asks ?? [])).not.toContain("lower");
  });

  it("may be raised again at once on a new socket, so that he is told there how it stands", () => {
    const leaf = withAna();
    leaf.said("ana", hand(true), now, 0);
    leaf.leave("ana");
    leaf.join("phone", undefined, later(500), 0, { session: ana });
    expect(leaf.said("phone", hand(true), later(600), 0)).toEqual([{ do: "keep", link: "phone" }]);
    expect(leaf.said("phone", hand(true), later(700), 0)).toMatchObject([{ do: "refuse" }]);
  });

  it("is remembered through a sleep, as is that he hears", () => {
    const leaf = withAna();
    leaf.said("ana", hand(true), now, 0);
    leaf.said("ana", { type: "hearing", hearing: true }, now, 0);
    const person = leaf.kept("ana");
    expect(person).toEqual({ session: ana, address: "home".padEnd(22, "_"), isHearing: true, isRaised: true });
    const awake = bareLeaf(0, undefined, { above: [], below: [{ link: "ana", wasLive: true, person }] });
    expect(awake.kept("ana")).toEqual(person);
  });
});

describe("who is removed, and banned by where he came from", () => {
  it("is not told by an HMAC under an older key", () => {
    const leaf = withAna();
    leaf.learn({ ...plan, revision: plan.revision + 1, addressKey: "k".repeat(22) }, 0);
    expect(leaf.kept("ana")).toMatchObject({ address: "home".padEnd(22, "_") });
    const effects = leaf.learn({ ...plan, revision: plan.revision + 2, addressKey: "n".repeat(22) }, 0);
    expect(effects).toContainEqual({ do: "keep", link: "ana" });
    expect(leaf.kept("ana")).toEqual({ session: ana });
    leaf.read("parent", formatRemove(ana, true), now, 0);
    expect(askedIn(leaf)).toEqual([]);
  });

  it("is told to the room by the HMAC of his address, before all who ask", () => {
    const leaf = withAna();
    leaf.join("bo", undefined, now, 0, { session: session("bo") });
    leaf.said("bo", hand(true), now, 0);
    leaf.read("parent", formatRemove(ana, true), now, 0);
    expect(askedIn(leaf)).toMatchObject([{ kind: "address", session: ana, text: "home".padEnd(22, "_") }, { kind: "hand" }]);
  });
});

describe("different browsers", () => {
  it("are told by their session, and by luck where they have none", () => {
    const leaf = withAna();
    leaf.join("again", undefined, now, 0, { session: ana });
    leaf.join("another", undefined, now, 0.1);
    // Three registers of three characters: ana, and two without a session.
    expect(reportOf(leaf).unique).toHaveLength(9);
  });
});
