import { SAMPLES_PER_MS } from "./format.ts";
import { BLEND_SAMPLES, bestSplice, blend } from "./splice.ts";

/** So much sounds between two splices, in samples: 48 ms, three periods of a deep voice, and shorter than a syllable. */
const SEQUENCE = 48 * SAMPLES_PER_MS;
/** A splice may miss its ideal place by so much, in samples: 8 ms, half a period of the deepest voice (60 Hz). */
const TOLERANCE = 8 * SAMPLES_PER_MS;

/**
 * Plays sound faster than it was spoken, with its pitch: parts are left out where two places are alike, which are blended into each
 * other (waveform-similarity overlap-add, Verhelst and Roelands 1993). At speed 1 every sample comes out once, untouched.
 */
export class Stretch {
  readonly #read: (out: Float32Array, at: number) => void;
  readonly #from = new Float32Array(BLEND_SAMPLES);
  readonly #within = new Float32Array(2 * TOLERANCE + BLEND_SAMPLES);
  readonly #ready = new Float32Array(SEQUENCE);
  #drained = SEQUENCE;
  #readyAt = 0;
  #next = 0;
  #ideal = 0;
  #speed = 1;

  /** @param read fills a part with the sound from a place on, in samples */
  constructor(read: (out: Float32Array, at: number) => void) {
    this.#read = read;
  }

  /** Most samples beyond `position` that are looked at for the next `length` of output. */
  static reach(speed: number, length: number): number {
    return speed === 1 ? length : Math.ceil(speed * SEQUENCE) + SEQUENCE + 2 * TOLERANCE + BLEND_SAMPLES + length;
  }

  /** What sounds next, in samples. */
  get position(): number {
    if (this.#drained >= SEQUENCE) return this.#next;
    return Math.round(this.#readyAt + ((this.#next - this.#readyAt) * this.#drained) / SEQUENCE);
  }

  /** True between two parts: here one may leave something out. */
  get isBetween(): boolean {
    return this.#drained >= SEQUENCE;
  }

  /** Leaves out so many samples; only where nobody sounds. */
  skip(samples: number): void {
    this.#next += samples;
    this.#ideal = this.#next;
  }

  /** Fills `out` with what sounds next. @param speed 1 or more */
  render(out: Float32Array, speed: number): void {
    if (speed !== this.#speed) this.#ideal = this.#next;
    this.#speed = speed;
    for (let filled = 0; filled < out.length; ) {
      if (this.#drained >= SEQUENCE && speed === 1) {
        const part = filled === 0 ? out : out.subarray(filled);
        this.#read(part, this.#next);
        this.#next += part.length;
        this.#ideal = this.#next;
        return;
      }
      if (this.#drained >= SEQUENCE) this.#splice();
      const length = Math.min(out.length - filled, SEQUENCE - this.#drained);
      out.set(this.#ready.subarray(this.#drained, this.#drained + length), filled);
      this.#drained += length;
      filled += length;
    }
  }

  /** Makes ready the next part: from here into the place that is most alike, near to where it should be by now. */
  #splice(): void {
    this.#readyAt = this.#next;
    const first = Math.max(0, Math.round(this.#ideal) - TOLERANCE);
    this.#read(this.#from, this.#next);
    this.#read(this.#within, first);
    const { at } = bestSplice(this.#from, this.#within);
    blend(this.#ready.subarray(0, BLEND_SAMPLES), this.#from, this.#within.subarray(at, at + BLEND_SAMPLES));
    this.#read(this.#ready.subarray(BLEND_SAMPLES), first + at + BLEND_SAMPLES);
    this.#next = first + at + SEQUENCE;
    // Absolute, so that misses do not add up.
    this.#ideal += this.#speed * SEQUENCE;
    this.#drained = 0;
  }
}
