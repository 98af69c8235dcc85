import type { Speech } from "../../src/core/audio/speech.ts";

/** A speaker's message of version 1 as it was shipped, written out by hand. Added to, never edited. */
export const SPEECH_V1_HEX = "01 09 fffffc40 1e 01 02  0003 480102  0001 48";

export const SPEECH_V1: Speech = {
  sample: 4_294_966_336,
  level: 30,
  starts: true,
  ends: false,
  frames: [Uint8Array.of(0x48, 1, 2), Uint8Array.of(0x48)],
};
