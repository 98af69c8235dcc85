import type { Position } from "../core/audio/position.ts";
import { backoffMs } from "../core/backoff.ts";
import type { NodeRef, Plan } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import { Caller } from "./caller.ts";
import type { Answer, Escort, LeafHost } from "./calls.ts";
import type { Isolate } from "./edge.ts";
import type { Ground } from "./ground.ts";
import { Line } from "./line.ts";
import { Porch } from "./porch.ts";
import { IS, MS, NOT_TOLD, OF, Travellers } from "./travellers.ts";

/** How many leaves one join may be sent to; as in edge/sound/listen.ts. */
const TRIES = 3;
/** From the click to the leaf: TCP and TLS handshakes and the request, each way once the line's delay. */
const TRIPS = 5;
/** As in edge/sound/divert.ts: whom no leaf could take tries again within this at least, in ms. */
const LEAST_WINDOW_MS = 5_000;

/** What travellers need of the world. */
export type Doors = {
  readonly ground: Ground;
  /** Any isolate near `region`, by its number. */
  near(region: Region): number;
  isolateOf(number: number): Isolate;
  /** The number of a leaf: which one it is of all leaves and relays. */
  numberOf(node: NodeRef): number;
  leafOf(number: number): LeafHost;
  /** What the cached lane plays now; undefined while there is nothing in it. */
  laneAt(): Position | undefined;
  /** So many more hear the cached lane. */
  lane(more: number): void;
  /** Somebody waits: time must go on. */
  stir(): void;
  /** He sits in a leaf. */
  sits(): void;
  /** The room is over. */
  turnedAway(): void;
};

/** Leads whoever is on his way, as the edge and his own player do: to an isolate, to leaves, away and back (edge/sound/listen.ts, edge/sound/divert.ts). */
export class Guide implements Escort {
  readonly travellers: Travellers;
  readonly porch: Porch;
  readonly #doors: Doors;
  /** Leaves that those have tried who did not find a seat at the first. */
  readonly #tried = new Map<number, readonly NodeRef[]>();

  /** @param most travellers at once */
  constructor(doors: Doors, most: number) {
    this.#doors = doors;
    this.travellers = new Travellers(most);
    this.porch = new Porch(this.travellers);
  }

  /** Somebody comes for the first time. @param kbps of his line, where it is slower than the sound; else 0 */
  comes(region: Region, delayMs: number, since: number, kbps: number): void {
    const one = this.#setOut(region, delayMs, since, kbps);
    this.travellers.note(one, IS.new, true);
    this.#dial(one);
  }

  /** Somebody lost his connection; he comes back within the window that he was told, from the last chunk that he has heard. */
  comesBack(region: Region, delayMs: number, heard: Position, windowMs: number | undefined, kbps = 0): void {
    const one = this.#setOut(region, delayMs, this.#doors.ground.clock.now, kbps);
    const { travellers } = this;
    travellers.set(one, OF.epoch, heard.epoch);
    travellers.set(one, OF.sequence, heard.sequence);
    travellers.set(one, OF.windowMs, windowMs ?? NOT_TOLD);
    this.#wait(one);
  }

  /** His time has come. */
  goesOn(one: number): void {
    if (this.travellers.isSo(one, IS.atLeaf)) this.#arrive(one);
    else this.#dial(one);
  }

  hasRoom(leaf: LeafHost, room: number, revision: number): void {
    // What the leaf's answers tell the edge from now on is news: so they come when they come.
    if (this.porch.tell(leaf.id, room, revision)) this.hurry(leaf);
  }

  told(leaf: LeafHost): void {
    if (this.porch.told(leaf.id)) leaf.expects(this.#doors.ground.clock.now);
  }

  hurry(leaf: LeafHost): void {
    this.porch.arrivals(leaf.id, Number.POSITIVE_INFINITY, (one, at) => this.#walk(one, at));
  }

  callers(leaf: LeafHost, now: number, comes: (caller: Caller) => void): void {
    const { life } = leaf;
    this.porch.arrivals(leaf.id, now, (one, at) => {
      this.travellers.set(one, OF.leafLife, life);
      comes(new Caller(this, one, at));
    });
  }

  knocks(caller: Caller): void {
    const { one } = caller;
    const { travellers } = this;
    const leaf = this.#doors.leafOf(travellers.get(one, OF.leaf));
    const { plan } = this.#isolate(one);
    if (plan === undefined || leaf.life !== travellers.get(one, OF.leafLife)) return this.#another(one, false);
    const joins = travellers.get(one, OF.joins);
    travellers.set(one, OF.joins, 0);
    if (travellers.isSo(one, IS.inLane)) this.#leaveLane(one);
    leaf.knock(caller, plan, joins);
  }

  answered(one: number, answer: Answer, plan: Plan | undefined): void {
    const isolate = this.#isolate(one);
    isolate.learn(plan);
    if (answer === "ended") {
      this.#doors.turnedAway();
      this.arrived(one);
    } else if (answer === "taken") {
      isolate.foundSeat();
      if (this.#tried.size > 0) this.#tried.delete(one);
      this.#doors.sits();
    } else this.#another(one, answer === "full");
  }

  sounds(one: number, at: number): void {
    const { measures } = this.#doors.ground;
    const spread = this.travellers.isSo(one, IS.new) ? measures.firstSound : measures.back;
    spread.add(at - this.travellers.ms(one, MS.since));
  }

  /** Nobody need look after him any more. */
  arrived(one: number): void {
    this.#tried.delete(one);
    this.travellers.remove(one);
  }

  #isolate(one: number): Isolate {
    return this.#doors.isolateOf(this.travellers.get(one, OF.isolate));
  }

  #setOut(region: Region, delayMs: number, since: number, kbps: number): number {
    const { travellers } = this;
    const one = travellers.add(region);
    travellers.setMs(one, MS.delay, delayMs);
    travellers.setMs(one, MS.since, since);
    travellers.set(one, OF.kbps, kbps);
    return one;
  }

  #wait(one: number): void {
    const { travellers } = this;
    const { clock, luck } = this.#doors.ground;
    const windowMs = travellers.get(one, OF.windowMs);
    const attempt = travellers.attempts(one);
    travellers.triesAgain(one);
    travellers.note(one, IS.atLeaf, false);
    const ms = backoffMs(attempt, luck.arrivals(), windowMs === NOT_TOLD ? undefined : windowMs);
    travellers.wait(one, clock.now + ms, clock.now);
    this.#doors.stir();
  }

