import { checksum, PAGE_HEADER_BYTES } from "./ogg.ts";

/** Page flags (RFC 3533 §6): the first packet goes on from the page before, the stream's first page. */
const FLAG = { continued: 1, first: 2 } as const;
/** "OggS", by which a page is found again. */
const CAPTURE = Uint8Array.of(0x4f, 0x67, 0x67, 0x53);
/** Longest page, in bytes: a header, 255 segments, and 255 bytes in each. */
const MAX_PAGE_BYTES = PAGE_HEADER_BYTES + 255 + 255 * 255;
/** Longest packet that is put together, in bytes; a comment header with a picture in it may be longer, and is left out. */
const MAX_PACKET_BYTES = 128 * 1024;

/** What an OggReader finds. */
export type OggHears = {
  /** A packet, a copy of its own. @param begins it is the first of a logical stream: it says what the stream is */
  packet(packet: Uint8Array, serial: number, begins: boolean): void;
  /** Bytes that are no page, or pages that are missing: what comes next may not continue what came before. */
  lost(bytes: number): void;
};

/** One logical stream: what its last page left unfinished, that page's number, and whether its first packet is still to come. */
type Stream = { parts: Uint8Array[]; bytes: number; sequence: number; isFresh: boolean };

/**
 * Finds the packets of an Ogg stream in its bytes, however a network cut them (RFC 3533), and goes on after whatever is no page.
 *
 * Libraries for it read files: they look for the end, or hold pages back. Here a packet is told with the byte that completes it, streams may follow
 * each other without end (chained), and garbage costs no more than what it replaced.
 */
export class OggReader {
  readonly #hears: OggHears;
  #bytes = new Uint8Array(0);
  readonly #streams = new Map<number, Stream>();

  constructor(hears: OggHears) {
    this.#hears = hears;
  }

  /** Takes the next bytes; they may be reused once this returns. */
  push(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#bytes.byteLength + bytes.byteLength);
    all.set(this.#bytes);
    all.set(bytes, this.#bytes.byteLength);
    let at = 0;
    for (;;) {
      const found = captureAt(all, at);
      if (found > at) this.#skipped(found - at);
      at = found;
      const length = pageLength(all, at);
      if (length === undefined || at + length > all.byteLength) break;
      const page = all.subarray(at, at + length);
      if (length > 0 && isWhole(page)) {
        this.#page(page);
        at += length;
      } else {
        // What looks like a page by chance, or was changed on its way: the next one may begin anywhere behind its first byte.
        this.#skipped(1);
        at += 1;
      }
    }
    this.#bytes = all.slice(at);
  }

  #skipped(bytes: number): void {
    this.#hears.lost(bytes);
  }

  #page(page: Uint8Array): void {
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const flags = view.getUint8(5);
    const serial = view.getUint32(14, true);
    const sequence = view.getUint32(18, true);
    const begins = (flags & FLAG.first) !== 0;
    const before = begins ? undefined : this.#streams.get(serial);
    // A stream that was entered midway, or whose beginning was lost, is still a stream.
    const stream = before ?? { parts: [], bytes: 0, sequence: sequence - 1, isFresh: begins };
    // One stream after another takes no memory: only those that run side by side do, and nobody sends many of them.
    if (begins && this.#streams.size >= 8) this.#streams.clear();
    this.#streams.set(serial, stream);
    const follows = sequence === (stream.sequence + 1) % 2 ** 32;
    if (!follows) this.#hears.lost(0);
    stream.sequence = sequence;
    const continues = (flags & FLAG.continued) !== 0;
    let isPart = continues && (!follows || stream.parts.length === 0);
    if (!continues || isPart) this.#drop(stream);
    let from = PAGE_HEADER_BYTES + view.getUint8(26);
    let to = from;
    for (const length of page.subarray(PAGE_HEADER_BYTES, from)) {
      to += length;
      if (length === 255) continue;
      const packet = this.#complete(stream, page.subarray(from, to));
      if (!isPart && packet !== undefined) {
        this.#hears.packet(packet, serial, stream.isFresh);
        stream.isFresh = false;
      }
      isPart = false;
      from = to;
    }
    // Also an end that fills its last segment: what has not been told to be over goes on.
    if (view.getUint8(26 + view.getUint8(26)) === 255 && view.getUint8(26) > 0 && !isPart) {
      stream.bytes += to - from;
      stream.parts.push(stream.bytes > MAX_PACKET_BYTES ? new Uint8Array(0) : page.slice(from, to));
    }
  }

  #drop(stream: Stream): void {
    stream.parts = [];
    stream.bytes = 0;
  }

  /** The packet that ends with these bytes, as a copy; undefined if it is too long. */
  #complete(stream: Stream, end: Uint8Array): Uint8Array | undefined {
    const bytes = stream.bytes + end.byteLength;
    const parts = [...stream.parts, end];
    this.#drop(stream);
    if (bytes > MAX_PACKET_BYTES) return undefined;
    const packet = new Uint8Array(bytes);
    let at = 0;
    for (const part of parts) {
      packet.set(part, at);
      at += part.byteLength;
    }
    return packet;
  }
}

/** Where the next page may begin: at a whole "OggS", or at what may become one. */
function captureAt(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x4f, from); at >= 0; at = bytes.indexOf(0x4f, at + 1)) {
    if (CAPTURE.every((byte, index) => at + index >= bytes.byteLength || bytes[at + index] === byte)) return at;
  }
  return bytes.byteLength;
}

/** How long the page at `at` is, in bytes; undefined while that cannot be known; 0 if it is none. */
function pageLength(bytes: Uint8Array, at: number): number | undefined {
  const segments = bytes[at + PAGE_HEADER_BYTES - 1];
  if (segments === undefined) return undefined;
  if (bytes[at + 4] !== 0) return 0;
  const table = bytes.subarray(at + PAGE_HEADER_BYTES, at + PAGE_HEADER_BYTES + segments);
  if (table.byteLength < segments) return undefined;
  return Math.min(
    MAX_PAGE_BYTES,
    table.reduce((sum, length) => sum + length, PAGE_HEADER_BYTES + segments),
  );
}

function isWhole(page: Uint8Array): boolean {
  const bare = page.slice();
  bare.fill(0, 22, 26);
  return new DataView(page.buffer, page.byteOffset).getUint32(22, true) === checksum(bare);
}
