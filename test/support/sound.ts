import { OpusDecoder } from "opus-decoder";
import { readOpusFile } from "../../src/cli/sound/ogg.ts";
import { SAMPLE_RATE_HZ } from "../../src/core/audio/format.ts";

/** Signals are aligned at this rate first, in Hz, and then to the sample: an FFT of minutes at 48 kHz takes seconds. */
const COARSE_HZ = 8_000;
const COARSE_STEP = SAMPLE_RATE_HZ / COARSE_HZ;
/** A window in which the source is quieter than this (root mean square, full scale 1) says nothing: it is noise or silence. */
const QUIET_RMS = 0.003;

/** The sound of an Opus file, mono, 48 kHz. @throws if one packet does not decode */
export async function decodeOpusFile(path: string): Promise<Float32Array> {
  const { frames } = await readOpusFile(path);
  const decoder = new OpusDecoder({ channels: 1, streamCount: 1, coupledStreamCount: 0, channelMappingTable: [0] });
  await decoder.ready;
  const { channelData, errors } = decoder.decodeFrames([...frames]);
  decoder.free();
  const [fault] = errors;
  if (fault !== undefined) throw new Error(`${path}: ${fault.message}`);
  return channelData[0] ?? new Float32Array(0);
}

/** How alike two sounds are. */
export type Likeness = {
  /** Where `part` starts within `whole`, in samples; negative if it starts before. */
  readonly lag: number;
  /** Normalized cross-correlation over all that overlaps: 1 is the same sound, 0 unrelated. */
  readonly overall: number;
  /** The same for each window of half a second in which `whole` sounds; a hole shows here. */
  readonly windows: readonly number[];
};

/** Finds `part` in `whole` and says how alike they are there. */
export function likeness(part: Float32Array, whole: Float32Array): Likeness {
  const lag = fineLag(part, whole, coarseLag(part, whole) * COARSE_STEP);
  const from = Math.max(0, -lag);
  const to = Math.min(part.length, whole.length - lag);
  const windows: number[] = [];
  const size = SAMPLE_RATE_HZ / 2;
  for (let at = from; at + size <= to; at += size) {
    if (rms(whole, at + lag, size) > QUIET_RMS) windows.push(correlation(part, whole, lag, at, at + size));
  }
  return { lag, overall: correlation(part, whole, lag, from, to), windows };
}

/** Normalized correlation of part[from, to) with whole[from + lag, to + lag). */
function correlation(part: Float32Array, whole: Float32Array, lag: number, from: number, to: number): number {
  let product = 0;
  let partPower = 0;
  let wholePower = 0;
  for (let at = from; at < to; at++) {
    const a = part[at] ?? 0;
    const b = whole[at + lag] ?? 0;
    product += a * b;
    partPower += a * a;
    wholePower += b * b;
  }
  return partPower === 0 || wholePower === 0 ? 0 : product / Math.sqrt(partPower * wholePower);
}

function rms(sound: Float32Array, at: number, length: number): number {
  let power = 0;
  for (let index = at; index < at + length; index++) power += (sound[index] ?? 0) ** 2;
  return Math.sqrt(power / length);
}

/** The best lag within two coarse steps of `about`, to the sample. */
function fineLag(part: Float32Array, whole: Float32Array, about: number): number {
  let best = { lag: about, value: -1 };
  for (let lag = about - 2 * COARSE_STEP; lag <= about + 2 * COARSE_STEP; lag++) {
    const value = correlation(part, whole, lag, Math.max(0, -lag), Math.min(part.length, whole.length - lag));
    if (value > best.value) best = { lag, value };
  }
  return best.lag;
}

/** The lag of the highest cross-correlation at 8 kHz, in samples at 8 kHz: ifft(fft(whole) × conj(fft(part))). */
function coarseLag(part: Float32Array, whole: Float32Array): number {
  const a = coarse(whole);
  const b = coarse(part);
  const size = 2 ** Math.ceil(Math.log2(a.length + b.length));
  const fa = transform(a, size);
  const fb = transform(b, size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let k = 0; k < size; k++) {
    const [ar, ai, br, bi] = [fa.re[k] ?? 0, fa.im[k] ?? 0, fb.re[k] ?? 0, fb.im[k] ?? 0];
    re[k] = ar * br + ai * bi;
    // Conjugated, so that a forward transform gives the inverse (up to a factor that does not matter).
    im[k] = -(ai * br - ar * bi);
  }
  fft(re, im);
  let best = 0;
  for (let k = 1; k < size; k++) if ((re[k] ?? 0) > (re[best] ?? 0)) best = k;
  return best < a.length ? best : best - size;
}

/** Averages of six samples each: a plain low-pass, good enough to find speech again. */
function coarse(sound: Float32Array): Float64Array {
  const out = new Float64Array(Math.floor(sound.length / COARSE_STEP));
  for (let at = 0; at < out.length; at++) {
    for (let step = 0; step < COARSE_STEP; step++) out[at] = (out[at] ?? 0) + (sound[at * COARSE_STEP + step] ?? 0) / COARSE_STEP;
  }
  return out;
}

function transform(sound: Float64Array, size: number): { re: Float64Array; im: Float64Array } {
  const re = new Float64Array(size);
  re.set(sound);
  const im = new Float64Array(size);
  fft(re, im);
  return { re, im };
}

/** In place, radix 2 (Cooley and Tukey); the length is a power of two. */
function fft(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let at = 1, mirror = 0; at < size; at++) {
    let bit = size >> 1;
    for (; (mirror & bit) !== 0; bit >>= 1) mirror ^= bit;
    mirror ^= bit;
    if (at < mirror) {
      [re[at], re[mirror]] = [re[mirror] ?? 0, re[at] ?? 0];
      [im[at], im[mirror]] = [im[mirror] ?? 0, im[at] ?? 0];
    }
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const wr = Math.cos((-Math.PI * k) / half);
      const wi = Math.sin((-Math.PI * k) / half);
      for (let low = k; low < size; low += 2 * half) {
        const high = low + half;
        const tr = (re[high] ?? 0) * wr - (im[high] ?? 0) * wi;
        const ti = (re[high] ?? 0) * wi + (im[high] ?? 0) * wr;
        re[high] = (re[low] ?? 0) - tr;
        im[high] = (im[low] ?? 0) - ti;
        re[low] = (re[low] ?? 0) + tr;
        im[low] = (im[low] ?? 0) + ti;
      }
    }
  }
}
