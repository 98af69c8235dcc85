import { SAMPLES_PER_MS } from "./format.ts";

/** Over so many samples one place blends into the other: 8 ms. */
export const BLEND_SAMPLES = 8 * SAMPLES_PER_MS;
/** The shortest splice, in samples: 2.5 ms, a pitch period of a child's voice. */
export const SPLICE_LEAST = 2.5 * SAMPLES_PER_MS;
/** Every so many samples are compared: enough below 6 kHz, where the ear follows the period. */
const STEP = 4;

/** Where to splice, and how alike the two places are: 1 the same, 0 unrelated. */
export type Splice = { readonly at: number; readonly alike: number };

/**
 * The place in `within` that continues `from` best: waveform-similarity overlap-add (Verhelst and Roelands, 1993).
 *
 * @param from BLEND_SAMPLES of what would come next
 * @param within where else it might go on; the answer's `at` counts from its start
 */
export function bestSplice(from: Float32Array, within: Float32Array): Splice {
  let best: Splice = { at: 0, alike: -1 };
  const fromEnergy = energy(from, 0, from.length);
  for (let at = 0; at + from.length <= within.length; at += STEP) {
    let dot = 0;
    for (let i = 0; i < from.length; i += STEP) dot += (from[i] ?? 0) * (within[at + i] ?? 0);
    const both = Math.sqrt(fromEnergy * energy(within, at, from.length));
    // Two silences are as alike as can be.
    const alike = both < 1e-9 ? 1 : dot / both;
    if (alike > best.alike) best = { at, alike };
  }
  return best;
}

/** One place blending into another with constant gain, for places that are alike. Both are as long as `out`. */
export function blend(out: Float32Array, from: Float32Array, to: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const share = (i + 0.5) / out.length;
    out[i] = (from[i] ?? 0) * (1 - share) + (to[i] ?? 0) * share;
  }
}

/** The longest period that `bridge` looks for, in samples: 20 ms. */
const LONGEST_PERIOD = 20 * SAMPLES_PER_MS;

/** A bridge is as loud as the voice was for so long, in samples: 10 ms … */
const BRIDGE_LOUD = 10 * SAMPLES_PER_MS;
/** … and silent after so long, in samples: 60 ms. A period repeated for longer is a buzz. */
export const BRIDGE_MOST = 60 * SAMPLES_PER_MS;

/**
 * What a voice might have said in a hole of `length` samples: its last period again and again, ever softer, blending into `after`
 * (whose start is changed). Nothing if too little is known of the voice, or the hole is too long. The idea of G.711 Appendix I.
 */
export function bridge(before: Float32Array, length: number, after: Float32Array): Float32Array<ArrayBuffer> | undefined {
  const searched = LONGEST_PERIOD + BLEND_SAMPLES;
  if (before.length < searched || after.length < BLEND_SAMPLES || length > BRIDGE_MOST) return undefined;
  const tail = before.subarray(before.length - BLEND_SAMPLES);
  const within = before.subarray(before.length - searched, before.length - SPLICE_LEAST);
  const period = LONGEST_PERIOD - bestSplice(tail, within).at;
  const goesOn = Float32Array.from(
    { length: length + BLEND_SAMPLES },
    (_, i) => loudness(i) * (before[before.length - period + (i % period)] ?? 0),
  );
  const head = after.subarray(0, BLEND_SAMPLES);
  blend(head, goesOn.subarray(length), head.slice());
  return goesOn.slice(0, length);
}

function loudness(at: number): number {
  return at <= BRIDGE_LOUD ? 1 : Math.max(0, 1 - (at - BRIDGE_LOUD) / (BRIDGE_MOST - BRIDGE_LOUD));
}

function energy(of: Float32Array, at: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += STEP) sum += (of[at + i] ?? 0) ** 2;
  return sum;
}
