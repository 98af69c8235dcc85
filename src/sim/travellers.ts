import { REGIONS, type Region } from "../core/tree/shape/region.ts";

/** Slots of 1 ms in which travellers wait: more than the longest wait of anybody. A power of two, so that a slot is a mask away. */
const SLOTS = 65_536;
const NOBODY = -1;
const FIRST_ROOM = 1_024;

/** What is known of one: bits of `is`. */
export const IS = { new: 1, inLane: 2, wasFull: 4, atLeaf: 8 } as const;

/**
 * Everybody who is on his way, as numbers in rows: a million who lost their connection at once are no objects, and cost no memory to be looked
 * through. Who has arrived gives his number back.
 */
export class Travellers {
  /** When he clicked, or when his connection broke, in ms. */
  since = new Float64Array(FIRST_ROOM);
  /** When what he waits for happens, in ms. */
  at = new Float64Array(FIRST_ROOM);
  /** Of his line, one way, in ms. */
  delayMs = new Float64Array(FIRST_ROOM);
  /** Within which he was told to come back, in ms; NaN if nobody told him. */
  windowMs = new Float64Array(FIRST_ROOM);
  /** Of his line, where it is slower than the sound; else 0. */
  kbps = new Float64Array(FIRST_ROOM);
  /** The last chunk that he has heard; epoch 0 before any. */
  epoch = new Uint32Array(FIRST_ROOM);
  sequence = new Uint32Array(FIRST_ROOM);
  /** Joins that his first knock tells of. */
  joins = new Uint32Array(FIRST_ROOM);
  /** The leaf that he is on his way to, by its number, and in which life of it. */
  leaf = new Int32Array(FIRST_ROOM);
  leafLife = new Uint32Array(FIRST_ROOM);
  isolate = new Uint16Array(FIRST_ROOM);
  attempt = new Uint8Array(FIRST_ROOM);
  is = new Uint8Array(FIRST_ROOM);
  readonly #slots = new Int32Array(SLOTS).fill(NOBODY);
  #region = new Uint8Array(FIRST_ROOM);
  /** Who stands behind him in the same slot, at the same leaf, or among the numbers that are free. */
  #next = new Int32Array(FIRST_ROOM);
  #size = 0;
  #free = NOBODY;
  #slot = -1;
  #waiting = 0;

  /** Travellers who wait for their time. */
  get waiting(): number {
    return this.#waiting;
  }

  regionOf(one: number): Region {
    return REGIONS[this.#region[one] ?? 0] ?? REGIONS[0];
  }

  /** A number for one who sets out; all that is known of him is to be set. */
  add(region: Region): number {
    let one = this.#free;
    if (one === NOBODY) {
      one = this.#size++;
      if (one === this.at.length) this.#grow();
    } else this.#free = this.#next[one] ?? NOBODY;
    this.#region[one] = REGIONS.indexOf(region);
    return one;
  }

  /** He has arrived, or is gone: his number is given to another. */
  remove(one: number): void {
    this.#next[one] = this.#free;
    this.#free = one;
  }

  /** True if this is known of him (IS). */
  isSo(one: number, bit: number): boolean {
    return ((this.is[one] ?? 0) & bit) !== 0;
  }

  /** From now on this is known of him, or is not so any more. */
  set(one: number, bit: number, isSo: boolean): void {
    const is = this.is[one] ?? 0;
    this.is[one] = isSo ? is | bit : is & ~bit;
  }

  /** He waits from `now` until `at`, to the ms; what has passed already comes with the next ms. */
  wait(one: number, at: number, now: number): void {
    this.at[one] = at;
    // Nobody has waited for a while: those slots are empty.
    if (this.#waiting === 0) this.#slot = Math.max(this.#slot, Math.floor(now) - 1);
    const slot = Math.max(Math.floor(at), this.#slot + 1);
    if (slot - this.#slot >= SLOTS) throw new RangeError(`nobody waits until ${at}`);
    this.#next[one] = this.#slots[slot & (SLOTS - 1)] ?? NOBODY;
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
        const next = this.#next[one] ?? NOBODY;
        this.#waiting--;
        comes(one);
        one = next;
      }
    }
  }

  /** He walks to a leaf, before those who walk there already (`first`), and arrives at `at`. The first of them now. */
  line(one: number, first: number, at: number): number {
    this.at[one] = at;
    this.#next[one] = first;
    return one;
  }

  /** Calls `arrives` for who of those in a line has arrived by `now`. The first of those who are left. */
  arrivals(first: number, now: number, arrives: (one: number, at: number) => void): number {
    let left = NOBODY;
    let last = NOBODY;
    for (let one = first; one !== NOBODY; ) {
      const next = this.#next[one] ?? NOBODY;
      const at = this.at[one] ?? 0;
      if (at <= now) arrives(one, at);
      else {
        if (last === NOBODY) left = one;
        else this.#next[last] = one;
        last = one;
      }
      one = next;
    }
    if (last !== NOBODY) this.#next[last] = NOBODY;
    return left;
  }

  #grow(): void {
    this.since = longer(this.since, Float64Array);
    this.at = longer(this.at, Float64Array);
    this.delayMs = longer(this.delayMs, Float64Array);
    this.windowMs = longer(this.windowMs, Float64Array);
    this.kbps = longer(this.kbps, Float64Array);
    this.epoch = longer(this.epoch, Uint32Array);
    this.sequence = longer(this.sequence, Uint32Array);
    this.joins = longer(this.joins, Uint32Array);
    this.leaf = longer(this.leaf, Int32Array);
    this.leafLife = longer(this.leafLife, Uint32Array);
    this.isolate = longer(this.isolate, Uint16Array);
    this.attempt = longer(this.attempt, Uint8Array);
    this.is = longer(this.is, Uint8Array);
    this.#region = longer(this.#region, Uint8Array);
    this.#next = longer(this.#next, Int32Array);
  }
}

type Row = { readonly length: number; set(from: Row): void };

/** The same row with twice as much room. */
function longer<One extends Row>(row: One, Made: new (length: number) => One): One {
  const twice = new Made(row.length * 2);
  twice.set(row);
  return twice;
}
