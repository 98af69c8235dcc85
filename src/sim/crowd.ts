import type { Position } from "../core/audio/position.ts";
import type { NodeRef } from "../core/tree/shape/plan.ts";
import { DEFAULT_REGION, type Region } from "../core/tree/shape/region.ts";
import { comesBack } from "../core/wire/ending.ts";
import type { Cohort, Joiner, LeafHost, Population } from "./calls.ts";
import type { Task } from "./clock.ts";
import type { Isolate } from "./edge.ts";
import type { Ground } from "./ground.ts";
import { type Doors, Listener } from "./listener.ts";
import { anyOf } from "./luck.ts";

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

/** Everybody who listens or wants to: an open-loop stream of arrivals, and all who lost their connection. */
export class Crowd implements Population, Doors, Task {
  readonly ground: Ground;
  readonly #arrivals: Arrivals;
  readonly #isolates = new Map<Region, readonly Isolate[]>();
  readonly #anywhere: readonly Isolate[];
  readonly #find: (node: NodeRef) => LeafHost;
  readonly #idle: Listener[] = [];
  #came = 0;
  #gone = 0;
  #seated = 0;
  #inLane = 0;
  readonly #laneAt: () => Position | undefined;

  /**
   * @param find the leaf of a name
   * @param laneAt what the cached lane plays now
   */
  constructor(
    ground: Ground,
    arrivals: Arrivals,
    isolate: () => Isolate,
    find: (node: NodeRef) => LeafHost,
    laneAt: () => Position | undefined,
  ) {
    this.#laneAt = laneAt;
    this.ground = ground;
    this.#arrivals = arrivals;
    this.#find = find;
    for (const { region } of arrivals.origins) {
      this.#isolates.set(
        region,
        Array.from({ length: arrivals.isolatesPerRegion }, () => isolate()),
      );
    }
    this.#anywhere = [...this.#isolates.values()].flat();
    ground.clock.at(arrivals.fromMs, this);
  }

  /** Who came and did not leave. */
  get present(): number {
    return this.#came - this.#gone;
  }

  /** Who has a socket at a leaf. */
  get seated(): number {
    return this.#seated;
  }

  /** Who hears the cached lane. */
  get inLane(): number {
    return this.#inLane;
  }

  laneAt(): Position | undefined {
    return this.#laneAt();
  }

  lane(more: number): void {
    this.#inLane += more;
  }

  /** True once all have come. */
  get isComplete(): boolean {
    return this.#came >= this.#arrivals.listeners;
  }

  /** The next one comes. */
  run(): void {
    if (this.isComplete) return;
    this.#came++;
    const { clock, luck, lines } = this.ground;
    const { share, kbps } = this.#arrivals.slow;
    const listener = this.#fresh();
    listener.kbps = share > 0 && luck.arrivals() < share ? kbps : undefined;
    listener.come(this.#origin(), lines.anyDelay(luck.lines));
    // Arrivals of independent people: exponential times between them.
    clock.at(clock.now - (Math.log(1 - luck.arrivals()) * 1_000) / this.#arrivals.perSecond, this);
  }

  /** One with a socket has left. */
  left(): void {
    this.#gone++;
    this.#seated--;
  }

  isolate(region: Region): Isolate {
    const isolate = anyOf(this.#isolates.get(region) ?? this.#anywhere, this.ground.luck.minds());
    if (isolate === undefined) throw new Error("nobody comes from anywhere");
    return isolate;
  }

  /** The platform takes away every isolate at the edge. */
  evictIsolates(): void {
    for (const isolate of this.#anywhere) isolate.evict();
  }

  leaf(node: NodeRef): LeafHost {
    return this.#find(node);
  }

  sits(): void {
    this.#seated++;
    this.ground.measures.joined();
  }

  turnedAway(listener: Listener): void {
    this.#gone++;
    this.#idle.push(listener);
  }

  settled(joiner: Joiner): void {
    if (joiner instanceof Listener) this.#idle.push(joiner);
  }

  dropped(who: Joiner | undefined, crowd: Cohort): void {
    this.#seated -= crowd.size;
    this.ground.measures.drops += crowd.size;
    if (who instanceof Listener) this.#comesBack(who, who.delayMs, crowd);
    else
      for (let one = 0; one < crowd.size; one++)
        this.#comesBack(this.#ordinary(), this.ground.lines.anyDelay(this.ground.luck.lines), crowd);
  }

  closed(who: Joiner | undefined, crowd: Cohort, code: number): void {
    if (comesBack(code)) return this.dropped(who, crowd);
    this.#seated -= crowd.size;
    this.#gone += crowd.size;
  }

  #comesBack(listener: Listener, delayMs: number, crowd: Cohort): void {
    const hasHeard = delayMs < crowd.fasterMs;
    const epoch = hasHeard ? crowd.fasterEpoch : crowd.epoch;
    const sequence = hasHeard ? crowd.fasterSequence : crowd.sequence;
    listener.comeBack(crowd.region, delayMs, epoch, sequence, crowd.comeBackMs);
  }

  #fresh(): Listener {
    return this.#idle.pop() ?? new Listener(this);
  }

  #ordinary(): Listener {
    const listener = this.#fresh();
    listener.kbps = undefined;
    return listener;
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
