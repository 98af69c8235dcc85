import { SAMPLES_PER_MS } from "../../core/audio/format.ts";

/** A block of loudness is 400 ms, and begins every 100 (ITU-R BS.1770-5, annex 1). */
const STEP_SAMPLES = 100 * SAMPLES_PER_MS;
const STEPS_OF_BLOCK = 4;
/** Blocks below this count for nothing, in LUFS, nor do those so much below the mean of the others. */
const SILENT_LUFS = -70;
const GATE_LU = -10;

/** One second-order filter, as BS.1770 gives it for 48 kHz. */
type Biquad = { readonly b: readonly [number, number, number]; readonly a: readonly [number, number] };
/** What a head does to sound, then what the ear leaves of low sound. */
const SHELF: Biquad = { b: [1.53512485958697, -2.69169618940638, 1.19839281085285], a: [-1.69065929318241, 0.73248077421585] };
const HIGH_PASS: Biquad = { b: [1, -2, 1], a: [-1.99004745483398, 0.99007225036621] };

/** How loud mono sound of 48 kHz is as a whole: integrated loudness, ITU-R BS.1770-5, with both gates. */
export class LoudnessMeter {
  readonly #filters = [new Filter(SHELF), new Filter(HIGH_PASS)] as const;
  /** The power of each 100 ms. */
  readonly #steps: number[] = [];
  #sum = 0;
  #samples = 0;

  add(pcm: Float32Array): void {
    for (const sample of pcm) {
      const heard = this.#filters[1].next(this.#filters[0].next(sample));
      this.#sum += heard * heard;
      if (++this.#samples < STEP_SAMPLES) continue;
      this.#steps.push(this.#sum / STEP_SAMPLES);
      this.#sum = 0;
      this.#samples = 0;
    }
  }

  /** In LUFS; undefined if nothing was loud enough to count. */
  get lufs(): number | undefined {
    const blocks = this.#steps.slice(STEPS_OF_BLOCK - 1).map((_, at) => meanOf(this.#steps.slice(at, at + STEPS_OF_BLOCK)));
    const audible = blocks.filter((power) => lufsOf(power) > SILENT_LUFS);
    if (audible.length === 0) return undefined;
    const gate = lufsOf(meanOf(audible)) + GATE_LU;
    return lufsOf(meanOf(audible.filter((power) => lufsOf(power) > gate)));
  }
}

class Filter {
  readonly #of: Biquad;
  #first = 0;
  #second = 0;

  constructor(of: Biquad) {
    this.#of = of;
  }

  /** Transposed direct form II. */
  next(sample: number): number {
    const { a, b } = this.#of;
    const out = b[0] * sample + this.#first;
    this.#first = b[1] * sample - a[0] * out + this.#second;
    this.#second = b[2] * sample - a[1] * out;
    return out;
  }
}

function lufsOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}

function meanOf(powers: readonly number[]): number {
  return powers.reduce((sum, power) => sum + power, 0) / powers.length;
}
