import { type RecordedPerson, type RecordedRun, stretchesOf } from "./recording.ts";
import { SEGMENT_MS } from "./segment.ts";
import { voicesOf } from "./track.ts";
import { GrowingLayout, type IndexOf, type TrackLayout } from "./track-layout.ts";

/** Tracks that are remembered, in layouts: an hour of one is 15 kB. The one that was asked for longest ago gives way. */
const MOST = 64;

type Remembered = { readonly voices: string; readonly runs: readonly RecordedRun[]; readonly growing: GrowingLayout };

/**
 * How tracks are laid out, remembered: anybody may ask for a part of one, and many times a minute, while a recording has an entry for every
 * frame of hours. What follows what was laid out is looked at once; what is another recording is laid out anew.
 */
export class LayoutMemory {
  readonly #tracks = new Map<number, Remembered>();

  /** The layout of a person's track. @param runs of the recording, of whose segments nothing ever changes */
  layOut(person: Pick<RecordedPerson, "track" | "voices">, runs: readonly RecordedRun[], indexOf: IndexOf): TrackLayout {
    const voices = JSON.stringify(person.voices);
    const before = this.#tracks.get(person.track);
    const since = before?.voices === voices ? runsSince(before.runs, runs) : undefined;
    const growing = before === undefined || since === undefined ? new GrowingLayout(voicesOf(person)) : before.growing;
    const layout = growing.extend(stretchesOf({ runs: since ?? runs, segmentMs: SEGMENT_MS }), indexOf);
    this.#tracks.delete(person.track);
    this.#tracks.set(person.track, { voices, runs: [...runs], growing });
    const [oldest] = this.#tracks.keys();
    if (this.#tracks.size > MOST && oldest !== undefined) this.#tracks.delete(oldest);
    return layout;
  }

  /** The recording was deleted. */
  forget(): void {
    this.#tracks.clear();
  }
}

/** What was added behind `before`; undefined if `now` does not begin with it. */
function runsSince(before: readonly RecordedRun[], now: readonly RecordedRun[]): readonly RecordedRun[] | undefined {
  const last = before.at(-1);
  if (last === undefined) return now;
  const grown = now[before.length - 1];
  const begins = before.slice(0, -1).every((run, at) => isSame(run, now[at]) && run.last === now[at]?.last);
  if (!begins || grown === undefined || !isSame(last, grown) || grown.last < last.last) return undefined;
  return [{ epoch: grown.epoch, first: last.last + 1, last: grown.last }, ...now.slice(before.length)];
}

function isSame({ epoch, first }: RecordedRun, other: RecordedRun | undefined): boolean {
  return other?.epoch === epoch && other.first === first;
}
