/**
 * How many different browsers came, without a list of them: HyperLogLog (Flajolet et al. 2007), read with Ertl's estimator (2017, algorithm 6),
 * which needs no corrections for small or large counts. 2¹² registers: a standard error of 1.6 %.
 */
const INDEX_BITS = 12;
const REGISTERS = 2 ** INDEX_BITS;
/** Bits of a hash of 64 in which the first one is sought. */
const RANK_BITS = 52;
const HIGHEST = RANK_BITS + 1;
/** A register's place takes two of these, its value one. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** Their codes; and what each is worth, by its code, NO_DIGIT for all other codes below 128. */
const CODE_OF = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const NO_DIGIT = 255;
const VALUE_OF = new Uint8Array(128).fill(NO_DIGIT);
for (const [value, code] of CODE_OF.entries()) VALUE_OF[code] = value;
/** From so many changed registers on, all of them take fewer characters. */
const FEW = Math.floor(REGISTERS / 3);
/** One report in so many tells all registers again: what was lost anywhere is made good by then. */
const ALL_EVERY = 10;

/** A sketch of who came. Merging is the maximum of each register: what comes twice, late or in another order changes nothing. */
export class Unique {
  readonly #registers = new Uint8Array(REGISTERS);
  /** Registers that are not 0. */
  #seen = 0;
  #tells = 0;
  /** Registers that were raised since the parent was told, some of them twice: a report writes these, and does not look through all. */
  #raised: number[] = [];

  /** Somebody came. True if the sketch changed. @param id his session */
  see(id: string): boolean {
    return this.#note(hash(id, 0x9e3779b9), hash(id, 0x85ebca6b));
  }

  /** Somebody came who has no session: he is another one each time. True if the sketch changed. @param random luck from [0, 1) */
  seeAny(random: number): boolean {
    const high = Math.floor(random * 4_294_967_296);
    return this.#note(high, finish(high ^ 0x85ebca6b));
  }

  #note(high: number, low: number): boolean {
    const rest = high & 0xfffff;
    const rank = rest === 0 ? 20 + Math.clz32(low) + 1 : Math.clz32(rest) - 12 + 1;
    return this.#raise(high >>> (32 - INDEX_BITS), rank);
  }

  /** Takes in what a child, or an earlier life, told. True if the sketch changed. */
  hear(text: string): boolean {
    let hasChanged = false;
    if (text.startsWith("*")) {
      for (let index = 0; index < REGISTERS; index++) hasChanged = this.#raise(index, valueAt(text, index + 1)) || hasChanged;
    } else {
      for (let at = 0; at < text.length; at += 3) {
        hasChanged = this.#raise(valueAt(text, at) * 64 + valueAt(text, at + 1), valueAt(text, at + 2)) || hasChanged;
      }
    }
    return hasChanged;
  }

  /** What the parent does not know yet, as text; from time to time, all. */
  tell(): string {
    const isAll = this.#tells++ % ALL_EVERY === 0;
    if (this.#raised.length === 0 && !isAll) return "";
    const raised = this.#raised;
    this.#raised = [];
    if (isAll || raised.length > FEW) return this.text();
    const digits: number[] = [];
    // One that was raised twice is told twice: the same again, which changes nothing.
    for (const index of raised) this.#write(index, digits);
    return String.fromCharCode(...digits);
  }

  /** A new parent knows nothing yet. */
  linked(): void {
    this.#tells = 0;
  }

  /** All that was seen, as text. */
  text(): string {
    const isFull = this.#seen > FEW;
    const digits: number[] = [];
    const registers = this.#registers;
    if (isFull) for (let index = 0; index < REGISTERS; index++) digits.push(digit(registers[index] ?? 0));
    else for (let index = 0; index < REGISTERS; index++) if (registers[index] !== 0) this.#write(index, digits);
    return `${isFull ? "*" : ""}${String.fromCharCode(...digits)}`;
  }

  #write(index: number, digits: number[]): void {
    digits.push(digit(index >>> 6), digit(index & 63), digit(this.#registers[index] ?? 0));
  }

  /** How many came, about: 1.6 % off, as a standard error. */
  estimate(): number {
    const counts = new Array<number>(HIGHEST + 1).fill(0);
    for (const value of this.#registers) counts[value] = (counts[value] ?? 0) + 1;
    let sum = REGISTERS * tau(1 - (counts[HIGHEST] ?? 0) / REGISTERS);
    for (let value = RANK_BITS; value >= 1; value--) sum = 0.5 * (sum + (counts[value] ?? 0));
    sum += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
    return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * sum));
  }

  #raise(index: number, value: number): boolean {
    const before = this.#registers[index] ?? HIGHEST;
    if (before >= value) return false;
    if (before === 0) this.#seen++;
    // Beyond that all registers are told, whichever were raised.
    if (this.#raised.length <= FEW) this.#raised.push(index);
    this.#registers[index] = value;
    return true;
  }
}

/** True of what `tell` and `text` write: `*` and all registers, or three characters for each that changed. */
export function isUnique(text: string): boolean {
  const isAll = text.startsWith("*");
  if (isAll ? text.length !== REGISTERS + 1 : text.length % 3 !== 0 || text.length > FEW * 3) return false;
  for (let at = isAll ? 1 : 0; at < text.length; at++) {
    const value = valueAt(text, at);
    if (value === NO_DIGIT || ((isAll || at % 3 === 2) && value > HIGHEST)) return false;
  }
  return true;
}

function valueAt(text: string, at: number): number {
  return VALUE_OF[text.charCodeAt(at)] ?? NO_DIGIT;
}

/** The code of its digit. */
function digit(value: number): number {
  return CODE_OF[value] ?? NO_DIGIT;
}

/** 32 bits of MurmurHash3, unit by unit: sessions are hashes already, but a ticket's may be anything. */
function hash(text: string, seed: number): number {
  let mixed = seed;
  for (let at = 0; at < text.length; at++) {
    mixed ^= Math.imul(rotate(Math.imul(text.charCodeAt(at), 0xcc9e2d51), 15), 0x1b873593);
    mixed = Math.imul(rotate(mixed, 13), 5) + 0xe6546b64;
  }
  return finish(mixed ^ text.length);
}

/** MurmurHash3's last step: each bit of the input changes each of the output with a chance of one half. */
function finish(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function rotate(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

/** Ertl's σ: what the empty registers say. */
function sigma(share: number): number {
  if (share === 1) return Number.POSITIVE_INFINITY;
  let [x, y, sum, before] = [share, 1, share, Number.NaN];
  while (sum !== before) {
    x *= x;
    before = sum;
    sum += x * y;
    y += y;
  }
  return sum;
}

/** Ertl's τ: what the full ones say. */
function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [x, y, sum, before] = [share, 1, 1 - share, Number.NaN];
  while (sum !== before) {
    x = Math.sqrt(x);
    before = sum;
    y *= 0.5;
    sum -= (1 - x) ** 2 * y;
  }
  return sum / 3;
}
