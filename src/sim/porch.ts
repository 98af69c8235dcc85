import type { Travellers } from "./travellers.ts";

const NOBODY = -1;
const FIRST_ROOM = 256;
/** Who is let in is counted in steps of so much time, in ms. */
const STEP_MS = 250;

/**
 * Who is on his way to leaves that will let him in: a few numbers for each leaf, so that to choose one touches nothing of the leaf itself.
 *
 * A leaf says for how many it surely has room, and by which plan. Who comes within that, by an edge that knows the same plan, hears nothing at the
 * door that anybody waits for: he is looked at when the leaf is next looked at, as if it were the instant at which he came (inbox.ts).
 */
export class Porch {
  readonly #travellers: Travellers;
  #room = new Int32Array(FIRST_ROOM);
  #revision = new Int32Array(FIRST_ROOM);
  #first = new Int32Array(FIRST_ROOM).fill(NOBODY);
  #coming = new Int32Array(FIRST_ROOM);
  /** 1 of a leaf that will tell of who comes. */
  #tells = new Int32Array(FIRST_ROOM);
  /** How many come within each step of the evening and were not looked at yet; none before `#since`. */
  readonly #unseen: number[] = [];
  #since = 0;

  constructor(travellers: Travellers) {
    this.#travellers = travellers;
  }

  /** A leaf of this number may be asked for. */
  build(leaf: number): void {
    while (leaf >= this.#room.length) {
      this.#room = longer(this.#room);
      this.#revision = longer(this.#revision);
      this.#coming = longer(this.#coming);
      this.#tells = longer(this.#tells);
      this.#first = longer(this.#first, NOBODY);
    }
  }

  /** True if one more may come whom the leaf need not be asked about. */
  hasRoom(leaf: number, revision: number): boolean {
    return (this.#room[leaf] ?? 0) > 0 && this.#revision[leaf] === revision;
  }

  /** He is on his way there, and will be let in. True if that is news which the leaf does not know that it will have. */
  expect(one: number, leaf: number, at: number): boolean {
    this.#first[leaf] = this.#travellers.line(one, this.#first[leaf] ?? NOBODY, at);
    this.#coming[leaf] = (this.#coming[leaf] ?? 0) + 1;
    this.#room[leaf] = (this.#room[leaf] ?? 0) - 1;
    this.#see(at, 1);
    if (this.#tells[leaf] === 1) return false;
    this.#tells[leaf] = 1;
    return true;
  }

  /** The leaf has told its news. True if more is on its way. */
  told(leaf: number): boolean {
    const coming = this.#coming[leaf] ?? 0;
    this.#tells[leaf] = coming > 0 ? 1 : 0;
    return coming > 0;
  }

  /** Those who were let in by `now`, to a step of time, though nobody has looked at their leaves since. */
  letIn(now: number): number {
    const end = Math.floor(now / STEP_MS);
    while (this.#since < end && (this.#unseen[this.#since] ?? 0) === 0) this.#since++;
    let sum = 0;
    for (let step = this.#since; step < end; step++) sum += this.#unseen[step] ?? 0;
    return sum;
  }

  #see(at: number, more: number): void {
    const step = Math.floor(at / STEP_MS);
    this.#unseen[step] = (this.#unseen[step] ?? 0) + more;
  }

  /** The leaf has room for so many, by this plan: those who are on their way take of it. True if who knows another plan is on his way. */
  tell(leaf: number, room: number, revision: number): boolean {
    const isNews = this.#revision[leaf] !== revision;
    this.#revision[leaf] = revision;
    const coming = this.#coming[leaf] ?? 0;
    this.#room[leaf] = room - coming;
    return isNews && coming > 0;
  }

  /** Calls `arrives` for everybody who has arrived there by `now`, in no order. */
  arrivals(leaf: number, now: number, arrives: (one: number, at: number) => void): void {
    const first = this.#first[leaf] ?? NOBODY;
    if (now === Number.POSITIVE_INFINITY) this.#tells[leaf] = 0;
    if (first === NOBODY) return;
    this.#first[leaf] = this.#travellers.arrivals(first, now, (one, at) => {
      this.#coming[leaf] = (this.#coming[leaf] ?? 0) - 1;
      this.#see(at, -1);
      arrives(one, at);
    });
  }
}

function longer(row: Int32Array<ArrayBuffer>, filled = 0): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(row.length * 2).fill(filled);
  twice.set(row);
  return twice;
}
