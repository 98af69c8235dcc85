import fc from "fast-check";
import { encodeChunk } from "../../src/core/audio/chunk.ts";
import { missingIn } from "../../src/core/audio/lane-head.ts";
import { type RecordedRun, type Recording, recordingOf } from "../../src/core/audio/recording.ts";
import { type Segment, Segmenter } from "../../src/core/audio/segment.ts";
import { aBlock } from "./build.ts";

/** What happened next in a room that was recorded. */
export type Turn = { readonly do: "speak" | "lose" | "off-air" | "unrecorded" | "begin-anew"; readonly chunks: number };

/** A recording and the bytes behind it. */
export type Kept = { readonly recording: Recording; readonly segments: ReadonlyMap<string, Segment> };

/** Anything that may happen in a room. */
export const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.record({
    do: fc.constantFrom(
      "speak" as const,
      "speak" as const,
      "lose" as const,
      "off-air" as const,
      "unrecorded" as const,
      "begin-anew" as const,
    ),
    chunks: fc.integer({ min: 1, max: 90 }),
  }),
  { minLength: 1, maxLength: 12, size: "max" },
);

/** The recording of a room in which this happened, cut by the archive's own segmenter; chunks of 100 ms. */
export function keptOf(happened: readonly Turn[]): Kept {
  const segmenter = new Segmenter();
  const held: Segment[] = [];
  let [epoch, sequence, roomTimeMs] = [1, 0, 0];
  for (const turn of happened) {
    if (turn.do === "begin-anew") {
      held.push(...segmenter.close());
      [epoch, sequence, roomTimeMs] = [epoch + 1, 0, 0];
    } else if (turn.do === "off-air") {
      held.push(...segmenter.close());
      roomTimeMs += turn.chunks * 100;
    } else if (turn.do === "unrecorded") {
      held.push(...segmenter.close());
      for (let left = turn.chunks; left > 0; left--, roomTimeMs += 100) segmenter.add(chunkAt(epoch, ++sequence, roomTimeMs));
      // What the segmenter closed meanwhile is not kept; nor is what was open.
      segmenter.close();
    } else {
      for (let left = turn.chunks; left > 0; left--, roomTimeMs += 100) {
        const chunk = chunkAt(epoch, ++sequence, roomTimeMs);
        if (turn.do === "speak") held.push(...segmenter.add(chunk));
      }
    }
  }
  held.push(...segmenter.close());
  const segments = new Map(held.map((segment) => [`${segment.epoch}/${segment.index}`, segment]));
  const recording = recordingOf(held);
  const runs = recording.runs.map((run): RecordedRun => {
    const lead = segments.get(`${run.epoch}/${run.first}`)?.early;
    return lead === undefined ? run : { ...run, lead };
  });
  return { recording: { ...recording, runs, gaps: missingIn(held) }, segments };
}

function chunkAt(epoch: number, sequence: number, roomTimeMs: number): Uint8Array {
  return encodeChunk({ flags: 0, epoch, sequence, roomTimeMs, dueMs: 0, durationMs: 100, blocks: [aBlock()] });
}
