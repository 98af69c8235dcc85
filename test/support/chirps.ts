const RATE = 48_000;
/** Length of a chirp: 50 ms from 0.5 to 6 kHz, or back. Short, because a headless browser's microphone drops 10 ms now and then. */
const CHIRP = RATE / 20;
/** A soft tone lies under the chirps, so that every drop-out shows; not in every second, so that the voice gate has work. */
const BED_HZ = 310;
const BED = 0.05;
/** Of every ten seconds these have no bed under them: a pause between two talkspurts. */
const WITHOUT_BED = [7, 8];
export type Chirp = { readonly sample: number; readonly up: boolean; readonly alike: number };

/** Which seconds chirp upwards: an aperiodic pattern, so that no chirp is taken for its neighbour. */
export function chirpsUp(second: number): boolean {
  return ((second * second + 3 * second) >> 1) % 3 !== 0;
}

/** A mono 16-bit WAV: half a second into each second a chirp. */
export function chirpWav(seconds: number): Buffer {
  const pcm = new Float32Array(seconds * RATE);
  for (let i = 0; i < pcm.length; i++) {
    if (!WITHOUT_BED.includes(Math.floor(i / RATE) % 10)) pcm[i] = BED * Math.sin((2 * Math.PI * BED_HZ * i) / RATE);
  }
  for (let second = 0; second < seconds; second++) {
    const chirp = oneChirp(chirpsUp(second));
    for (let i = 0; i < CHIRP; i++) {
      const at = second * RATE + RATE / 2 + i;
      pcm[at] = (pcm[at] ?? 0) + 0.5 * (chirp[i] ?? 0);
    }
  }
  return wavOf(pcm);
}

/** Finds every chirp by a matched filter, in order; `alike` is 1 for a perfect copy. */
export function findChirps(pcm: Float32Array): Chirp[] {
  const found = [true, false].flatMap((up) => peaks(pcm, oneChirp(up)).map((peak) => ({ ...peak, up })));
  // Where both fit, the better one is meant.
  const best = found.filter((one) => !found.some((other) => Math.abs(other.sample - one.sample) < CHIRP && other.alike > one.alike));
  return best.toSorted((a, b) => a.sample - b.sample);
}

/**
 * The chirp that fits best between two samples; nothing if none does by a third at least. (A tone alone fits by less than a tenth;
 * a chirp from which the machine's own microphone dropped 10 ms may fit by a half.)
 */
export function chirpBetween(pcm: Float32Array, from: number, to: number): Chirp | undefined {
  const part = pcm.subarray(Math.max(0, from), Math.max(0, to));
  const found = [true, false].flatMap((up) => peaks(part, oneChirp(up), 0.33).map((peak) => ({ ...peak, up })));
  const best = found.toSorted((a, b) => b.alike - a.alike)[0];
  return best && { ...best, sample: best.sample + Math.max(0, from) };
}

/** Stretches without bed or chirp, of at least `leastMs`: a window of that length, moved by half of it. */
export function silences(pcm: Float32Array, leastMs: number): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  const window = (leastMs * RATE) / 1_000;
  for (let at = 0; at + window <= pcm.length; at += window / 2) {
    let sum = 0;
    for (let i = at; i < at + window; i++) sum += (pcm[i] ?? 0) ** 2;
    if (Math.sqrt(sum / window) > BED / Math.SQRT2 / 5) continue;
    const last = found.at(-1);
    if (last !== undefined && at <= last.to) last.to = at + window;
    else found.push({ from: at, to: at + window });
  }
  return found;
}

