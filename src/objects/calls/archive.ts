import type { LaneHead, Run } from "../../core/audio/lane-head.ts";
import type { RecordedCaption, RecordedPerson, RecordedRun, Recording } from "../../core/audio/recording.ts";
import type { SegmentName } from "../../core/audio/segment.ts";
import type { TrackLayout } from "../../core/audio/track-layout.ts";
import type { SessionId } from "../../core/ids.ts";
import type { SaidUpTo } from "../../core/tree/archive/keeping.ts";
import type { Plan } from "../../core/tree/shape/plan.ts";

/** What an archive tells the edge: what can be fetched, the newest states, as texts, its plan, and which sessions the room keeps out. */
export type ArchiveSays = {
  readonly head: LaneHead;
  readonly states: readonly string[];
  readonly plan: Plan;
  readonly keptOut: readonly SessionId[];
  /** What is kept beyond two minutes, and beyond the room's end. */
  readonly kept: readonly Run[];
};

/** `leftMs`: how long it may still be handed out. */
export type FoundSegment = { readonly bytes: Uint8Array<ArrayBuffer>; readonly leftMs: number };

export interface ArchiveCalls extends RecordingCalls, Rpc.DurableObjectBranded {
  /** The room went on air, or began anew: the archive attaches to it. */
  wake(plan: Plan): Promise<void>;
  /** What can be fetched now. Undefined for who does not know the audience's secret (Plan.segments). */
  head(secret: string): Promise<ArchiveSays | undefined>;
  /** A segment's bytes; undefined for a wrong secret and for a segment that there is not, alike. */
  segment(secret: string, epoch: number, index: number): Promise<FoundSegment | undefined>;
}

/** What an archive keeps of a room beyond its end, and how long. `keptUntil`: ms since 1970; undefined while the room is not over. */
export type RecordingSays = {
  readonly recording: Recording;
  readonly startedAt: number;
  readonly ended: boolean;
  readonly keptUntil: number | undefined;
  readonly plan: Plan;
  readonly keptOut: readonly SessionId[];
};

/** A person's track: whose it is, of which runs it is made, and how long it is in each of their segments. */
export type TrackSays = TrackLayout & { readonly runs: readonly RecordedRun[]; readonly person: RecordedPerson };

/** After which line of captions a page begins. `row`: of lines that began at once, the order in which they were kept. */
export type CaptionPlace = { readonly epoch: number; readonly fromMs: number; readonly row: number };

/** Some lines in the order in which they were said. `next`: where the next page begins; undefined on the last one. */
export type CaptionsPage = { readonly lines: readonly RecordedCaption[]; readonly next: CaptionPlace | undefined };

/** What may be asked of an archive about what it keeps. Undefined for a wrong secret and where nothing is kept, alike. */
export interface RecordingCalls {
  recording(secret: string): Promise<RecordingSays | undefined>;
  /** True while there may be more of a recording, or one at all: the room's end is not heard of, or something waits to be stored. */
  owes(secret: string): Promise<boolean>;
  /** Page by page: an answer between objects holds 32 MiB, and a recording may have more. */
  captions(secret: string, after?: CaptionPlace): Promise<CaptionsPage | undefined>;
  /** How a person's track is laid out; undefined also where nobody has that number. */
  track(secret: string, track: number): Promise<TrackSays | undefined>;
  /** Segments in the order of `names`, as many as fit into 8 MiB, at least one; what there is not is left out. */
  segments(
    secret: string,
    names: readonly SegmentName[],
  ): Promise<readonly (SegmentName & { readonly bytes: Uint8Array<ArrayBuffer> })[] | undefined>;
  /** Deletes all that is kept, for good: from here on nothing of it can be fetched, nor what was said up to `said` and is yet to be heard. True if there was anything. */
  deleteRecording(said: SaidUpTo): Promise<boolean>;
}
