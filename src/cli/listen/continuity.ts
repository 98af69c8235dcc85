import { comparePositions, type Position } from "../../core/audio/position.ts";

/** What one listener's chunks add up to. */
export type Heard = {
  /** Chunks that were new. */
  readonly chunks: number;
  /** Chunks that never came and that no `gap` text announced; an epoch that began without a `gap` text counts as one. */
  readonly holes: number;
  /** Chunks that came again, or out of order. */
  readonly repeats: number;
  /** `gap` texts: explicit, so no holes. */
  readonly gaps: number;
  /** Epochs heard. */
  readonly epochs: number;
};

/** Checks that every chunk of one listener directly continues the one before, or that a `gap` text says why not. */
export class Continuity {
  #epoch = 0;
  #sequence = 0;
  #gapTo: Position | undefined;
  #chunks = 0;
  #holes = 0;
  #repeats = 0;
  #gaps = 0;
  #epochs = 0;

  /** The newest chunk heard; undefined before any. */
  get last(): Position | undefined {
    return this.#epochs === 0 ? undefined : { epoch: this.#epoch, sequence: this.#sequence };
  }

  /** Chunks that never came, so far; see Heard. */
  get holes(): number {
    return this.#holes;
  }

  /** `gap` texts so far. */
  get gaps(): number {
    return this.#gaps;
  }

  /** A `gap` text: the next chunk is `to`. */
  gap(to: Position): void {
    this.#gaps++;
    this.#gapTo = to;
  }

  /** A chunk came. True if it is new: it comes after all that were heard. */
  hear(epoch: number, sequence: number): boolean {
    if (epoch < this.#epoch || (epoch === this.#epoch && sequence <= this.#sequence)) {
      this.#repeats++;
      return false;
    }
    this.#holes += this.#missing(epoch, sequence);
    if (epoch !== this.#epoch) this.#epochs++;
    this.#chunks++;
    this.#epoch = epoch;
    this.#sequence = sequence;
    this.#gapTo = undefined;
    return true;
  }

  /** The sums so far. */
  heard(): Heard {
    return { chunks: this.#chunks, holes: this.#holes, repeats: this.#repeats, gaps: this.#gaps, epochs: this.#epochs };
  }

  #missing(epoch: number, sequence: number): number {
    const to = this.#gapTo;
    if (to !== undefined && comparePositions(to, { epoch, sequence }) <= 0) return epoch === to.epoch ? sequence - to.sequence : 1;
    if (this.#epochs === 0) return 0;
    return epoch === this.#epoch ? sequence - this.#sequence - 1 : 1;
  }
}
