/** The version that this code writes, and the newest that it decodes. */
export const CHUNK_VERSION = 1;
/** Length of the header that this code writes, in bytes. */
export const CHUNK_HEADER_BYTES = 28;
/** Length of a voice's block without its frames, in bytes. */
export const BLOCK_HEADER_BYTES = 9;
/** The length field is a u16, so no chunk is longer, in bytes. */
export const MAX_CHUNK_BYTES = 65_535;

/** Chunk flags: `silenceFollows`: nothing sounds after this chunk until one says otherwise; `mergedTicks`: it covers several ticks. */
export const CHUNK_FLAG = { silenceFollows: 1, mergedTicks: 2 } as const;
/** Block flags: a talkspurt starts here (reset the decoder), or ends here. */
export const BLOCK_FLAG = { starts: 1, ends: 2 } as const;

export type ChunkHeader = {
  readonly version: number;
  readonly flags: number;
  readonly epoch: number;
  readonly sequence: number;
  /** Room time at the chunk's start, in ms since the epoch began. */
  readonly roomTimeMs: number;
  /** When it was due to leave the root, in ms since 1970 by the root's clock. For measuring only. */
  readonly dueMs: number;
  /** How much of the room's timeline it covers, in ms. */
  readonly durationMs: number;
};

/** What one voice said without a hole. A hole within a chunk is a second block of the same voice. */
export type VoiceBlock = {
  /** Given by the room, never reused within an epoch; u16. */
  readonly voice: number;
  /** −dBov, 0 loudest, 127 silence (RFC 6464). */
  readonly level: number;
  /** Of BLOCK_FLAG. */
  readonly flags: number;
  /** Where the first frame starts, in samples at 48 kHz after the chunk's start; u16. */
  readonly offsetSamples: number;
  /** Opus packets of 20 ms each, back to back; none where only the end of a talkspurt is told. */
  readonly frames: readonly Uint8Array[];
};

/** One tick of a room: what every sounding speaker said in it. */
export type Chunk = ChunkHeader & { readonly blocks: readonly VoiceBlock[] };

export type Malformed = { readonly malformed: "chunk-too-short" | "chunk-version-unknown" | "chunk-header-short" | "block-malformed" };

/**
 * The length of the chunk that starts at byte `at`, in bytes; undefined if there is no whole chunk.
 *
 * True of every version, so any hop can step over chunks it cannot decode.
 */
export function chunkLength(message: Uint8Array, at: number): number | undefined {
  if (at < 0 || message.byteLength - at < CHUNK_HEADER_BYTES) return undefined;
  const length = ((message[at] ?? 0) << 8) | (message[at + 1] ?? 0);
  return length >= CHUNK_HEADER_BYTES && at + length <= message.byteLength ? length : undefined;
}

/**
 * The header of the chunk that starts at byte `at`; undefined if no whole chunk stands there.
 *
 * The first 28 bytes keep their place in every version, so relays order and keep chunks that they cannot decode.
 */
export function readHeader(message: Uint8Array, at: number): ChunkHeader | undefined {
  if (chunkLength(message, at) === undefined) return undefined;
  const view = new DataView(message.buffer, message.byteOffset + at);
  return {
    version: view.getUint8(2),
    flags: view.getUint8(4),
    epoch: view.getUint32(6),
    sequence: view.getUint32(10),
    roomTimeMs: view.getUint32(14),
    dueMs: view.getFloat64(18),
    durationMs: view.getUint16(26),
  };
}

/**
 * The chunk that starts at byte `at` of a message. Trusts nothing, throws nothing; frames are views, not copies.
 *
 *     bytes 0-1    length of the whole chunk, u16 big-endian, so chunks can stand back to back
 *     byte  2      version, 1
 *     byte  3      length of this header, 28, so that older readers skip what newer versions add
 *     byte  4      flags: 1 silence follows, 2 merged ticks
 *     byte  5      number of voices that sound, 0 to 4; for who wants no more than that
 *     bytes 6-9    epoch, u32
 *     bytes 10-13  sequence, u32, one more per chunk within an epoch
 *     bytes 14-17  room time at the chunk's start, u32, ms since the epoch began
 *     bytes 18-25  wall clock when the chunk was due to leave the root, float64, ms since 1970
 *     bytes 26-27  duration, u16, ms
 *
 *     then blocks until the chunk's end, each:
 *     bytes 0-1    length of the whole block, u16
 *     bytes 2-3    voice, u16
 *     byte  4      level, −dBov, 127 silence
 *     byte  5      flags: 1 a talkspurt starts, 2 it ends
 *     bytes 6-7    offset of the first frame, u16, samples at 48 kHz after the chunk's start
 *     byte  8      number of frames; none, with the flag 2: the talkspurt ended with the voice's last frame, in an earlier chunk
 *     then per frame its length, u16, and its bytes; whatever is left of the block is skipped
 */
