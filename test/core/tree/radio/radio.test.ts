import { describe, expect, it } from "vitest";
import { encodeChunk } from "../../../../src/core/audio/chunk.ts";
import { audienceOf, localTime, parseSessionId } from "../../../../src/core/ids.ts";
import { END_TEXT, formatLink, formatLinked } from "../../../../src/core/tree/down/link.ts";
import { type RadioEffect, RadioNode, TURN_MS } from "../../../../src/core/tree/radio/radio.ts";
import { type Ears, MOST_OF_ADDRESS } from "../../../../src/core/tree/radio/seats.ts";
import { MOST_RADIOS, nodeName, type Plan, parentOf, parseNodeName, radioOf } from "../../../../src/core/tree/shape/plan.ts";
import { aBlock, aPlan, roomId } from "../../../support/build.ts";
import { pagesIn, type ReadPage } from "../../../support/ogg-pages.ts";

const audience = audienceOf(roomId("demo"));
const plan: Plan = aPlan({ planted: true });
const START = 1_700_000_000_000;

/** A radio and who listens to it; what each was sent, and whether he reads. */
class House implements Ears<string> {
  now = localTime(START);
  readonly heard = new Map<string, Uint8Array[]>();
  /** Who reads nothing, and who does not either and for whom too much waits already. */
  readonly stalled = new Set<string>();
  readonly full = new Set<string>();
  readonly finished: string[] = [];
  readonly closed: string[] = [];
  asks = 0;
  readonly node = new RadioNode<string, string>(radioOf(audience, 0), undefined, [], this.now);
  #sequence = 0;

  wants(ear: string): boolean {
    return this.queued(ear) < 65_536 && !this.full.has(ear);
  }

  /** What was sent while he did not read; a body has it in his stream's queue. */
  readonly #waiting = new Map<string, number>();

  queued(ear: string): number {
    return this.stalled.has(ear) ? (this.#waiting.get(ear) ?? 0) : 0;
  }

  send(ear: string, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.stalled.has(ear)) this.#waiting.set(ear, (this.#waiting.get(ear) ?? 0) + bytes.byteLength);
    this.heard.set(ear, [...(this.heard.get(ear) ?? []), bytes]);
  }

  do(effects: readonly RadioEffect<string, string>[]): void {
    for (const effect of effects) {
      if (effect.do === "ask") this.asks++;
      else if (effect.do === "finish") {
        if (effect.bytes !== undefined) this.send(effect.ear, effect.bytes);
        this.finished.push(effect.ear);
      } else if (effect.do === "close") {
        this.closed.push(effect.link);
        this.do(this.node.lost(effect.link, this.now, 0));
      }
    }
  }

  join(ear: string, session?: string, invited = false, address?: string): void {
    const visitor = { session: parseSessionId(session ?? ""), address };
    this.do(this.node.learn(plan, this.now, 0));
    this.do(this.node.join(ear, { serial: 7, title: "Demo", visitor, invited }, this, this.now, 0));
  }

