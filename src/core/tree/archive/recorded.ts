import { continues, type Position } from "../../audio/position.ts";
import type { RecordedRun, Recording } from "../../audio/recording.ts";
import { type Missing, SEGMENT_MS, type SegmentName } from "../../audio/segment.ts";
import type { Heard } from "./heard-people.ts";
import type { KeptSegment } from "./shelf.ts";

/**
 * A run leads by no more, in ms: to switch recording on so often within two seconds takes a program, and each time adds as much silence. What
 * begins earlier still (in a room whose time stepped back) stands in the replay alone.
 */
const MOST_LEAD_MS = 16 * SEGMENT_MS;

/**
 * All that is kept of a room, as a replay must know it, and small: what grows with the hours is one entry for each run and each spell of
 * somebody's speech, never one for each segment. What it is asked for each segment that somebody fetches is found by halving.
 *
 * Segments come in order, as they were stored: what storage does not have is not listed.
 */
export class Recorded {
  readonly #runs: RecordedRun[] = [];
  readonly #gaps: Missing[] = [];
  /** By voice within its epoch, as pairs from and to in stretches of replay time. */
  readonly #spells = new Map<string, number[]>();
  /** Where each take that may go on has been stored up to. */
  readonly #ends = new Map<number, Position>();
  #segments = 0;
  #built: Recording | undefined;

  /** True while nothing is kept. */
  get isEmpty(): boolean {
    return this.#segments === 0;
  }

  get runs(): readonly RecordedRun[] {
    return this.#runs;
  }

  /** A take begins with the chunk at `first`: what is lost of it from there on is a gap. */
  begins(take: number, { epoch, sequence }: Position): void {
    if (!this.#ends.has(take)) this.#ends.set(take, { epoch, sequence: sequence - 1 });
  }

  /** A segment is kept. */
  add({ epoch, index, first, last, missing, take, early = 0, voices = [] }: KeptSegment): void {
    this.#built = undefined;
    const before = this.#ends.get(take);
    if (before !== undefined && !continues(before, first)) this.#gaps.push({ from: before, to: first });
    this.#gaps.push(...missing);
    for (const older of this.#ends.keys()) if (older < take) this.#ends.delete(older);
    this.#ends.set(take, last);
    const run = this.#runs.at(-1);
    // Within a run a segment reaches back into the one before it and no further: beyond that it begins one of its own.
    const goesOn = run?.epoch === epoch && run.last + 1 === index && early <= SEGMENT_MS;
    const lead = goesOn ? 0 : Math.min(early, MOST_LEAD_MS);
    if (goesOn) this.#runs[this.#runs.length - 1] = { ...run, last: index };
    else this.#runs.push({ epoch, first: index, last: index, ...(lead > 0 ? { lead } : {}) });
    const stretches = 1 + Math.ceil(lead / SEGMENT_MS);
    for (const voice of voices) this.#sounds(`${epoch}/${voice}`, stretches);
    this.#segments += stretches;
  }

  /** True of a segment that is kept. */
  has({ epoch, index }: SegmentName): boolean {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle];
      if (run !== undefined && (run.epoch < epoch || (run.epoch === epoch && run.last < index))) low = middle + 1;
      else high = middle;
    }
    const run = this.#runs[low];
    return run?.epoch === epoch && run.first <= index && index <= run.last;
  }

  /** All of it, with who is heard. */
  recording(heard: Heard, captioned: boolean): Recording {
    if (this.#built?.people === heard.people && this.#built.captioned === captioned) return this.#built;
    const spells = [...this.#spells].flatMap(([key, pairs]) => {
      const track = heard.trackOf(key);
      return track === undefined ? [] : spellsOf(track, pairs);
    });
    spells.sort((one, other) => one.fromMs - other.fromMs || one.track - other.track);
    const { people } = heard;
    this.#built = { segmentMs: SEGMENT_MS, runs: [...this.#runs], gaps: [...this.#gaps], people, spells, captioned };
    return this.#built;
  }

  /** @param stretches so many from the newest on */
  #sounds(key: string, stretches: number): void {
    const pairs = this.#spells.get(key) ?? [];
    this.#spells.set(key, pairs);
    if (pairs.at(-1) === this.#segments) pairs[pairs.length - 1] = this.#segments + stretches;
    else pairs.push(this.#segments, this.#segments + stretches);
  }
}

function spellsOf(track: number, pairs: readonly number[]): Recording["spells"][number][] {
  return Array.from({ length: pairs.length / 2 }, (_, at) => ({
    track,
    fromMs: (pairs[2 * at] ?? 0) * SEGMENT_MS,
    toMs: (pairs[2 * at + 1] ?? 0) * SEGMENT_MS,
  }));
}
