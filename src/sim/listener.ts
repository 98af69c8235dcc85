import type { Position } from "../core/audio/position.ts";
import { backoffMs } from "../core/backoff.ts";
import type { NodeRef, Plan } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type { Answer, Joiner, LeafHost } from "./calls.ts";
import type { Task } from "./clock.ts";
import type { Isolate } from "./edge.ts";
import type { Ground } from "./ground.ts";
import { Line } from "./line.ts";

/** How many leaves one join may be sent to; as in edge/sound/listen.ts. */
const TRIES = 3;
/** From the click to the leaf: TCP and TLS handshakes and the request, each way once the line's delay. */
const TRIPS = 5;

/** What a listener needs of the world. */
export type Doors = {
  readonly ground: Ground;
  /** Any isolate near him. */
  isolate(region: Region): Isolate;
  leaf(node: NodeRef): LeafHost;
  /** He sits in a leaf. */
  sits(listener: Listener): void;
  /** What the cached lane plays now; undefined while there is nothing in it. */
  laneAt(): Position | undefined;
  /** So many more hear the cached lane. */
  lane(more: number): void;
  /** The room is over. */
  turnedAway(listener: Listener): void;
};

/** As in edge/sound/divert.ts: whom no leaf could take tries again within this at least, in ms. */
const LEAST_WINDOW_MS = 5_000;

/** Where a listener is: the clock or a core's queue calls him, and what he does then depends on it. */
type Step = "away" | "at-the-leaf" | "in-the-queue" | "knocked";

/** One listener while he is on his own: coming, waiting, coming back. Steady ones are a cohort's (ear.ts). */
export class Listener implements Joiner, Task {
  readonly #doors: Doors;
  region: Region = "weur";
  epoch = 0;
  sequence = 0;
  delayMs = 0;
  /** Set for who has a slow line. */
  kbps: number | undefined;
  line: Line | undefined;
  /** When he clicked, or when his connection broke, in ms. */
  #since = 0;
  #isNew = true;
  #attempt = 0;
  #windowMs: number | undefined;
  #step: Step = "away";
  #isolate: Isolate | undefined;
  #leaf: LeafHost | undefined;
  #leafLife = 0;
  #tried: NodeRef[] = [];
  #node: NodeRef | undefined;
  /** Joins that his first knock tells of. */
  #joins = 0;
  #wasFull = false;
  /** True while he hears the cached lane. */
  #inLane = false;

  constructor(doors: Doors) {
    this.#doors = doors;
  }

  /** Comes for the first time. */
  come(region: Region, delayMs: number): void {
    this.#begin(region, delayMs, 0, 0);
    this.#isNew = true;
    this.#windowMs = undefined;
    this.#dial();
  }

  /** Lost his connection; comes back within the window that he was told, from the last chunk that he has heard. */
  comeBack(region: Region, delayMs: number, epoch: number, sequence: number, windowMs: number | undefined): void {
    this.#begin(region, delayMs, epoch, sequence);
    this.#isNew = false;
    this.#windowMs = windowMs;
    this.#wait();
  }

  sounds(at: number): void {
    const { measures } = this.#doors.ground;
    (this.#isNew ? measures.firstSound : measures.back).add(at - this.#since);
  }

  answered(answer: Answer, plan: Plan | undefined): void {
    this.#isolate?.learn(plan);
    if (answer === "ended") return this.#doors.turnedAway(this);
    if (answer !== "taken") return this.#another(answer === "full");
    this.#isolate?.foundSeat();
    this.#doors.sits(this);
  }

  run(): void {
    switch (this.#step) {
      case "away":
        return this.#dial();
      case "at-the-leaf":
        return this.#knock();
      case "in-the-queue":
        return this.#enter();
      case "knocked":
        return;
    }
  }

  #begin(region: Region, delayMs: number, epoch: number, sequence: number): void {
    this.region = region;
    this.delayMs = delayMs;
    this.epoch = epoch;
    this.sequence = sequence;
    this.#since = this.#doors.ground.clock.now;
    this.#attempt = 0;
    this.#step = "away";
    const { lines, luck } = this.#doors.ground;
    this.line = this.kbps === undefined ? undefined : new Line({ ...lines.lastMile, kbps: this.kbps }, delayMs, luck.lines);
  }

