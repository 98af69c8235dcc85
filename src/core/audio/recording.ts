import type { SessionId } from "../ids.ts";
import { type Run, runsOf } from "./lane-head.ts";
import { type Missing, SEGMENT_MS, type SegmentName } from "./segment.ts";

/**
 * Somebody who is heard in a recording. `track` is his number: 1 for who spoke first, never given anew, so that it can stand in an address.
 *
 * `voices`: what his sound bears in chunks. A voice is one person's within an epoch; a session keeps his across epochs.
 */
export type RecordedPerson = {
  readonly track: number;
  readonly session: SessionId;
  readonly name: string;
  readonly voices: readonly { readonly epoch: number; readonly voice: number }[];
};

/**
 * Segments that were kept one after another. `lead`: the first of them begins so many ms before its own two seconds, since recording began in
 * the midst of a segment. All two seconds that those touch are time of the recording too, though they have no segment of their own.
 *
 * Each switching takes a name, and names rise: who switches again within two seconds has a run that leads by more, into the time of the run
 * before it. What was said then is in the one of the two that had begun last.
 */
export type RecordedRun = Run & { readonly lead?: number };

/** That somebody sounded, in ms of replay time; as fine as segments are. */
export type Spell = { readonly track: number; readonly fromMs: number; readonly toMs: number };

/**
 * What is kept of a room, oldest first: all that a replay must know besides the segments themselves.
 *
 * Replay time is what sounds one after another: it starts at 0 with the first run, and passes over what was not recorded. It is
 * arithmetic: run after run, each `segmentMs` for each of its segments, and for all that its lead touches.
 */
export type Recording = {
  readonly segmentMs: number;
  readonly runs: readonly RecordedRun[];
  /** Chunks that were lost, in order. */
  readonly gaps: readonly Missing[];
  readonly people: readonly RecordedPerson[];
  readonly spells: readonly Spell[];
  /** There are captions. */
  readonly captioned: boolean;
};

/** One line of captions that was kept. Room time in ms, in its epoch. */
export type RecordedCaption = {
  readonly epoch: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly track: number | undefined;
  readonly text: string;
};

/** How long a recording plays, in ms. */
export function replayMs({ runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">): number {
  return runs.reduce((sum, run) => sum + lengthMs(run, segmentMs), 0);
}

/** The index at which a run's time begins: its first segment's, or the one that its lead reaches. */
export function startOf({ first, lead = 0 }: RecordedRun, segmentMs: number): number {
  return first - Math.ceil(lead / segmentMs);
}

/** How long a run plays, in ms. */
export function lengthMs(run: RecordedRun, segmentMs: number): number {
  return (run.last - startOf(run, segmentMs) + 1) * segmentMs;
}

/**
 * The segment that sounds at `ms` of replay time, and how far into it; undefined before the start and after the end.
 *
 * `intoMs` is below 0 in a lead: what sounds there stands in the segment that begins so much later.
 */
export function segmentAt(
  { runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">,
  ms: number,
): (SegmentName & { readonly intoMs: number }) | undefined {
  if (ms < 0) return undefined;
  let startsMs = 0;
  for (const run of runs) {
    const { epoch, first } = run;
    const length = lengthMs(run, segmentMs);
    if (ms < startsMs + length) {
      const firstMs = startsMs + (first - startOf(run, segmentMs)) * segmentMs;
      const further = Math.max(0, Math.floor((ms - firstMs) / segmentMs));
      return { epoch, index: first + further, intoMs: ms - firstMs - further * segmentMs };
    }
    startsMs += length;
  }
  return undefined;
}

/** Where an instant of the room's timeline stands in replay time, in ms; undefined for what was not recorded. */
export function replayTimeOf(
  { runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">,
  epoch: number,
  roomTimeMs: number,
): number | undefined {
  let place: number | undefined;
  let startsMs = 0;
  for (const run of runs) {
    const intoMs = roomTimeMs - startOf(run, segmentMs) * segmentMs;
    const length = lengthMs(run, segmentMs);
    const hasBegun = roomTimeMs >= run.first * segmentMs - (run.lead ?? 0);
    // Of runs that share this time it is the one that had begun last.
    if (run.epoch === epoch && intoMs >= 0 && intoMs < length && (hasBegun || place === undefined)) place = startsMs + intoMs;
    startsMs += length;
  }
  return place;
}

/** A stretch of `segmentMs` of a recording. `ahead`: 0 for a segment's own; in a lead, how many stretches later the segment comes that sounds in it. */
export type Stretch = SegmentName & { readonly ahead: number };

/** The stretches of a recording, in the order in which they sound. */
export function* stretchesOf({ runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">): Iterable<Stretch> {
  for (const run of runs) {
    const { epoch, first, last } = run;
    for (let index = startOf(run, segmentMs); index <= last; index++) yield { epoch, index, ahead: Math.max(0, first - index) };
  }
}

/** The segments of a recording, in the order in which they sound. */
export function* segmentsOf({ runs }: Pick<Recording, "runs">): Iterable<SegmentName> {
  for (const { epoch, first, last } of runs) for (let index = first; index <= last; index++) yield { epoch, index };
}

/** A recording of these segments and nobody. @param held in order */
export function recordingOf(held: Iterable<SegmentName>): Recording {
  return { segmentMs: SEGMENT_MS, runs: runsOf(held), gaps: [], people: [], spells: [], captioned: false };
}
