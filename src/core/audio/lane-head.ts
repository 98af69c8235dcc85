import { continues, type Position } from "./position.ts";
import type { Missing, Segment, SegmentName } from "./segment.ts";

/** Segments `first` to `last` of one epoch can be fetched; indices between two runs have no segment. */
export type Run = { readonly epoch: number; readonly first: number; readonly last: number };

/** What the archive holds, oldest first: all that a listener of the cached lane must know besides the names' arithmetic. */
export type LaneHead = {
  /** Where the room stands: its epoch, and the room time up to which the archive has heard, in ms. */
  readonly epoch: number;
  readonly roomTimeMs: number;
  /** How long ago it heard that, in ms. */
  readonly ageMs: number;
  readonly segmentMs: number;
  readonly phase: "quiet" | "live" | "ended";
  readonly runs: readonly Run[];
  /** Chunks that will not come, in the cached lane; where the epochs differ, the room began anew. */
  readonly gaps: readonly Missing[];
};

/** A segment without its bytes. */
export type SegmentFacts = SegmentName & Pick<Segment, "first" | "last" | "missing" | "early">;

/** Neighbours as runs. @param held in order */
export function runsOf(held: Iterable<SegmentName>): readonly Run[] {
  const runs: Run[] = [];
  for (const { epoch, index } of held) {
    const run = runs.at(-1);
    if (run?.epoch === epoch && run.last + 1 === index) runs[runs.length - 1] = { ...run, last: index };
    else runs.push({ epoch, first: index, last: index });
  }
  return runs;
}

/** What is missing within and between segments. @param held in order */
export function missingIn(held: Iterable<SegmentFacts>): readonly Missing[] {
  const gaps: Missing[] = [];
  let last: Position | undefined;
  for (const segment of held) {
    if (last !== undefined && !continues(last, segment.first)) gaps.push({ from: last, to: segment.first });
    gaps.push(...segment.missing);
    last = segment.last;
  }
  return gaps;
}
