import type { Position } from "../../audio/position.ts";
import type { LocalTime } from "../../ids.ts";

/** One listener as a leaf's hot loop sees him. Mutable, made once when he comes: a send allocates nothing. */
export type Seat<Link> = {
  readonly link: Link;
  /** The last chunk that he was sent. */
  through: Position;
  /** Since when nothing was sent to him, because too much waits on his line already. */
  heldSince: LocalTime | undefined;
  /** What his line was sent since it last said that it hears, in bytes; kept only where the runtime does not tell what waits. */
  unheard: number;
  /** When it last said so, in ms of the wall clock. */
  heardAt: number | undefined;
  cohort: number;
  index: number;
};

/**
 * A leaf's listeners, spread over as many cohorts as the stride says; one cohort is due with each tick, in turn. So the work of each
 * tick is the same, and each listener's turn comes once in a stride.
 *
 * A cohort says only *when*. What one is sent is what comes after his own `through`, so no change of stride or cohort can repeat or skip.
 */
export class Cohorts<Link> {
  readonly #seats = new Map<Link, Seat<Link>>();
  #cohorts: Seat<Link>[][] = [[]];
  #next = 0;

  get size(): number {
    return this.#seats.size;
  }

  has(link: Link): boolean {
    return this.#seats.has(link);
  }

  /** Every listener's link, in the order in which they came. */
  links(): Iterable<Link> {
    return this.#seats.keys();
  }

  /** Every seat. */
  seats(): readonly Seat<Link>[] {
    return [...this.#seats.values()];
  }

  /** A listener who has been sent all up to `through`; he joins the smallest cohort. */
  add(link: Link, through: Position): void {
    let smallest = 0;
    for (let cohort = 1; cohort < this.#cohorts.length; cohort++) {
      if (this.#sizeOf(cohort) < this.#sizeOf(smallest)) smallest = cohort;
    }
    const seat: Seat<Link> = { link, through, heldSince: undefined, unheard: 0, heardAt: undefined, cohort: 0, index: 0 };
    this.#seats.set(link, seat);
    this.#sit(seat, smallest);
  }

  /** A listener is gone; true if he was here. */
  remove(link: Link): boolean {
    const seat = this.#seats.get(link);
    if (seat === undefined) return false;
    this.#seats.delete(link);
    const cohort = this.#cohorts[seat.cohort];
    const last = cohort?.pop();
    if (cohort !== undefined && last !== undefined && last !== seat) {
      cohort[seat.index] = last;
      last.index = seat.index;
    }
    return true;
  }

  /** The cohort whose turn it is; the next call gives the next one. */
  take(): readonly Seat<Link>[] {
    const due = this.#cohorts[this.#next] ?? [];
    this.#next = (this.#next + 1) % this.#cohorts.length;
    return due;
  }

  /** Deals everybody anew into `stride` cohorts: who would have been due first still is, so nobody waits for longer than a stride. */
  deal(stride: number): void {
    if (stride === this.#cohorts.length) return;
    const inOrder = this.#cohorts.flatMap((_, turn) => this.#cohorts[(this.#next + turn) % this.#cohorts.length] ?? []);
    this.#cohorts = Array.from({ length: stride }, () => []);
    this.#next = 0;
    for (const [place, seat] of inOrder.entries()) this.#sit(seat, Math.floor((place * stride) / inOrder.length));
  }

  #sit(seat: Seat<Link>, cohort: number): void {
    const seats = this.#cohorts[cohort];
    if (seats === undefined) return;
    seat.cohort = cohort;
    seat.index = seats.push(seat) - 1;
  }

  #sizeOf(cohort: number): number {
    return this.#cohorts[cohort]?.length ?? 0;
  }
}
