import { type ChunkHeader, joinChunks, readHeader, soundsIn } from "../../audio/chunk.ts";
import type { Position } from "../../audio/position.ts";
import type { Kept, Run } from "../../audio/recent.ts";
import { Slice, sliceOf } from "./slice.ts";

/** The newest chunk as far as anybody needs to look into it. */
export type Heard = { readonly header: ChunkHeader; readonly isSilent: boolean; readonly bytes: number };

/** One whole chunk, as a node keeps it; and what is handed on to who has heard all but this one. */
export type WholeChunk = { readonly kept: Kept; readonly heard: Heard; readonly alone: Slice };

/** How a node reads chunks, and what it makes of them for others. The simulator does once what a thousand leaves do alike. */
export type Chunks = {
  /** The chunk from byte `at` to byte `end` of a message; undefined if none stands there. */
  read(message: Uint8Array, at: number, end: number): WholeChunk | undefined;
  /** What one is sent who stands at `position`: `run`, which comes after it and ends at `newest`, or before it where it was bounded. */
  slice(position: Position, run: Run, newest: Position): Slice;
};

/** The work as it is; bytes that are a whole message are kept as they are. */
export const CHUNKS: Chunks = {
  read(message, at, end) {
    const header = readHeader(message, at);
    if (header === undefined) return undefined;
    const position = { epoch: header.epoch, sequence: header.sequence };
    const bytes = at === 0 && end === message.byteLength ? message : message.subarray(at, end);
    return {
      kept: { position, roomTimeMs: header.roomTimeMs, durationMs: header.durationMs, bytes },
      heard: { header, isSilent: !soundsIn(message, at), bytes: end - at },
      alone: new Slice([{ bytes }], position),
    };
  },
  slice: (position, run, newest) => sliceOf(position, run, newest, joined),
};

/** The bytes of chunks that follow each other, back to back. */
export function joined(run: Run): Uint8Array {
  return joinChunks(run.bytes());
}
