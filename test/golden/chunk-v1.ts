import type { Chunk } from "../../src/core/audio/chunk.ts";

/** A chunk of version 1 as it was shipped, written out by hand. Added to, never edited. */
export const CHUNK_V1_HEX = `
  004c 01 1c 02 02
  00000003 0000058d 00022710 4278bcfe56800000 00c8
  0013 0001 1e 01 0000 02  0003 480102  0003 480304
  000c 0001 28 00 1680 01  0001 48
  0011 0007 7f 02 03c0 03  0000  0001 48  0001 48
`;

export const CHUNK_V1: Chunk = {
  version: 1,
  flags: 2,
  epoch: 3,
  sequence: 1_421,
  roomTimeMs: 141_072,
  dueMs: 1_700_000_000_000,
  durationMs: 200,
  blocks: [
    { voice: 1, level: 30, flags: 1, offsetSamples: 0, frames: [Uint8Array.of(0x48, 1, 2), Uint8Array.of(0x48, 3, 4)] },
    { voice: 1, level: 40, flags: 0, offsetSamples: 5_760, frames: [Uint8Array.of(0x48)] },
    { voice: 7, level: 127, flags: 2, offsetSamples: 960, frames: [new Uint8Array(0), Uint8Array.of(0x48), Uint8Array.of(0x48)] },
  ],
};