export function decodeChunk(message: Uint8Array, at: number): Chunk | Malformed {
  const length = chunkLength(message, at);
  const header = readHeader(message, at);
  if (length === undefined || header === undefined) return { malformed: "chunk-too-short" };
  if (header.version > CHUNK_VERSION) return { malformed: "chunk-version-unknown" };
  const headerBytes = message[at + 3] ?? 0;
  if (headerBytes < CHUNK_HEADER_BYTES || headerBytes > length) return { malformed: "chunk-header-short" };
  const end = at + length;
  const blocks: VoiceBlock[] = [];
  let next = at + headerBytes;
  while (next < end) {
    const block = decodeBlock(message, next, end);
    if (block === undefined) return { malformed: "block-malformed" };
    blocks.push(block.block);
    next = block.end;
  }
  return { ...header, blocks };
}

/** Bytes that `chunk` takes once encoded. */
export function encodedBytes(blocks: readonly VoiceBlock[]): number {
  let bytes = CHUNK_HEADER_BYTES;
  for (const block of blocks) bytes += blockBytes(block);
  return bytes;
}

/**
 * The bytes of `chunk`, as decodeChunk draws them.
 *
 * @throws RangeError if it does not fit 65,535 bytes: the bundle keeps it below.
 */
export function encodeChunk(chunk: Omit<Chunk, "version">): Uint8Array<ArrayBuffer> {
  const bytes = encodedBytes(chunk.blocks);
  if (bytes > MAX_CHUNK_BYTES) throw new RangeError(`a chunk of ${bytes} bytes does not fit`);
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  view.setUint16(0, bytes);
  view.setUint8(2, CHUNK_VERSION);
  view.setUint8(3, CHUNK_HEADER_BYTES);
  view.setUint8(4, chunk.flags);
  view.setUint8(5, voicesIn(chunk.blocks));
  view.setUint32(6, chunk.epoch);
  view.setUint32(10, chunk.sequence);
  view.setUint32(14, chunk.roomTimeMs);
  view.setFloat64(18, chunk.dueMs);
  view.setUint16(26, chunk.durationMs);
  let at = CHUNK_HEADER_BYTES;
  for (const block of chunk.blocks) at = encodeBlock(out, view, at, block);
  return out;
}

/** True if anybody sounds in the chunk at byte `at`; true of every version. */
export function soundsIn(message: Uint8Array, at: number): boolean {
  return (message[at + 5] ?? 0) > 0;
}

/** Where each chunk of a message starts and ends; stops before the first bytes that are no whole chunk. */
export function* chunksIn(message: Uint8Array): Generator<{ readonly at: number; readonly end: number }> {
  let at = 0;
  for (let length = chunkLength(message, at); length !== undefined; length = chunkLength(message, at)) {
    yield { at, end: at + length };
    at += length;
  }
}

/** Several chunks back to back in one message: one send instead of many. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const only = chunks[0];
  if (chunks.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}

/** How many different voices sound in these blocks. */
export function voicesIn(blocks: readonly VoiceBlock[]): number {
  return new Set(blocks.filter((block) => block.frames.length > 0).map((block) => block.voice)).size;
}

function decodeBlock(message: Uint8Array, at: number, end: number): { block: VoiceBlock; end: number } | undefined {
  if (at + BLOCK_HEADER_BYTES > end) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const blockEnd = at + view.getUint16(at);
  if (blockEnd < at + BLOCK_HEADER_BYTES || blockEnd > end) return undefined;
  const frames: Uint8Array[] = [];
  let next = at + BLOCK_HEADER_BYTES;
  for (let left = view.getUint8(at + 8); left > 0; left--) {
    if (next + 2 > blockEnd) return undefined;
    const frameEnd = next + 2 + view.getUint16(next);
    if (frameEnd > blockEnd) return undefined;
    frames.push(message.subarray(next + 2, frameEnd));
    next = frameEnd;
  }
  const block: VoiceBlock = {
    voice: view.getUint16(at + 2),
    level: view.getUint8(at + 4),
    flags: view.getUint8(at + 5),
    offsetSamples: view.getUint16(at + 6),
    frames,
  };
  return { block, end: blockEnd };
}

function blockBytes(block: VoiceBlock): number {
  let bytes = BLOCK_HEADER_BYTES;
  for (const frame of block.frames) bytes += 2 + frame.byteLength;
  return bytes;
}

function encodeBlock(out: Uint8Array, view: DataView, at: number, block: VoiceBlock): number {
  view.setUint16(at, blockBytes(block));
  view.setUint16(at + 2, block.voice);
  view.setUint8(at + 4, block.level);
  view.setUint8(at + 5, block.flags);
  view.setUint16(at + 6, block.offsetSamples);
  view.setUint8(at + 8, block.frames.length);
  let next = at + BLOCK_HEADER_BYTES;
  for (const frame of block.frames) {
    view.setUint16(next, frame.byteLength);
    out.set(frame, next + 2);
    next += 2 + frame.byteLength;
  }
  return next;
}
