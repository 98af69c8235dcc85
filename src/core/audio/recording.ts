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

/** That somebody sounded, in ms of replay time; as fine as segments are. */
export type Spell = { readonly track: number; readonly fromMs: number; readonly toMs: number };

/**
 * What is kept of a room, oldest first: all that a replay must know besides the segments themselves.
 *
 * Replay time is what sounds one after another: it starts at 0 with the first run, and passes over what was not recorded. It is
 * arithmetic: run after run, each `segmentMs` for each of its segments.
 */
export type Recording = {
  readonly segmentMs: number;
  readonly runs: readonly Run[];
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
  return runs.reduce((sum, { first, last }) => sum + (last - first + 1) * segmentMs, 0);
}

/** The segment that sounds at `ms` of replay time, and how far into it; undefined before the start and after the end. */
export function segmentAt(
  { runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">,
  ms: number,
): (SegmentName & { readonly intoMs: number }) | undefined {
  if (ms < 0) return undefined;
  let startsMs = 0;
  for (const { epoch, first, last } of runs) {
    const lengthMs = (last - first + 1) * segmentMs;
    if (ms < startsMs + lengthMs) {
      const index = first + Math.floor((ms - startsMs) / segmentMs);
      return { epoch, index, intoMs: (ms - startsMs) % segmentMs };
    }
    startsMs += lengthMs;
  }
  return undefined;
}

/** Where an instant of the room's timeline stands in replay time, in ms; undefined for what was not recorded. */
export function replayTimeOf(
  { runs, segmentMs }: Pick<Recording, "runs" | "segmentMs">,
  epoch: number,
  roomTimeMs: number,
): number | undefined {
  let startsMs = 0;
  for (const run of runs) {
    const intoMs = roomTimeMs - run.first * segmentMs;
    const lengthMs = (run.last - run.first + 1) * segmentMs;
    if (run.epoch === epoch && intoMs >= 0 && intoMs < lengthMs) return startsMs + intoMs;
    startsMs += lengthMs;
  }
  return undefined;
}

/** The segments of a recording, in the order in which they sound. */
export function* segmentsOf({ runs }: Pick<Recording, "runs">): Iterable<SegmentName> {
  for (const { epoch, first, last } of runs) for (let index = first; index <= last; index++) yield { epoch, index };
}

/** A recording of these segments and nobody. @param held in order */
export function recordingOf(held: Iterable<SegmentName>): Recording {
  return { segmentMs: SEGMENT_MS, runs: runsOf(held), gaps: [], people: [], spells: [], captioned: false };
}