  #dial(one: number): void {
    if (this.#tried.size > 0) this.#tried.delete(one);
    this.travellers.set(one, OF.isolate, this.#doors.near(this.travellers.regionOf(one)));
    const isolate = this.#isolate(one);
    if (isolate.plan !== undefined) this.#look(one, isolate);
    else isolate.know(() => this.#look(one, isolate));
  }

  #look(one: number, isolate: Isolate): void {
    const { travellers } = this;
    const region = travellers.regionOf(one);
    const isBack = !travellers.isSo(one, IS.new) || travellers.attempts(one) > 0;
    if (!isolate.mayKnock(region, isBack)) return this.#refused(one);
    travellers.set(one, OF.joins, isolate.takeJoins(region, isBack));
    travellers.note(one, IS.wasFull, true);
    this.#choose(one, isolate, region, NOBODY);
  }

  #choose(one: number, isolate: Isolate, region: Region, tried: readonly NodeRef[]): void {
    const node = isolate.place(region, tried);
    if (node === undefined) return this.#foundNone(one);
    const { travellers } = this;
    const leaf = this.#doors.numberOf(node);
    travellers.set(one, OF.leaf, leaf);
    // Another leaf is tried by the edge itself: only the first knock has come from afar.
    const at = this.#doors.ground.clock.now + travellers.ms(one, MS.delay) * (tried.length === 0 ? TRIPS : 1);
    const isOrdinary = travellers.get(one, OF.kbps) === 0;
    if (isOrdinary && this.porch.hasRoom(leaf, isolate.plan?.revision ?? 0)) this.#expect(one, leaf, at);
    else this.#walk(one, at);
  }

  #expect(one: number, leaf: number, at: number): void {
    if (this.porch.expect(one, leaf, at)) this.#doors.leafOf(leaf).expects(at);
  }

  #walk(one: number, at: number): void {
    this.travellers.note(one, IS.atLeaf, true);
    this.travellers.wait(one, at, this.#doors.ground.clock.now);
    this.#doors.stir();
  }

  #arrive(one: number): void {
    const { travellers } = this;
    const leaf = this.#doors.leafOf(travellers.get(one, OF.leaf));
    if (!leaf.isUp) return this.#another(one, false);
    travellers.set(one, OF.leafLife, leaf.life);
    leaf.server.submit(new Caller(this, one, travellers.ms(one, MS.at), this.#lineOf(one)));
  }

  #lineOf(one: number): Line | undefined {
    const kbps = this.travellers.get(one, OF.kbps);
    if (kbps === 0) return undefined;
    const { lines, luck } = this.#doors.ground;
    return new Line({ ...lines.lastMile, kbps }, this.travellers.ms(one, MS.delay), luck.lines);
  }

  #another(one: number, isFull: boolean): void {
    const isolate = this.#isolate(one);
    const node = this.#doors.leafOf(this.travellers.get(one, OF.leaf)).node;
    this.travellers.note(one, IS.wasFull, isFull);
    if (isFull) isolate.leafIsFull(node);
    const tried = [...(this.#tried.get(one) ?? NOBODY), node];
    this.#tried.set(one, tried);
    if (tried.length >= TRIES) this.#foundNone(one);
    else this.#choose(one, isolate, this.travellers.regionOf(one), tried);
  }

  #foundNone(one: number): void {
    const region = this.travellers.regionOf(one);
    this.#isolate(one).leaveJoins(region, this.travellers.get(one, OF.joins));
    if (this.travellers.isSo(one, IS.wasFull)) this.#isolate(one).foundFull(region);
    this.#refused(one);
  }

  /** Nobody could take him: he hears the cached lane until he tries again, as edge/sound/divert.ts tells him. */
  #refused(one: number): void {
    const { travellers } = this;
    const { measures, clock } = this.#doors.ground;
    measures.diverted();
    if (this.#doors.laneAt() !== undefined && !travellers.isSo(one, IS.inLane)) {
      travellers.note(one, IS.inLane, true);
      this.#doors.lane(1);
      // The head and then a segment, each there and back.
      if (travellers.get(one, OF.epoch) === 0) this.sounds(one, clock.now + 2 * TRIPS * travellers.ms(one, MS.delay));
    }
    const windowMs = travellers.get(one, OF.windowMs);
    travellers.set(one, OF.windowMs, Math.max(LEAST_WINDOW_MS, windowMs));
    this.#wait(one);
  }

  /** Where he stands who has heard the cached lane: the leaf replays from there. */
  #leaveLane(one: number): void {
    const { travellers } = this;
    travellers.note(one, IS.inLane, false);
    this.#doors.lane(-1);
    const at = this.#doors.laneAt();
    const epoch = travellers.get(one, OF.epoch);
    if (at === undefined || (at.epoch === epoch && at.sequence <= travellers.get(one, OF.sequence))) return;
    travellers.set(one, OF.epoch, at.epoch);
    travellers.set(one, OF.sequence, at.sequence);
  }
}

const NOBODY: readonly NodeRef[] = [];
