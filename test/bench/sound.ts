import { BLOCK_HEADER_BYTES, CHUNK_HEADER_BYTES, encodeChunk } from "../../src/core/audio/chunk.ts";
import { FRAME_MS } from "../../src/core/audio/format.ts";

/** Bytes of one Opus packet of 20 ms: 32 kbit/s, the same for all servers. */
export const FRAME_BYTES = 80;

/** A 20 ms Opus packet of `bytes` bytes, as far as any server looks: SILK wide band, one frame, then bytes that nobody decodes. */
export function frameOf(bytes: number): Uint8Array {
  return new Uint8Array(bytes).fill(7).fill(0x48, 0, 1);
}

const FRAME = frameOf(FRAME_BYTES);

/** The chunk that every server sends: the bytes of one voice, and when it was due where listeners look for it. */
export function benchChunk(sequence: number, dueMs: number, chunkMs: number): Uint8Array<ArrayBuffer> {
  const frames = new Array<Uint8Array>(chunkMs / FRAME_MS).fill(FRAME);
  const block = { voice: 1, level: 30, flags: 0, offsetSamples: 0, frames };
  return encodeChunk({ flags: 0, epoch: 1, sequence, roomTimeMs: (sequence - 1) * chunkMs, dueMs, durationMs: chunkMs, blocks: [block] });
}

/** Bytes of that chunk. */
export function benchChunkBytes(chunkMs: number, frameBytes: number = FRAME_BYTES): number {
  return CHUNK_HEADER_BYTES + BLOCK_HEADER_BYTES + (chunkMs / FRAME_MS) * (2 + frameBytes);
}
