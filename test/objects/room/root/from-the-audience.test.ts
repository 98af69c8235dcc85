import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { Ask } from "../../../../src/core/tree/people/asks.ts";
import { NO_REACTIONS, type Reactions } from "../../../../src/core/tree/people/reactions.ts";
import { TreeRoot } from "../../../../src/core/tree/root.ts";
import { nodeName, parseNodeName } from "../../../../src/core/tree/shape/plan.ts";
import { ENDING } from "../../../../src/core/wire/ending.ts";
import { Root } from "../../../../src/objects/room/root/root.ts";
import { call, connectEar, connectSpeaker, env, workerdHouse } from "../../../contract/workerd-house.ts";
import { roomId } from "../../../support/build.ts";

const { eventually, pass } = workerdHouse;

/** What each room's root was asked, and the bodies that nodes attached to: looked at from the side, so that no room's rules stand between. */
const asks: { readonly room: string; readonly ask: Ask }[] = [];
const roots = new Map<string, Root>();

const { second } = TreeRoot.prototype;
const { attach } = Root.prototype;
const { asked } = TreeRoot.prototype;
TreeRoot.prototype.asked = function () {
  return noted(this.plan.root, asked.call(this));
};
TreeRoot.prototype.second = function (now) {
  const effects = second.call(this, now);
  for (const effect of effects) if (effect.do === "asked") noted(this.plan.root, effect.asks);
  return effects;
};
Root.prototype.attach = function (ask) {
  roots.set(this.plan.root, this);
  return attach.call(this, ask);
};

function noted(room: string, some: readonly Ask[]): readonly Ask[] {
  asks.push(...some.map((ask) => ({ room, ask })));
  return some;
}

/** A room on air, whose tree has relays: twenty leaves, four below each node. */
async function onAir(name: string) {
  const room = `up-${name}-${Date.now().toString(36)}`;
  const created = await call("POST", "/api/rooms", { title: "Up", room, chunkMs: 100 });
  const { hostTicket } = await created.json<{ hostTicket: string }>();
  const host = await connectSpeaker(room, hostTicket);
  host.say({ type: "on-air" });
  host.speak();
  const stub = env.ROOM.get(env.ROOM.idFromName(roomId(room)));
  return {
    host,
    ear: (me?: string, address?: string) => connectEar(room, undefined, me?.padEnd(22, "_"), address),
    asked: () => asks.filter((one) => one.room === room).map(({ ask }) => ask),
    /** Inside the room's object. */
    inRoom: (act: (root: Root) => void) =>
      runInDurableObject(stub, () => {
        const root = roots.get(room);
        if (root === undefined) throw new Error("nobody has attached yet");
        act(root);
      }),
  };
}

function reactionsOf(texts: readonly { readonly type: string; readonly counts?: Reactions }[]): Reactions {
  return texts.findLast((text) => text.type === "reactions")?.counts ?? NO_REACTIONS;
}

describe("a listener's hand and question", () => {
  it("go up through a relay to the room, and a whisper comes back to his sockets alone", async () => {
    const room = await onAir("ask");
    const [ana, bo] = [await room.ear("ana"), await room.ear("bo")];
    await eventually("they hear", () => [ana, bo].every((ear) => ear.frames > 5));
    ana.say({ type: "hand", raised: true, name: "Ana" });
    ana.say({ type: "question", id: "question-1", name: "Ana", text: "Why  a tree?" });
    await eventually("the room is asked", () => room.asked().length >= 2);
    const [hand, question] = ["hand", "question"].map((kind) => room.asked().find((ask) => ask.kind === kind));
    expect(hand).toMatchObject({ name: "Ana", text: "" });
    expect(question).toMatchObject({ id: "question-1", text: "Why a tree?", session: hand?.session });
    if (hand === undefined) return;
    const you = { type: "you", session: hand.session, hand: "raised", code: "for-her-alone" };
    await room.inRoom((root) => root.whisper(hand.session, JSON.stringify(you)));
    await eventually("she is told", () => ana.texts.some((text) => text.type === "you" && text.code === you.code));
    await pass(200);
    expect(bo.texts.some((text) => text.type === "you")).toBe(false);
    // Each is told in many reports, and heard once.
    await pass(3_000);
    expect(room.asked()).toHaveLength(2);
    room.host.leave();
  });

  it("are refused with a reason where they cannot be read, come too often, or from nobody", async () => {
    const room = await onAir("refused");
    const [ana, bare] = [await room.ear("ana"), await room.ear()];
    await eventually("they hear", () => [ana, bare].every((ear) => ear.frames > 5));
    ana.say({ type: "question", id: "question-1", name: "Ana", text: "turned \u202e around" });
    ana.say({ type: "hand", raised: true, name: "" });
    ana.say({ type: "hand", raised: "yes", name: "Ana" });
    ana.say({ type: "hand", raised: true, name: "Ana" });
    ana.say({ type: "hand", raised: false, name: "" });
    ana.say({ type: "a thing of tomorrow" });
    bare.say({ type: "hand", raised: true, name: "Nobody" });
    const codes = (ear: typeof ana) => ear.texts.flatMap((text) => (text.type === "refused" ? [text.code] : []));
    await eventually("all are answered", () => codes(ana).length >= 4 && codes(bare).length >= 1);
    expect(codes(ana)).toEqual(["question-unreadable", "name-unreadable", "text-unreadable", "too-often"]);
    expect(codes(bare)).toEqual(["no-identity"]);
    expect([ana.closed, bare.closed]).toEqual([undefined, undefined]);
    room.host.leave();
  });
});

