import { REGIONS, type Region } from "../core/tree/shape/region.ts";

/** Slots of 1 ms in which travellers wait: more than the longest wait of anybody. A power of two, so that a slot is a mask away. */
const SLOTS = 65_536;
const NOBODY = -1;

/** What is known of one: bits of `is`. */
export const IS = { new: 1, inLane: 2, wasFull: 4, atLeaf: 8 } as const;

/** Instants and lengths of time, in ms: 64 bits each, the first of his row. */
export const MS = {
  /** When what he waits for happens. */
  at: 0,
  /** Of his line, one way. */
  delay: 1,
  /** When he clicked, or when his connection broke. */
  since: 2,
} as const;

/** Whole numbers: 32 bits each, after those of MS. */
export const OF = {
  /** Who stands behind him in the same slot, at the same leaf, or among the numbers that are free. */
  next: 6,
  /** The leaf that he is on his way to, by its number, and in which of its lives he stands there. */
  leaf: 7,
  leafLife: 8,
  /** The last chunk that he has heard; epoch 0 before any. */
  epoch: 9,
  sequence: 10,
  isolate: 11,
  /** Joins that his first knock tells of. */
  joins: 12,
  /** Within which he was told to come back, in ms; NOT_TOLD if nobody told him. */
  windowMs: 13,
  /** Of his line, where it is slower than the sound; else 0. */
  kbps: 14,
} as const;

export const NOT_TOLD = -1;

/** Bytes, after those of OF. */
const IS_AT = 60;
const REGION_AT = 61;
const ATTEMPTS_AT = 62;
/** Of a row: a line of the processor's memory, so that all that is known of one comes from there at once. */
const BYTES = 64;
const MOST_ATTEMPTS = 255;

/** Everybody who is on his way, as rows of numbers: a million who lost their connection at once are no objects. Who has arrived gives his number back. */
export class Travellers {
  #ms: Float64Array;
  #whole: Int32Array;
  #bytes: Uint8Array;
  readonly #slots = new Int32Array(SLOTS).fill(NOBODY);
  #size = 0;
  #free = NOBODY;
  #slot = -1;
  #waiting = 0;

  /** @param most travellers at once, if all goes well; rows in which nobody has stood yet take no memory */
  constructor(most: number) {
    this.#bytes = new Uint8Array(most * BYTES);
    this.#ms = new Float64Array(this.#bytes.buffer);
    this.#whole = new Int32Array(this.#bytes.buffer);
  }

  /** Travellers who wait for their time. */
  get waiting(): number {
    return this.#waiting;
  }

  ms(one: number, which: (typeof MS)[keyof typeof MS]): number {
    return this.#ms[one * (BYTES / 8) + which] ?? 0;
  }

  setMs(one: number, which: (typeof MS)[keyof typeof MS], value: number): void {
    this.#ms[one * (BYTES / 8) + which] = value;
  }

  get(one: number, which: (typeof OF)[keyof typeof OF]): number {
    return this.#whole[one * (BYTES / 4) + which] ?? 0;
  }

  set(one: number, which: (typeof OF)[keyof typeof OF], value: number): void {
    this.#whole[one * (BYTES / 4) + which] = value;
  }

  regionOf(one: number): Region {
    return REGIONS[this.#bytes[one * BYTES + REGION_AT] ?? 0] ?? REGIONS[0];
  }

  /** How often he has waited to try again. */
  attempts(one: number): number {
    return this.#bytes[one * BYTES + ATTEMPTS_AT] ?? 0;
  }

  triesAgain(one: number): void {
    this.#bytes[one * BYTES + ATTEMPTS_AT] = Math.min(MOST_ATTEMPTS, this.attempts(one) + 1);
  }

  /** A number for one who sets out: he has heard nothing, nobody told him anything, and all else is 0. */
  add(region: Region): number {
    let one = this.#free;
    if (one === NOBODY) one = this.#size++;
    else {
      this.#free = this.get(one, OF.next);
      this.#bytes.fill(0, one * BYTES, (one + 1) * BYTES);
    }
    if (this.#size * BYTES > this.#bytes.length) this.#grow();
    this.#bytes[one * BYTES + REGION_AT] = REGIONS.indexOf(region);
    this.set(one, OF.windowMs, NOT_TOLD);
    return one;
  }

  /** He has arrived, or is gone: his number is given to another. */
  remove(one: number): void {
    this.set(one, OF.next, this.#free);
    this.#free = one;
  }

  /** True if this is known of him (IS). */
  isSo(one: number, bit: number): boolean {
    return ((this.#bytes[one * BYTES + IS_AT] ?? 0) & bit) !== 0;
  }

  /** From now on this is known of him, or is not so any more. */
  note(one: number, bit: number, isSo: boolean): void {
    const is = this.#bytes[one * BYTES + IS_AT] ?? 0;
    this.#bytes[one * BYTES + IS_AT] = isSo ? is | bit : is & ~bit;
  }

  /** He waits from `now` until `at`, to the ms; what has passed already comes with the next ms. */
  wait(one: number, at: number, now: number): void {
    this.setMs(one, MS.at, at);
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
    this.setMs(one, MS.at, at);
    this.set(one, OF.next, first);
    return one;
  }

  /** Calls `arrives` for who of those in a line has arrived by `now`. The first of those who are left. */
  arrivals(first: number, now: number, arrives: (one: number, at: number) => void): number {
    let left = NOBODY;
    let last = NOBODY;
    for (let one = first; one !== NOBODY; ) {
      const next = this.get(one, OF.next);
      const at = this.ms(one, MS.at);
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

  /** A faulty mind may send more of them on their way than there are. */
  #grow(): void {
    const bytes = new Uint8Array(this.#bytes.length * 2);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#ms = new Float64Array(bytes.buffer);
    this.#whole = new Int32Array(bytes.buffer);
  }
}