  /** The root has dialed, and tells of so many chunks before now. */
  linked(past = 0, told = plan): void {
    this.node.dialed("root", "demo");
    this.read(formatLink(1, told, []));
    for (let left = past; left > 0; left--) this.speak(this.now - (left - 1) * 100);
    this.read(formatLinked({ epoch: 1, sequence: this.#sequence }, past > 0 ? 0 : undefined, true));
  }

  speak(dueMs: number = this.now): void {
    const sequence = ++this.#sequence;
    const frames = Array.from({ length: 5 }, (_, at) => Uint8Array.of(0x78, sequence >> 8, sequence & 255, at));
    const chunk = { flags: 0, epoch: 1, sequence, roomTimeMs: sequence * 100, dueMs, durationMs: 100, blocks: [aBlock({ frames })] };
    this.do(this.node.hear("root", encodeChunk(chunk), this.now));
  }

  read(text: string): void {
    this.do(this.node.read("root", text, this.now, 0));
  }

  /** Time passes, and somebody speaks all the while. */
  pass(ms: number, speaks = true): void {
    for (let left = ms; left > 0; left -= 20) {
      this.now = localTime(this.now + 20);
      if (speaks && (this.now - START) % 100 === 0) this.speak();
      if ((this.now - START) % TURN_MS === 0) this.do(this.node.turn(this, this.now));
      if ((this.now - START) % 1_000 === 0) this.do(this.node.second(this.now, 0));
    }
  }

  pages(ear: string): ReadPage[] {
    return pagesIn(Buffer.concat(this.heard.get(ear) ?? []));
  }
}

const isSpeech = ({ packets }: ReadPage) => packets.some((packet) => ((packet[0] ?? 0) & 0xfc) === 0x78);
const secondsIn = (pages: readonly ReadPage[]) => (pages.length - 2) / 5;

describe("a radio", () => {
  it("is a child of the root by its name alone, of which an audience has some", () => {
    const radio = radioOf(audience, 3);
    expect(nodeName(radio)).toBe("demo.radio.3");
    expect(parseNodeName("demo.radio.3")).toEqual(radio);
    expect([`demo.radio.${MOST_RADIOS}`, "demo.radio.03", "demo.radio", "demo.radio.1.2"].map(parseNodeName)).toEqual(
      Array(4).fill(undefined),
    );
    expect(parentOf(aPlan({ leaves: 10_000 }), radio)).toEqual({ kind: "root", room: "demo" });
  });

  it("asks the root as soon as somebody comes, and gives him the last eight seconds at once", () => {
    const house = new House();
    house.join("ana");
    expect(house.asks).toBe(1);
    house.linked(200);
    house.pass(TURN_MS);
    expect(secondsIn(house.pages("ana"))).toBe(8);
    expect(house.pages("ana").slice(2).every(isSpeech)).toBe(true);
  });

  it("plays on once a second for each, without a hole, whenever he came", () => {
    const house = new House();
    house.join("ana");
    house.linked(200);
    house.pass(1_000);
    house.join("bo");
    house.pass(10_000);
    const [ana, bo] = [house.pages("ana"), house.pages("bo")];
    expect(secondsIn(ana)).toBeGreaterThanOrEqual(17.6);
    expect(secondsIn(bo)).toBeGreaterThanOrEqual(16.6);
    for (const pages of [ana, bo]) {
      expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, at) => at));
      expect(pages.slice(2).every(isSpeech)).toBe(true);
    }
    expect(house.heard.get("ana")?.length).toBeLessThan(14);
  });

  it("plays silence where nobody speaks, or nobody feeds it", () => {
    const house = new House();
    house.join("ana");
    house.pass(12_000, false);
    expect(secondsIn(house.pages("ana"))).toBeGreaterThanOrEqual(17);
    expect(house.pages("ana").some(isSpeech)).toBe(false);
    house.linked(300);
    house.pass(2_000);
    const speech = house.pages("ana").filter(isSpeech).length;
    // What was said before is no news; what is said now is.
    expect(speech).toBeGreaterThan(0);
    expect(speech).toBeLessThanOrEqual(10);
  });

  it("sends no more to who does not read, brings him to the live edge when he does, and gives him up in the end", () => {
    const house = new House();
    house.join("ana");
    house.join("bo");
    house.linked(100);
    house.pass(2_000);
    house.full.add("ana");
    house.full.add("bo");
    house.pass(40_000);
    house.full.delete("ana");
    house.pass(2_000);
    const pages = house.pages("ana");
    expect(secondsIn(pages)).toBeLessThan(25);
    expect(pages.map(({ sequence }) => sequence)).toEqual(pages.map((_, at) => at));
    expect(pages.at(-1)?.granule).toBe((pages.length - 2) * 9_600);
    house.pass(30_000);
    expect(house.finished).toEqual(["bo"]);
    expect(house.node.listeners).toBe(1);
  });

  it("gives up within some fifteen seconds whoever never reads what he was sent at first", () => {
    const house = new House();
    house.join("ana");
    house.linked(200);
    house.stalled.add("bo");
    house.join("bo");
    house.pass(5_000);
    expect(house.finished).toEqual([]);
    house.pass(13_000);
    expect(house.finished).toEqual(["bo"]);
    // Who has read it may well stop for longer: a minute.
    house.stalled.add("ana");
    house.pass(30_000);
    expect(house.finished).toEqual(["bo"]);
  });

  it("seats only so many of one address, so that nobody takes everybody's place, and any number from nowhere known", () => {
    const house = new House();
    const [mark, other] = ["a".repeat(22), "b".repeat(22)];
    for (let ear = 0; ear < MOST_OF_ADDRESS; ear++) {
      expect(house.node.refusal({ address: mark }, false)).toBe(undefined);
      house.join(`of one ${ear}`, undefined, false, mark);
      house.join(`of none ${ear}`);
    }
    expect(house.node.refusal({ address: mark }, false)).toBe("too-many-joins");
    // Behind a proxy on the server's own machine stands everybody.
    expect(house.node.refusal({ address: mark }, false, true)).toBe(undefined);
    expect([house.node.refusal({ address: other }, false), house.node.refusal({}, false)]).toEqual([undefined, undefined]);
    house.node.leave("of one 7");
    expect(house.node.refusal({ address: mark }, false)).toBe(undefined);
  });

  it("is counted: the root hears of all who listen, and its windows of leaves do not change", () => {
    const house = new House();
    house.join("ana");
    house.join("bo");
    house.linked();
    const report = house.node.report()?.said;
    expect(report).toMatchObject({ listeners: 2, hearing: 2, ready: 0, regions: { weur: { listeners: 2, from: 0, fullBelow: 0 } } });
    expect(house.node.owesReport).toBe(false);
    house.node.leave("bo");
    expect(house.node.owesReport).toBe(true);
  });

  it("ends every stream with the room, as Ogg wants it", () => {
    const house = new House();
    house.join("ana");
    house.linked(50);
    house.pass(1_000);
    house.read(END_TEXT);
    expect(house.finished).toEqual(["ana"]);
    expect(house.pages("ana").at(-1)).toMatchObject({ last: true, packets: [] });
  });

  it("lets nobody hear whom the room keeps out", () => {
    const house = new House();
    house.join("ana", "l-anaanaanaana");
    house.join("bo", "l-bobobobobo");
    house.linked(50);
    house.pass(1_000);
    house.read(JSON.stringify({ type: "bans", for: "nodes", revision: 9, roomTime: 0, sessions: ["l-anaanaanaana"], addresses: [] }));
    expect(house.finished).toEqual(["ana"]);
    expect(house.node.refusal({ session: parseSessionId("l-anaanaanaana") }, true)).toBe("removed");
  });

  it("takes only the invited in once it knows that the room is private, and keeps who was in", () => {
    const house = new House();
    const locked: Plan = { ...plan, revision: plan.revision + 1, listenTicket: true };
    house.join("ana");
    house.linked(50);
    house.pass(1_000);
    expect(house.node.refusal({}, false)).toBe(undefined);
    house.do(house.node.learn(locked, house.now, 0));
    expect([house.node.refusal({}, false), house.node.refusal({}, true)]).toEqual(["listen-ticket-missing", undefined]);
    house.read(JSON.stringify({ type: "bans", for: "nodes", revision: 9, roomTime: 0, sessions: [], addresses: [] }));
    house.pass(2_000);
    expect(house.finished).toEqual([]);
  });

  it("sends away whom it let into a private room while it slept, as soon as it is told", () => {
    const house = new House();
    house.join("ana");
    house.join("bo", undefined, true);
    house.linked(50, { ...plan, revision: plan.revision + 1, listenTicket: true });
    house.pass(1_000);
    expect(house.finished).toEqual(["ana"]);
    expect(house.pages("ana").some(isSpeech)).toBe(false);
    expect(house.pages("bo").some(isSpeech)).toBe(true);
  });

  it("lets go of the root when nobody listens, also where a crowd is expected, and comes back", () => {
    const house = new House();
    house.join("ana");
    house.linked(50);
    house.pass(1_000);
    house.do(house.node.rest(house.now));
    expect(house.closed).toEqual([]);
    house.node.leave("ana");
    house.do(house.node.rest(house.now));
    expect(house.closed).toEqual(["root"]);
    house.pass(60_000, false);
    house.join("bo");
    expect(house.asks).toBe(2);
    house.linked(20);
    house.pass(200);
    expect(secondsIn(house.pages("bo"))).toBe(8);
  });

  it("plays now, and not where the last one left, to who comes while it still waits for somebody", () => {
    const house = new House();
    house.join("ana");
    house.linked(200);
    house.pass(2_000);
    house.node.leave("ana");
    // Nobody listens, so there are no turns; the root's chunks come all the same.
    for (let left = 200; left > 0; left--) {
      house.now = localTime(house.now + 100);
      house.speak();
    }
    house.join("bo");
    house.pass(4_000);
    expect(secondsIn(house.pages("bo"))).toBeLessThanOrEqual(12);
    house.node.leave("bo");
    house.now = localTime(house.now + 20_000);
    house.do(house.node.watch(house.now, 0));
    expect(house.node.hls.playlist(false)).toContain(`/${Math.floor(house.now / 2_000) - 1}.m4s`);
  });

  it("has fragments for HLS as soon as it is fed, of the same packets", () => {
    const house = new House();
    house.do(house.node.learn(plan, house.now, 0));
    house.do(house.node.watch(house.now, 0));
    house.linked(200);
    house.pass(TURN_MS);
    expect(house.node.hls.isReady).toBe(true);
    expect(house.node.isWanted(house.now)).toBe(true);
    house.pass(30_000);
    expect(house.node.isWanted(house.now)).toBe(false);
    const { first, last } = house.node.hls.numbers ?? { first: 0, last: 0 };
    expect([house.node.hls.find(first), house.node.hls.find(last)]).not.toContain(undefined);
    expect([house.node.hls.find(first - 1), house.node.hls.find(last + 1)]).toEqual([undefined, undefined]);
    house.do(house.node.rest(house.now));
    expect(house.node.hls.numbers).toBe(undefined);
  });
});
