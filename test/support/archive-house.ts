import { chunksIn, joinChunks, readHeader } from "../../src/core/audio/chunk.ts";
import { segmentsOf } from "../../src/core/audio/recording.ts";
import type { SegmentName } from "../../src/core/audio/segment.ts";
import { audienceOf, localTime } from "../../src/core/ids.ts";
import { type ArchiveEffect, ArchiveNode } from "../../src/core/tree/archive/archive.ts";
import { type Keeping, parseKeeping } from "../../src/core/tree/archive/keeping.ts";
import type { KeptLine } from "../../src/core/tree/archive/kept-lines.ts";
import type { ToStore } from "../../src/core/tree/archive/shelf.ts";
import { formatLink, formatLinked } from "../../src/core/tree/down/link.ts";
import type { Saved } from "../../src/core/tree/saved.ts";
import type { Plan } from "../../src/core/tree/shape/plan.ts";
import { aPlan, roomId } from "./build.ts";

export const audience = audienceOf(roomId("demo"));
export const secret = "abcdefghijklmnopqrstuv";
export const plan: Plan = { ...aPlan(), segments: secret };
export const state = JSON.stringify({ type: "room", for: "all", revision: 5, roomTime: 0, title: "Demo" });

/** An archive and its storage, which does at once what it is told, unless it fails. */
export class House {
  /** The newest states that the root tells who links. */
  states: string[] = [state];
  node: ArchiveNode<string>;
  now = localTime(1_000_000);
  readonly stored = new Map<string, ToStore>();
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
    this.read(link, formatLink(epoch, plan, this.states));
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

  /** The root tells a state, to who is linked. */
  tell(link: string | undefined, text: string): void {
    const { type } = JSON.parse(text);
    this.states = [...this.states.filter((one) => JSON.parse(one).type !== type), text];
    if (link !== undefined) this.read(link, text);
  }

  get held(): string[] {
    return this.node
      .head(this.now)
      .runs.flatMap(({ epoch, first, last }) => Array.from({ length: last - first + 1 }, (_, index) => `${epoch}/${first + index}`));
  }
}

/** `epoch.sequence` of every chunk that is kept of the room, in the order in which a replay plays them. */
export function keptIn(house: House): string[] {
  const { kept } = house.node;
  return kept === undefined ? [] : [...segmentsOf(kept.recording)].flatMap((name) => positionsIn(bytesOf(house, name)));
}

function bytesOf(house: House, name: SegmentName): Uint8Array {
  const found = house.node.find(name, house.now);
  const bytes = found?.bytes ?? house.stored.get(`${name.epoch}/${name.index}`)?.bytes;
  if (found === undefined || bytes === undefined) throw new Error(`${name.epoch}/${name.index} is listed and cannot be had`);
  return bytes;
}

function positionsIn(bytes: Uint8Array): string[] {
  return [...chunksIn(bytes)].map(({ at }) => {
    const header = readHeader(bytes, at);
    return `${header?.epoch}.${header?.sequence}`;
  });
}

/** Sequences of all that is held, in order. */
export function sequencesOf(house: House): number[] {
  const held = house.held.flatMap((name) => {
    const [epoch = 0, index = 0] = name.split("/").map(Number);
    const bytes = house.node.find({ epoch, index }, house.now)?.bytes ?? house.stored.get(name)?.bytes;
    return bytes === undefined ? [] : [bytes];
  });
  const all = joinChunks(held);
  return [...chunksIn(all)].map(({ at }) => readHeader(all, at)?.sequence ?? -1);
}