  #wait(): void {
    const { clock, luck } = this.#doors.ground;
    this.#step = "away";
    clock.at(clock.now + backoffMs(this.#attempt++, luck.arrivals(), this.#windowMs), this);
  }

  #dial(): void {
    this.#tried = NOBODY;
    this.#isolate = this.#doors.isolate(this.region);
    if (this.#isolate.plan !== undefined) this.#look(this.#isolate);
    else this.#isolate.know(() => (this.#isolate === undefined ? undefined : this.#look(this.#isolate)));
  }

  #look(isolate: Isolate): void {
    const isBack = !this.#isNew || this.#attempt > 0;
    if (!isolate.mayKnock(this.region, isBack)) return this.#refused();
    this.#joins = isolate.takeJoins(this.region, isBack);
    this.#wasFull = true;
    this.#choose();
  }

  #choose(): void {
    const node = this.#isolate?.place(this.region, this.#tried);
    if (node === undefined) return this.#foundNone();
    const { clock } = this.#doors.ground;
    this.#node = node;
    this.#leaf = this.#doors.leaf(node);
    this.#step = "at-the-leaf";
    // Another leaf is tried by the edge itself: only the first knock has come from afar.
    clock.at(clock.now + this.delayMs * (this.#tried.length === 0 ? TRIPS : 1), this);
  }

  #knock(): void {
    const leaf = this.#leaf;
    if (leaf === undefined || !leaf.isUp) return this.#another(false);
    const plan = this.#isolate?.plan;
    if (plan !== undefined && this.line === undefined && leaf.canTake(plan)) {
      this.#step = "knocked";
      const joins = this.#joins;
      this.#joins = 0;
      this.#leaveLane();
      return leaf.take(this, joins);
    }
    this.#step = "in-the-queue";
    this.#leafLife = leaf.life;
    leaf.server.submit(this);
  }

  #enter(): void {
    const plan = this.#isolate?.plan;
    const leaf = this.#leaf;
    if (leaf === undefined || plan === undefined || leaf.life !== this.#leafLife) return this.#another(false);
    this.#step = "knocked";
    const joins = this.#joins;
    this.#joins = 0;
    this.#leaveLane();
    leaf.knock(this, plan, joins);
  }

  #another(isFull: boolean): void {
    this.#wasFull = isFull;
    if (isFull && this.#node !== undefined) this.#isolate?.leafIsFull(this.#node);
    if (this.#node !== undefined) this.#tried = [...this.#tried, this.#node];
    if (this.#tried.length >= TRIES) this.#foundNone();
    else this.#choose();
  }

  #foundNone(): void {
    this.#isolate?.leaveJoins(this.region, this.#joins);
    if (this.#wasFull) this.#isolate?.foundFull(this.region);
    this.#refused();
  }

  /** Nobody could take him: he hears the cached lane until he tries again, as edge/sound/divert.ts tells him. */
  #refused(): void {
    this.#doors.ground.measures.diverted();
    const at = this.#doors.laneAt();
    if (at !== undefined && !this.#inLane) {
      this.#inLane = true;
      this.#doors.lane(1);
      // The head and then a segment, each there and back.
      if (this.epoch === 0) this.sounds(this.#doors.ground.clock.now + 2 * TRIPS * this.delayMs);
    }
    this.#windowMs = Math.max(LEAST_WINDOW_MS, this.#windowMs ?? 0);
    this.#wait();
  }

  /** Where he stands who has heard the cached lane: the leaf replays from there. */
  #leaveLane(): void {
    if (!this.#inLane) return;
    this.#inLane = false;
    this.#doors.lane(-1);
    const at = this.#doors.laneAt();
    if (at === undefined || (at.epoch === this.epoch && at.sequence <= this.sequence)) return;
    this.epoch = at.epoch;
    this.sequence = at.sequence;
  }
}

const NOBODY: NodeRef[] = [];
