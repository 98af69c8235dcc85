import { REGIONS, type Region } from "../core/tree/shape/region.ts";

/** Slots of 1 ms in which travellers wait: more than the longest wait of anybody. A power of two, so that a slot is a mask away. */
const SLOTS = 65_536;
const NOBODY = -1;
const FIRST_ROOM = 1_024;

/** What is known of one: bits of `is`. */
export const IS = { new: 1, inLane: 2, wasFull: 4, atLeaf: 8 } as const;

/** What is known of one as numbers. Those that are asked for most stand first. */
export const OF = {
  /** When what he waits for happens, in ms. */
  at: 0,
  /** Who stands behind him in the same slot, at the same leaf, or among the numbers that are free. */
  next: 1,
  /** The leaf that he is on his way to, by its number. */
  leaf: 2,
  /** Of his line, one way, in ms. */
  delayMs: 3,
  /** When he clicked, or when his connection broke, in ms. */
  since: 4,
  /** The last chunk that he has heard; epoch 0 before any. */
  epoch: 5,
  sequence: 6,
  isolate: 7,
  /** Bits of IS. */
  is: 8,
  region: 9,
  /** Joins that his first knock tells of. */
  joins: 10,
  attempt: 11,
  /** Within which he was told to come back, in ms; NaN if nobody told him. */
  windowMs: 12,
  /** Of his line, where it is slower than the sound; else 0. */
  kbps: 13,
  /** In which of its lives he stands at that leaf. */
  leafLife: 14,
} as const;

export type Figure = (typeof OF)[keyof typeof OF];

/** Numbers in a row, so that one begins where a line of the processor's memory does. */
const WIDTH = 16;

/**
 * Everybody who is on his way, as rows of numbers: a million who lost their connection at once are no objects, and all that is known of one
 * comes from memory at once. Who has arrived gives his number back.
 */
export class Travellers {
  #rows = new Float64Array(FIRST_ROOM * WIDTH);
  readonly #slots = new Int32Array(SLOTS).fill(NOBODY);
  #size = 0;
  #free = NOBODY;
  #slot = -1;
  #waiting = 0;

  /** Travellers who wait for their time. */
  get waiting(): number {
    return this.#waiting;
  }

  get(one: number, figure: Figure): number {
    return this.#rows[one * WIDTH + figure] ?? 0;
  }

  set(one: number, figure: Figure, value: number): void {
    this.#rows[one * WIDTH + figure] = value;
  }

  regionOf(one: number): Region {
    return REGIONS[this.get(one, OF.region)] ?? REGIONS[0];
  }

  /** A number for one who sets out: of him nothing else is known yet, and all is 0. */
  add(region: Region): number {
    let one = this.#free;
    if (one === NOBODY) {
      one = this.#size++;
      if (one * WIDTH === this.#rows.length) this.#grow();
    } else {
      this.#free = this.get(one, OF.next);
      this.#rows.fill(0, one * WIDTH, (one + 1) * WIDTH);
    }
    this.set(one, OF.region, REGIONS.indexOf(region));
    return one;
  }

  /** He has arrived, or is gone: his number is given to another. */
  remove(one: number): void {
    this.set(one, OF.next, this.#free);
    this.#free = one;
  }

  /** True if this is known of him (IS). */
  isSo(one: number, bit: number): boolean {
    return (this.get(one, OF.is) & bit) !== 0;
  }

  /** From now on this is known of him, or is not so any more. */
  note(one: number, bit: number, isSo: boolean): void {
    const is = this.get(one, OF.is);
    this.set(one, OF.is, isSo ? is | bit : is & ~bit);
  }

  /** He waits from `now` until `at`, to the ms; what has passed already comes with the next ms. */
  wait(one: number, at: number, now: number): void {
    this.set(one, OF.at, at);
    // Nobody has waited for a while: those slots are empty.
    if (this.#waiting === 0) this.#slot = Math.max(this.#slot, Math.floor(now) - 1);
    const slot = Math.max(Math.floor(at), this.#slot + 1);
    if (slot - this.#slot >= SLOTS) throw new RangeError(`nobody waits until ${at}`);
    this.set(one, OF.next, this.#slots[slot & (SLOTS - 1)] ?? NOBODY);
    this.#slots[slot & (SLOTS - 1)] = one;
    this.#waiting++;
  }

  /** Time goes on to this ms: `comes` is called for everybody whose time it is. */
  pass(slot: number, comes: (one: number) => void): void {
    while (this.#slot < slot) {
      const at = ++this.#slot & (SLOTS - 1);
      let one = this.#slots[at] ?? NOBODY;
      this.#slots[at] = NOBODY;
      while (one !== NOBODY) {
        const next = this.get(one, OF.next);
        this.#waiting--;
        comes(one);
        one = next;
      }
    }
  }

  /** He walks to a leaf, before those who walk there already (`first`), and arrives at `at`. The first of them now. */
  line(one: number, first: number, at: number): number {
    this.set(one, OF.at, at);
    this.set(one, OF.next, first);
    return one;
  }

  /** Calls `arrives` for who of those in a line has arrived by `now`. The first of those who are left. */
  arrivals(first: number, now: number, arrives: (one: number, at: number) => void): number {
    let left = NOBODY;
    let last = NOBODY;
    for (let one = first; one !== NOBODY; ) {
      const next = this.get(one, OF.next);
      const at = this.get(one, OF.at);
      if (at <= now) arrives(one, at);
      else {
        if (last === NOBODY) left = one;
        else this.set(last, OF.next, one);
        last = one;
      }
      one = next;
    }
    if (last !== NOBODY) this.set(last, OF.next, NOBODY);
    return left;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
