import { chunksIn, decodeChunk } from "./chunk.ts";

/** The voices that sound in these chunks, each once, in the order in which they are first heard. What cannot be decoded has none. */
export function voicesSounding(chunks: Uint8Array): readonly number[] {
  const voices = new Set<number>();
  for (const { at } of chunksIn(chunks)) {
    const chunk = decodeChunk(chunks, at);
    if ("malformed" in chunk) continue;
    for (const { voice, frames } of chunk.blocks) if (frames.length > 0) voices.add(voice);
  }
  return [...voices];
}
