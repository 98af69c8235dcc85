/** Zero crossings of the kernel on each side: the pass band is flat to some 90 %, and images are below what a voice hides. */
const CROSSINGS = 12;
/** Kernel points per zero crossing; between them it is drawn as straight lines. */
const STEPS = 128;

/**
 * One channel from one sample rate to another, by a windowed sinc (Hann), without gaps between the blocks it is given. Meant for
 * devices that cannot do the rate that all else is made for.
 */
export class Resampler {
  /** Input samples per output sample. */
  readonly #step: number;
  /** Where the filter cuts, as a part of the input's own half rate: below 1 only when fewer samples come out than went in. */
  readonly #cut: number;
  readonly #reach: number;
  readonly #kernel: Float32Array;
  #held: Float32Array;
  /** Where the next output sample stands, in samples of `#held`. */
  #at: number;

  /** @param fromHz and @param toHz sample rates, in Hz */
  constructor(fromHz: number, toHz: number) {
    this.#step = fromHz / toHz;
    this.#cut = Math.min(1, toHz / fromHz);
    this.#reach = Math.ceil(CROSSINGS / this.#cut);
    this.#kernel = Float32Array.from({ length: CROSSINGS * STEPS + 2 }, (_, i) => windowedSinc(i / STEPS));
    this.#held = new Float32Array(this.#reach);
    this.#at = this.#reach;
  }

  /** What can be said so far, given `input` too; the rest, below a millisecond, follows with the next block. */
  push(input: Float32Array): Float32Array {
    const samples = new Float32Array(this.#held.length + input.length);
    samples.set(this.#held);
    samples.set(input, this.#held.length);
    const count = Math.max(0, Math.ceil((samples.length - this.#reach - this.#at) / this.#step));
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) output[i] = this.#sample(samples, this.#at + i * this.#step);
    const next = this.#at + count * this.#step;
    const used = Math.max(0, Math.floor(next) - this.#reach);
    this.#held = samples.slice(used);
    this.#at = next - used;
    return output;
  }

  #sample(samples: Float32Array, at: number): number {
    const [first, last] = [Math.ceil(at - this.#reach), Math.floor(at + this.#reach)];
    let sum = 0;
    for (let i = first; i <= last; i++) {
      const place = Math.abs(at - i) * this.#cut * STEPS;
      const index = Math.floor(place);
      const here = this.#kernel[index] ?? 0;
      const weight = here + ((this.#kernel[index + 1] ?? 0) - here) * (place - index);
      sum += (samples[i] ?? 0) * weight;
    }
    return sum * this.#cut;
  }
}

function windowedSinc(crossings: number): number {
  if (crossings >= CROSSINGS) return 0;
  if (crossings === 0) return 1;
  const angle = Math.PI * crossings;
  return (Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos(angle / CROSSINGS));
}
