import type { Position } from "../core/audio/position.ts";
import type { Joiner } from "./calls.ts";
import { Ear, type Hearing } from "./ear.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";

/** Cohorts of a leaf whose stride is above 1: so many parts can be dealt evenly at every stride (1, 2, 5, 10 and 20 divide it). */
const PARTS = 20;
/** With those who stand where no part does: every cohort may begin one that stays small. */
const MOST_PARTS = 2 * PARTS;
/** After a change of stride nobody becomes one with others for so many turns: the next change would deal a few large parts and many single links as if all weighed the same. */
const SETTLED_TURNS = 30;

/**
 * The listeners of one leaf. Who stands where others stand becomes one with them: as one cohort while the stride is 1, as up to PARTS of
 * them above, so that the mind can deal them. Only who is new, slow or elsewhere is a link of his own.
 */
export class Seating {
  readonly #leaf: Host;
  readonly #hearing: Hearing;
  readonly #ears = new Set<Ear>();
  readonly #single = new Set<Ear>();
  #steady: Ear[] = [];
  #size = 0;
  #stride = 1;
  #turnsSince = 0;

  constructor(leaf: Host, hearing: Hearing) {
    this.#leaf = leaf;
    this.#hearing = hearing;
  }

  /** Listeners who sit here. */
  get size(): number {
    return this.#size;
  }

  get ears(): ReadonlySet<Ear> {
    return this.#ears;
  }

  /** A seat is kept for one who was let in. */
  reserve(): void {
    this.#size++;
  }

  /** A seat was kept for him: he takes it. */
  sit(joiner: Joiner): Ear {
    return new Ear(this.#leaf, joiner, this.#hearing, joiner);
  }

  /** One who has been greeted, or waits to be. With whom he is one now; undefined if he is a link of his own. */
  seat(ear: Ear, mind: NodeMind): Ear | undefined {
    const mate = this.#merge(ear, mind, mind.down.stride);
    if (mate !== undefined) return mate;
    this.#ears.add(ear);
    this.#single.add(ear);
    return undefined;
  }

  /** With whom one is united who has been sent all up to `place`; undefined if he begins a cohort, or stays a link of his own. */
  mateAt(place: Position, mind: NodeMind): Ear | undefined {
    const mate = this.#smallestAt(place);
    return this.#beginsPart(mate, mind.down.stride) ? undefined : mate;
  }

  /** After anything was sent: who can be one with others becomes so. */
  gather(mind: NodeMind): void {
    const { stride } = mind.down;
    if (stride === 1 && this.#steady.length > 1) this.#join(mind);
    if (stride !== this.#stride) {
      this.#stride = stride;
      this.#turnsSince = 0;
    }
    this.#turnsSince++;
    const isDealt = stride === 1 || this.#turnsSince > SETTLED_TURNS;
    if (this.#single.size > 0 && isDealt) for (const ear of this.#single) this.#merge(ear, mind, stride);
    const first = this.#steady[0];
    if (stride > 1 && this.#steady.length === 1 && first !== undefined && first.size > 1) this.#split(first, mind);
  }

  /** One of the steady listeners leaves. False if there is none. */
  loseOne(mind: NodeMind, random: number): boolean {
    const ear = this.#steady[Math.floor(random * this.#steady.length)];
    if (ear === undefined) return false;
    ear.loseOne();
    this.#size--;
    if (ear.size === 0) {
      this.#remove(ear);
      mind.leave(ear);
    }
    return true;
  }

  /** These are gone. False if they were already. */
  leave(ear: Ear): boolean {
    if (!this.#ears.has(ear)) return false;
    this.#remove(ear);
    this.#size -= ear.size;
    return true;
  }

  /** The leaf is dead. */
  drop(): void {
    for (const ear of this.#ears) ear.drop();
  }

  #most(stride: number): number {
    return stride === 1 ? Number.POSITIVE_INFINITY : Math.ceil(this.#size / PARTS);
  }

  /** Makes him one of the steady ones, if he can be: in this ear. */
  #merge(ear: Ear, mind: NodeMind, stride: number): Ear | undefined {
    if (!ear.isSteady) return undefined;
    const mate = this.#smallestAt(ear);
    if (this.#beginsPart(mate, stride)) {
      this.#ears.add(ear);
      this.#single.delete(ear);
      this.#steady.push(ear);
      ear.settle();
      return ear;
    }
    if (mate !== undefined) this.#unite(ear, mate, mind);
    return mate;
  }

  /** True if who stands with `mate`, or with nobody, is to begin a cohort: there are few, or this one is larger than the others. */
  #beginsPart(mate: Ear | undefined, stride: number): boolean {
    return this.#steady.length < (stride === 1 ? 1 : MOST_PARTS) && (mate === undefined || mate.size >= this.#most(stride));
  }

  /** The smallest of the steady ones who were sent all up to `place`. */
  #smallestAt(place: Position): Ear | undefined {
    let smallest: Ear | undefined;
    for (const other of this.#steady) if ((smallest === undefined || other.size < smallest.size) && other.standsAt(place)) smallest = other;
    return smallest;
  }

  /** All parts into one, as soon as they stand at the same place. */
  #join(mind: NodeMind): void {
    const [first, ...others] = this.#steady;
    if (first === undefined) return;
    this.#steady = [first, ...others.filter((other) => !other.standsAt(first))];
    for (const other of others) if (other.standsAt(first)) this.#unite(other, first, mind);
  }

  /** Right after its turn: all parts have been sent all there is. */
  #split(whole: Ear, mind: NodeMind): void {
    if (!whole.standsAt(mind.down.feed.newest)) return;
    const each = Math.floor(whole.size / PARTS);
    for (let part = 1; part < PARTS && each > 0; part++) {
      const ear = whole.part(each);
      this.#ears.add(ear);
      this.#steady.push(ear);
      mind.down.restore(ear, true);
    }
  }

  #unite(ear: Ear, other: Ear, mind: NodeMind): void {
    this.#ears.delete(ear);
    this.#single.delete(ear);
    mind.leave(ear);
    other.add(ear);
  }

  #remove(ear: Ear): void {
    this.#ears.delete(ear);
    this.#single.delete(ear);
    const at = this.#steady.indexOf(ear);
    if (at >= 0) this.#steady.splice(at, 1);
  }
}
