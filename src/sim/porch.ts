import type { Travellers } from "./travellers.ts";

const NOBODY = -1;
const FIRST_ROOM = 256;

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

  constructor(travellers: Travellers) {
    this.#travellers = travellers;
  }

  /** A leaf of this number may be asked for. */
  build(leaf: number): void {
    while (leaf >= this.#room.length) {
      this.#room = longer(this.#room);
      this.#revision = longer(this.#revision);
      this.#coming = longer(this.#coming);
      this.#first = longer(this.#first, NOBODY);
    }
  }

  /** True if one more may come whom the leaf need not be asked about. */
  hasRoom(leaf: number, revision: number): boolean {
    return (this.#room[leaf] ?? 0) > 0 && this.#revision[leaf] === revision;
  }

  /** He is on his way there, and will be let in. */
  expect(one: number, leaf: number, at: number): void {
    this.#first[leaf] = this.#travellers.line(one, this.#first[leaf] ?? NOBODY, at);
    this.#coming[leaf] = (this.#coming[leaf] ?? 0) + 1;
    this.#room[leaf] = (this.#room[leaf] ?? 0) - 1;
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
    if (first === NOBODY) return;
    this.#first[leaf] = this.#travellers.arrivals(first, now, (one, at) => {
      this.#coming[leaf] = (this.#coming[leaf] ?? 0) - 1;
      arrives(one, at);
    });
  }
}

function longer(row: Int32Array<ArrayBuffer>, filled = 0): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(row.length * 2).fill(filled);
  twice.set(row);
  return twice;
}
