import type { Position } from "../core/audio/position.ts";
import type { NodeRef } from "../core/tree/shape/plan.ts";
import { DEFAULT_REGION, type Region } from "../core/tree/shape/region.ts";
import { comesBack } from "../core/wire/ending.ts";
import { Caller } from "./caller.ts";
import type { Cohort, Joiner, LeafHost, Population } from "./calls.ts";
import type { Task } from "./clock.ts";
import type { Isolate } from "./edge.ts";
import type { Ground } from "./ground.ts";
import { type Doors, Guide } from "./guide.ts";
import { OF } from "./travellers.ts";

/** From where listeners come: regions with their shares, which add up to 1. */
export type Origins = readonly { readonly region: Region; readonly share: number }[];

/** How the crowd comes. */
export type Arrivals = {
  readonly listeners: number;
  readonly perSecond: number;
  /** When the first comes, in ms. */
  readonly fromMs: number;
  readonly origins: Origins;
  readonly isolatesPerRegion: number;
  /** Listeners whose line is slower than the sound: their share of all, and how slow, in kbit/s. */
  readonly slow: { readonly share: number; readonly kbps: number };
};

/** What the crowd finds. */
export type Found = {
  /** The number of a leaf, and the leaf of a number. */
  readonly numberOf: (node: NodeRef) => number;
  readonly leafOf: (number: number) => LeafHost;
  /** What the cached lane plays now. */
  readonly laneAt: () => Position | undefined;
};

/** Everybody who listens or wants to: an open-loop stream of arrivals, and all who lost their connection. Looked at once in a ms. */
export class Crowd implements Population, Doors, Task {
  readonly ground: Ground;
  readonly guide: Guide;
  readonly #arrivals: Arrivals;
  readonly #found: Found;
  readonly #isolates: readonly Isolate[];
  /** Where each region's isolates begin among all. */
  readonly #from = new Map<Region, number>();
  #came = 0;
  #gone = 0;
  #seated = 0;
  #inLane = 0;
  /** When the next one comes, in ms. */
  #nextAt: number;
  #isArmed = false;

  constructor(ground: Ground, arrivals: Arrivals, isolate: () => Isolate, found: Found) {
    this.ground = ground;
    this.#arrivals = arrivals;
    this.#found = found;
    this.guide = new Guide(this, arrivals.listeners);
    const isolates: Isolate[] = [];
    for (const { region } of arrivals.origins) {
      this.#from.set(region, isolates.length);
      for (let one = 0; one < arrivals.isolatesPerRegion; one++) isolates.push(isolate());
    }
    this.#isolates = isolates;
    this.#nextAt = arrivals.fromMs;
    if (!this.isComplete) this.#arm(arrivals.fromMs);
  }

  /** Who came and did not leave. */
  get present(): number {
    return this.#came - this.#gone;
  }

  /** Who has a socket at a leaf. */
  get seated(): number {
    return this.#seated + this.unseen;
  }

  /** Those of them whose leaf was not looked at since they sit there. */
  get unseen(): number {
    return this.guide.porch.letIn(this.ground.clock.now);
  }

  /** Who hears the cached lane. */
  get inLane(): number {
    return this.#inLane;
  }

  laneAt(): Position | undefined {
    return this.#found.laneAt();
  }

  lane(more: number): void {
    this.#inLane += more;
  }

  /** True once all have come. */
  get isComplete(): boolean {
    return this.#came >= this.#arrivals.listeners;
  }

  /** A ms begins: who comes within it, and whose time it is. */
  run(): void {
    this.#isArmed = false;
    const { guide } = this;
    const now = Math.floor(this.ground.clock.now);
    while (!this.isComplete && this.#nextAt < now + 1) this.#comes();
    guide.travellers.pass(now, this.#goesOn);
    if (guide.travellers.waiting > 0 || !this.isComplete) this.#arm(now + 1);
  }

  readonly #goesOn = (one: number): void => this.guide.goesOn(one);

  stir(): void {
    this.#arm(Math.floor(this.ground.clock.now) + 1);
  }

  #arm(at: number): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.ground.clock.at(at, this);
  }

  #comes(): void {
    this.#came++;
    const { luck, lines } = this.ground;
    const { share, kbps } = this.#arrivals.slow;
    const isSlow = share > 0 && luck.arrivals() < share;
    this.guide.comes(this.#origin(), lines.anyDelay(luck.lines), this.#nextAt, isSlow ? kbps : 0);
    // Arrivals of independent people: exponential times between them.
    this.#nextAt -= (Math.log(1 - luck.arrivals()) * 1_000) / this.#arrivals.perSecond;
  }

  /** One with a socket has left. */
  left(): void {
    this.#gone++;
    this.#seated--;
  }

  near(region: Region): number {
    const { isolatesPerRegion } = this.#arrivals;
    const from = this.#from.get(region);
    const random = this.ground.luck.minds();
    if (from === undefined) return Math.floor(random * this.#isolates.length);
    return from + Math.floor(random * isolatesPerRegion);
  }

  isolateOf(number: number): Isolate {
    const isolate = this.#isolates[number];
    if (isolate === undefined) throw new Error("nobody comes from anywhere");
    return isolate;
  }

  /** The platform takes away every isolate at the edge. */
  evictIsolates(): void {
    for (const isolate of this.#isolates) isolate.evict();
  }

  numberOf(node: NodeRef): number {
    return this.#found.numberOf(node);
  }

  leafOf(number: number): LeafHost {
    return this.#found.leafOf(number);
  }

  sits(): void {
    this.#seated++;
    this.ground.measures.joined();
  }

  turnedAway(): void {
    this.#gone++;
  }

  settled(joiner: Joiner): void {
    if (joiner instanceof Caller) this.guide.arrived(joiner.one);
  }

  dropped(who: Joiner | undefined, crowd: Cohort): void {
    const { measures, lines, luck } = this.ground;
    this.#seated -= crowd.size;
    measures.drops += crowd.size;
    if (who instanceof Caller) {
      const kbps = this.guide.travellers.get(who.one, OF.kbps);
      this.#comesBack(who.delayMs, crowd, kbps);
      this.guide.arrived(who.one);
    } else for (let one = 0; one < crowd.size; one++) this.#comesBack(lines.anyDelay(luck.lines), crowd);
  }

  closed(who: Joiner | undefined, crowd: Cohort, code: number): void {
    if (comesBack(code)) return this.dropped(who, crowd);
    if (who instanceof Caller) this.guide.arrived(who.one);
    this.#seated -= crowd.size;
    this.#gone += crowd.size;
  }

  #comesBack(delayMs: number, crowd: Cohort, kbps = 0): void {
    const hasHeard = delayMs < crowd.fasterMs;
    const heard = hasHeard ? crowd.faster : crowd.slower;
    this.guide.comesBack(crowd.region, delayMs, heard, crowd.comeBackMs, kbps);
  }

  #origin(): Region {
    let left = this.ground.luck.arrivals();
    for (const { region, share } of this.#arrivals.origins) {
      left -= share;
      if (left < 0) return region;
    }
    return this.#arrivals.origins[0]?.region ?? DEFAULT_REGION;
  }
}
