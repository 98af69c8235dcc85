import { describe, expect, it } from "vitest";
import { chunksIn, joinChunks, readHeader } from "../../../src/core/audio/chunk.ts";
import type { Segment } from "../../../src/core/audio/segment.ts";
import { audienceOf, localTime } from "../../../src/core/ids.ts";
import { type ArchiveEffect, ArchiveNode } from "../../../src/core/tree/archive.ts";
import { type Keeping, parseKeeping } from "../../../src/core/tree/keeping.ts";
import type { KeptLine } from "../../../src/core/tree/kept-lines.ts";
import { END_TEXT, formatFlow, formatLink, formatLinked } from "../../../src/core/tree/link.ts";
import { archiveOf, nodeName, type Plan, parentOf, parseNodeName, parsePlan, segmentsPath } from "../../../src/core/tree/plan.ts";
import type { Saved } from "../../../src/core/tree/saved.ts";
import type { Stored } from "../../../src/core/tree/shelf.ts";
import { aChunk, aPlan, chunks, roomId } from "../../support/build.ts";

const audience = audienceOf(roomId("demo"));
const secret = "abcdefghijklmnopqrstuv";
const plan: Plan = { ...aPlan(), segments: secret };
const state = JSON.stringify({ type: "room", for: "all", revision: 5, roomTime: 0, title: "Demo" });

/** An archive and its storage, which does at once what it is told, unless it fails. */
class House {
  node: ArchiveNode<string>;
  now = localTime(1_000_000);
  readonly stored = new Map<string, Stored & Pick<Segment, "bytes">>();
  readonly closed: string[] = [];
  readonly asks: number[] = [];
  saved: Saved | undefined;
  readonly lines: KeptLine[] = [];
  keeping: Keeping | undefined;
  doubts = 0;
  fails = false;
  erased = false;

  constructor() {
    this.node = this.wake();
  }

  wake(above: readonly { link: string; parent: string }[] = []): ArchiveNode<string> {
    this.node = new ArchiveNode(audience, this.saved, [...this.stored.values()], above, this.now, this.keeping);
    this.do(this.node.wake(this.now, 0));
    return this.node;
  }

  do(effects: readonly ArchiveEffect<string>[]): void {
    for (const effect of effects) {
      if (effect.do === "ask") this.asks.push(effect.ask);
      else if (effect.do === "save") this.saved = effect.saved;
      else if (effect.do === "close") {
        this.closed.push(effect.link);
        this.do(this.node.lost(effect.link, this.now, 0));
      } else if (effect.do === "erase") for (const { epoch, index } of effect.names) this.stored.delete(`${epoch}/${index}`);
      else if (effect.do === "erase-all") {
        this.stored.clear();
        this.erased = true;
      } else if (effect.do === "erase-kept") {
        for (const [name, { take }] of this.stored) if (take !== undefined) this.stored.delete(name);
      } else if (effect.do === "keep") this.keeping = parseKeeping(JSON.stringify(effect.keeping));
      else if (effect.do === "keep-line") this.lines.push(effect.line);
      else if (effect.do === "ask-if-over") this.doubts++;
      else if (this.fails) this.node.failed(effect.segment, this.now);
      else {
        const { segment } = effect;
        this.stored.set(`${segment.epoch}/${segment.index}`, segment);
        this.do(this.node.written(segment, this.now));
      }
    }
  }

  /** The room goes on air, and the root dials. */
  live(link = "root", epoch = 1): void {
    this.do(this.node.roomIsLive(plan, this.now, 0));
    this.linked(link, epoch);
  }

  linked(link: string, epoch: number, missed: Uint8Array = new Uint8Array(0)): void {
    this.node.dialed(link, "demo");
    this.read(link, formatLink(epoch, plan, [state]));
    if (missed.byteLength > 0) this.hear(link, missed);
    this.read(link, formatLinked({ epoch, sequence: 0 }, undefined, true));
  }

  read(link: string, text: string): void {
    this.do(this.node.read(link, text, this.now, 0));
  }

  hear(link: string, message: Uint8Array): void {
    this.do(this.node.hear(link, message, this.now));
  }

  pass(ms: number): void {
    for (const until = this.now + ms; this.now < until; ) {
      this.now = localTime(this.now + 1_000);
      this.do(this.node.wantsSeconds ? this.node.second(this.now, 0) : this.node.tidy(this.now));
    }
  }

  get held(): string[] {
    return this.node
      .head(this.now)
      .runs.flatMap(({ epoch, first, last }) => Array.from({ length: last - first + 1 }, (_, index) => `${epoch}/${first + index}`));
  }
}

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

/** Sequences of all that is held, in order. */
function sequencesOf(house: House): number[] {
  const held = house.held.flatMap((name) => {
    const [epoch = 0, index = 0] = name.split("/").map(Number);
    const bytes = house.node.find({ epoch, index }, house.now)?.bytes ?? house.stored.get(name)?.bytes;
    return bytes === undefined ? [] : [bytes];
  });
  const all = joinChunks(held);
  return [...chunksIn(all)].map(({ at }) => readHeader(all, at)?.sequence ?? -1);
}