describe("a leaf that has slept", () => {
  it("still knows who hears, and whose socket is whose", async () => {
    const room = await onAir("slept");
    const ana = await room.ear("ana");
    await eventually("she hears", () => ana.frames > 5);
    ana.say({ type: "hearing", hearing: true });
    ana.say({ type: "hand", raised: true, name: "Ana" });
    await eventually("the room is asked", () => room.asked().length === 1);
    const [hand] = room.asked();
    const leaf = hand === undefined ? undefined : parseNodeName(hand.leaf);
    if (hand === undefined || leaf === undefined) throw new Error("no leaf was named");
    room.host.say({ type: "off-air" });
    room.host.hush();
    // The room falls quiet, and the hand has been told for long enough: nothing keeps the leaf awake.
    await pass(13_000);
    await evictDurableObject(env.LEAF.get(env.LEAF.idFromName(nodeName(leaf))));
    await room.inRoom((root) =>
      root.whisper(hand.session, JSON.stringify({ type: "you", session: hand.session, hand: "none", code: "after-a-sleep" })),
    );
    await eventually("she is told", () => ana.texts.some((text) => text.type === "you" && text.code === "after-a-sleep"));
    const hearing = () => room.host.heard.findLast((text) => text.type === "audience")?.hearing;
    expect(hearing()).toBe(1);
    ana.say({ type: "hearing", hearing: false });
    await eventually("it is told that she does not hear", () => hearing() === 0);
    room.host.leave();
  });
});

describe("who is removed, or banned", () => {
  it("is silent within a second, and not let in again; his neighbours hear on", async () => {
    const room = await onAir("ban");
    const [ana, bo] = [await room.ear("ana"), await room.ear("bo")];
    await eventually("they hear", () => [ana, bo].every((ear) => ear.frames > 5));
    ana.say({ type: "hand", raised: true, name: "Ana" });
    await eventually("the room is asked", () => room.asked().length === 1);
    const session = room.asked()[0]?.session;
    if (session === undefined) return;
    const removedAt = Date.now();
    room.host.say({ type: "ban", session, address: false });
    await eventually("she is closed", () => ana.closed !== undefined);
    expect(Date.now() - removedAt).toBeLessThan(1_000);
    expect(ana.closed).toBe(ENDING.removed.code);
    const heard = ana.chunks.length;
    await pass(300);
    expect(ana.chunks).toHaveLength(heard);
    const again = await Promise.all(Array.from({ length: 6 }, () => room.ear("ana")));
    await eventually("she is turned away", () => again.every((ear) => ear.closed === ENDING.removed.code));
    expect(again.every((ear) => ear.frames === 0)).toBe(true);
    expect(bo.closed).toBeUndefined();
    room.host.leave();
  });

  it("takes those along who come from where he comes from, if the host says so", async () => {
    const room = await onAir("address");
    const [ana, bo, cy] = [await room.ear("ana", "192.0.2.7"), await room.ear("bo", "192.0.2.7"), await room.ear("cy", "192.0.2.8")];
    await eventually("they hear", () => [ana, bo, cy].every((ear) => ear.frames > 5));
    ana.say({ type: "hand", raised: true, name: "Ana" });
    await eventually("the room is asked", () => room.asked().length === 1);
    room.host.say({ type: "ban", session: room.asked()[0]?.session, address: true });
    await eventually("both are closed", () => [ana, bo].every((ear) => ear.closed === ENDING.removed.code));
    expect(cy.closed).toBeUndefined();
    room.host.leave();
  });
});

describe("reactions", () => {
  it("of two hundred sockets are counted exactly, and told to all", async () => {
    const room = await onAir("react");
    const ears: Awaited<ReturnType<typeof connectEar>>[] = [];
    for (let index = 0; index < 200; index++) ears.push(await room.ear());
    await eventually("they hear", () => ears.every((ear) => ear.frames > 0));
    for (let tap = 0; tap < 3; tap++) for (const ear of ears) ear.say({ type: "react", reaction: tap === 0 ? "clap" : "heart" });
    for (const ear of ears) ear.say({ type: "hearing", hearing: true });
    const first = ears[0];
    await eventually("all taps are told", () => reactionsOf(first?.texts ?? []).heart === 400);
    expect(reactionsOf(first?.texts ?? [])).toEqual({ clap: 200, heart: 400 });
    await eventually("and how many hear", () =>
      room.host.heard.some((text) => text.type === "audience" && text.hearing === 200 && text.listeners === 200),
    );
    const crowd = room.host.heard.findLast((text) => text.type === "crowd");
    expect(crowd?.parts).toEqual([{ region: "weur", lane: "live", listeners: 200, hearing: 200 }]);
    const audience = room.host.heard.findLast((text) => text.type === "audience");
    // Nobody had a session: each join was a browser of its own. 200 ± four standard errors.
    expect(Math.abs((audience?.unique ?? 0) - 200)).toBeLessThan(14);
    room.host.leave();
  });
});