/** The value below which a share of `values` lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** How fast `y` changes with `x`: the slope of the straight line that fits best. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (pick: 0 | 1) => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const over = points.reduce((sum, [x, y]) => sum + (x - x0) * (y - y0), 0);
  return over / points.reduce((sum, [x]) => sum + (x - x0) ** 2, 0);
}

function oneChirp(up: boolean): Float32Array {
  const length = CHIRP / RATE;
  const chirp = Float32Array.from({ length: CHIRP }, (_, i) => {
    const t = i / RATE;
    const phase = 2 * Math.PI * (500 * t + ((6_000 - 500) / (2 * length)) * t * t);
    return Math.sin(phase) * Math.sin((Math.PI * i) / CHIRP) ** 0.5;
  });
  return up ? chirp : chirp.toReversed();
}

/** Where `wanted` fits: local best of the normalised correlation above `least`, first on every 3rd sample, then exactly. */
function peaks(pcm: Float32Array, wanted: Float32Array, least = 0.5): { sample: number; alike: number }[] {
  const energy = new Float64Array(pcm.length + 1);
  for (let i = 0; i < pcm.length; i++) energy[i + 1] = (energy[i] ?? 0) + (pcm[i] ?? 0) ** 2;
  const own = wanted.reduce((sum, sample) => sum + sample * sample, 0);
  const likeness = (at: number, step: number) => {
    const here = (energy[at + wanted.length] ?? 0) - (energy[at] ?? 0);
    // Chirps are far louder than the bed: most places need no correlation.
    if (here < own / 40) return 0;
    let dot = 0;
    for (let i = 0; i < wanted.length; i += step) dot += (wanted[i] ?? 0) * (pcm[at + i] ?? 0);
    return Math.abs((dot * step) / Math.sqrt(own * here));
  };
  const found: { sample: number; alike: number }[] = [];
  for (let at = 0; at + wanted.length < pcm.length; at += 3) {
    if (likeness(at, 3) < least * 0.8) continue;
    let best = { sample: at, alike: 0 };
    for (let near = at; near < Math.min(at + CHIRP / 4, pcm.length - wanted.length); near++) {
      const alike = likeness(near, 2);
      if (alike > best.alike) best = { sample: near, alike };
    }
    if (best.alike > least) found.push(best);
    at = best.sample + CHIRP;
  }
  return found;
}

function wavOf(pcm: Float32Array): Buffer {
  const out = Buffer.alloc(44 + pcm.length * 2);
  out.write("RIFF", 0);
  out.writeUInt32LE(36 + pcm.length * 2, 4);
  out.write("WAVEfmt ", 8);
  out.writeUInt32LE(16, 16);
  out.writeUInt16LE(1, 20);
  out.writeUInt16LE(1, 22);
  out.writeUInt32LE(RATE, 24);
  out.writeUInt32LE(RATE * 2, 28);
  out.writeUInt16LE(2, 32);
  out.writeUInt16LE(16, 34);
  out.write("data", 36);
  out.writeUInt32LE(pcm.length * 2, 40);
  for (let i = 0; i < pcm.length; i++) out.writeInt16LE(Math.round(32_767 * (pcm[i] ?? 0)), 44 + i * 2);
  return out;
}

/** The chirp in each stretch of sound. Catching up may cut a period out of one; between pauses it is known all the same. */
export function chirpsIn(pcm: Float32Array): Chirp[] {
  const around = 30 * 48;
  const quiet = [...silences(pcm, 40), { from: pcm.length, to: pcm.length }];
  return quiet.flatMap(({ from }, index) => chirpBetween(pcm, (quiet[index - 1]?.to ?? 0) - around, from + around) ?? []);
}

/** Each chirp's direction, in order. The pattern is aperiodic, so that what is left out or comes twice shows. */
export function patternOf(chirps: readonly Chirp[]): string {
  return chirps.map(({ up }) => (up ? "/" : "\\")).join("");
}

/** Nothing but the chirps, so that each is a talkspurt of its own with a pause of digital silence around it. */
export function withPauses(wav: Buffer): Buffer {
  const [header, second] = [44, 2 * 48_000];
  for (let from = header; from < wav.length; from += second) {
    wav.fill(0, from, from + (second * 49) / 100);
    wav.fill(0, from + (second * 56) / 100, from + second);
  }
  return wav;
}
