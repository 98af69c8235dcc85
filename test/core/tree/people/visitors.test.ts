import { describe, expect, it } from "vitest";
import { parseSessionId, type SessionId } from "../../../../src/core/ids.ts";
import { formatLink, formatLinked, formatRemove, formatWhisper, parseLinkText } from "../../../../src/core/tree/down/link.ts";
import type { NodeEffect } from "../../../../src/core/tree/node-effect.ts";
import { MOST_BANS, parseBans } from "../../../../src/core/tree/people/bans.ts";
import { Visitors } from "../../../../src/core/tree/people/visitors.ts";
import { chunks } from "../../../support/build.ts";
import { aLeaf, bareLeaf, bareRelay, heardBy, now, PARENT, plan, room, sentTo } from "../../../support/nodes.ts";

const ana = session("l-ana");
const bo = session("l-bo");
const HOME = "home".padEnd(22, "_");

function session(name: string): SessionId {
  const parsed = parseSessionId(name.padEnd(24, "_"));
  if (parsed === undefined) throw new Error(`not a session: ${name}`);
  return parsed;
}

function bans(revision: number, sessions: readonly string[], addresses: readonly string[] = []): string {
  return JSON.stringify({ type: "bans", for: "nodes", revision, roomTime: 0, sessions, addresses });
}

function closedIn(effects: readonly NodeEffect<string>[]): string[] {
  return effects.flatMap((effect) => (effect.do === "close" && effect.ending === "removed" ? [effect.link] : []));
}

describe("a whisper", () => {
  it("reaches every socket of its session, and nobody else", () => {
    const leaf = aLeaf({ heard: 3, listeners: ["stranger"] });
    leaf.join("phone", undefined, now, 0, { session: ana });
    leaf.join("desk", undefined, now, 0, { session: ana });
    leaf.join("other", undefined, now, 0, { session: bo });
    const effects = leaf.read("parent", formatWhisper(ana, '{"type":"you"}'), now, 0);
    expect(sentTo("phone", effects)).toEqual(['{"type":"you"}']);
    expect(sentTo("desk", effects)).toEqual(['{"type":"you"}']);
    expect(effects).toHaveLength(2);
  });

  it("never comes before the welcome", () => {
    const leaf = bareLeaf(0);
    leaf.learn(plan, 0);
    leaf.join("ana", undefined, now, 0, { session: ana });
    leaf.dialed("parent", PARENT);
    expect(leaf.read("parent", formatWhisper(ana, "{}"), now, 0)).toEqual([]);
  });

  it("is handed on by a relay as it is", () => {
    const relay = bareRelay();
    relay.dialed("parent", "demo");
    const text = formatWhisper(ana, '{"type":"you"}');
    expect(sentTo("all", relay.read("parent", text, now, 0))).toEqual([text]);
  });

  it("is nothing if it is longer than a text may be, or for nobody", () => {
    expect(parseLinkText(formatWhisper(ana, "x".repeat(4_097)))).toBeUndefined();
    expect(parseLinkText('{"type":"whisper","for":"nodes","to":"?","text":"{}"}')).toBeUndefined();
  });
});

describe("who was removed", () => {
  it("hears nothing from that moment on, on none of his sockets", () => {
    const leaf = aLeaf({ heard: 3 });
    for (const link of ["phone", "desk"]) leaf.join(link, undefined, now, 0, { session: ana });
    leaf.join("bo", undefined, now, 0, { session: bo });
    expect(closedIn(leaf.read("parent", formatRemove(ana, false), now, 0))).toEqual(["phone", "desk"]);
    const sound = leaf.hear("parent", chunks(4, 4), now);
    expect(heardBy("phone", leaf, sound)).toEqual([]);
    expect(leaf.listeners).toBe(1);
  });
});

describe("who is banned", () => {
  it("is closed, by his session and by his address, and not let in again", () => {
    const leaf = aLeaf({ heard: 3 });
    leaf.join("ana", undefined, now, 0, { session: ana });
    leaf.join("bo", undefined, now, 0, { session: bo, address: HOME });
    leaf.join("bare", undefined, now, 0);
    expect(closedIn(leaf.read("parent", bans(7, [ana], [HOME]), now, 0))).toEqual(["ana", "bo"]);
    expect(leaf.isBanned({ session: ana })).toBe(true);
    expect(leaf.isBanned({ session: session("l-new"), address: HOME })).toBe(true);
    expect(leaf.isBanned({})).toBe(false);
  });

  it("is closed too where his leaf hears of it late, with a new link", () => {
    const leaf = bareLeaf(0);
    leaf.learn(plan, 0);
    leaf.join("ana", undefined, now, 0, { session: ana });
    leaf.dialed("parent", PARENT);
    expect(closedIn(leaf.read("parent", formatLink(1, plan, [room, bans(7, [ana])]), now, 0))).toEqual(["ana"]);
  });

  it("stays out after the leaf has slept", () => {
    const leaf = aLeaf({ heard: 3 });
    const saves = leaf.read("parent", bans(7, [ana]), now, 0).flatMap((effect) => (effect.do === "save" ? [effect.saved] : []));
    const awake = bareLeaf(0, saves.at(-1), { above: [], below: [{ link: "bo", wasLive: true, person: { session: bo } }] });
    expect(awake.isBanned({ session: ana })).toBe(true);
    expect(awake.kept("bo").session).toBe(bo);
  });

  it("is let in again when the newest bans do not name him, and not by older ones", () => {
    const leaf = aLeaf({ heard: 3 });
    leaf.read("parent", bans(7, [ana]), now, 0);
    leaf.read("parent", bans(6, []), now, 0);
    expect(leaf.isBanned({ session: ana })).toBe(true);
    leaf.read("parent", bans(8, []), now, 0);
    expect(leaf.isBanned({ session: ana })).toBe(false);
  });

  it("is kept out by the old bans until a new root has told its own", () => {
    const leaf = aLeaf({ heard: 3 });
    leaf.read("parent", bans(7, [ana]), now, 0);
    leaf.dialed("new", PARENT);
    leaf.read("new", formatLink(2, plan, [room]), now, 0);
    leaf.read("new", formatLinked({ epoch: 2, sequence: 0 }, 0), now, 0);
    expect(leaf.isBanned({ session: ana })).toBe(true);
    leaf.read("new", bans(1, []), now, 0);
    expect(leaf.isBanned({ session: ana })).toBe(false);
  });
});

describe("the text of bans", () => {
  it("holds what can be read of it, and no more than a room may keep out", () => {
    const many = Array.from({ length: 3 * MOST_BANS }, (_, index) => `l-${index}`.padEnd(24, "_"));
    const read = parseBans(bans(1, [...many, "?", ana], ["an address", HOME]));
    expect(read?.sessions.size).toBe(MOST_BANS);
    expect([...(read?.addresses ?? [])]).toEqual([HOME]);
  });
});

describe("a leaf", () => {
  it("still knows where somebody came from whom it has just lost, for some of them", () => {
    const visitors = new Visitors<string>();
    visitors.come("ana", { session: ana, address: HOME });
    visitors.leave("ana");
    expect(visitors.addressOf(ana)).toBe(HOME);
    for (let index = 0; index < 100; index++) {
      visitors.come("other", { session: session(`l-${index}`), address: HOME });
      visitors.leave("other");
    }
    expect(visitors.addressOf(ana)).toBeUndefined();
  });
});
