import { utf8 } from "../text.ts";
import { SAMPLE_RATE_HZ } from "./format.ts";

/** Samples that libopus's decoder looks ahead at 48 kHz; what an encoder's own pre-skip is. */
export const ENCODER_PRE_SKIP = 312;
/** What a decoder needs to settle when a stream is entered midway: 80 ms (RFC 7845 §4.2), in samples. */
export const MIDWAY_PRE_SKIP = 3_840;
/** Length of a page's header without its table of segments, in bytes. */
export const PAGE_HEADER_BYTES = 27;
/** Segments that a page has at most: its table's length is one byte. */
export const MAX_SEGMENTS = 255;

/** Page flags (RFC 3533 §6): the stream's first page, its last. */
const FLAG = { first: 2, last: 4 } as const;
/** Ogg's own checksum: the polynomial 0x04c11db7, unreflected, no inversion (RFC 3533 §6). */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  return crc;
});

/** Where a page stands in its stream. */
export type PagePlace = {
  /** Tells one stream of a file from the next, u32. */
  readonly serial: number;
  /** One more per page, u32. */
  readonly sequence: number;
  /** Samples at 48 kHz up to the end of the last packet on the page, those to be skipped included. */
  readonly granule: number;
  readonly first?: boolean;
  readonly last?: boolean;
};

/** Segments that a packet takes in a page's table: 255 bytes each, and a shorter one that ends it. */
export function segmentsOf(packetBytes: number): number {
  return Math.floor(packetBytes / 255) + 1;
}

/** Bytes of a page with packets of these lengths. */
export function pageBytes(packetLengths: Iterable<number>): number {
  let bytes = PAGE_HEADER_BYTES;
  for (const length of packetLengths) bytes += segmentsOf(length) + length;
  return bytes;
}

/**
 * One page of whole packets (RFC 3533 §6). Numbers are little-endian.
 *
 *     bytes 0-3    "OggS"
 *     byte  4      version, 0
 *     byte  5      flags: 2 the stream's first page, 4 its last
 *     bytes 6-13   granule, u64
 *     bytes 14-17  serial, u32
 *     bytes 18-21  sequence, u32
 *     bytes 22-25  checksum of the whole page, with these four bytes as 0
 *     byte  26     number of segments
 *     then the table: the lengths of all segments, and their bytes
 *
 * @throws RangeError if the packets need more than 255 segments: count them with `segmentsOf`
 */
export function oggPage(packets: readonly Uint8Array[], place: PagePlace): Uint8Array<ArrayBuffer> {
  let segments = 0;
  let bytes = 0;
  for (const packet of packets) {
    segments += segmentsOf(packet.byteLength);
    bytes += packet.byteLength;
  }
  if (segments > MAX_SEGMENTS) throw new RangeError(`${segments} segments do not fit one page`);
  const page = new Uint8Array(PAGE_HEADER_BYTES + segments + bytes);
  page.set([0x4f, 0x67, 0x67, 0x53]);
  page[5] = (place.first === true ? FLAG.first : 0) | (place.last === true ? FLAG.last : 0);
  page[26] = segments;
  let table = PAGE_HEADER_BYTES;
  let at = PAGE_HEADER_BYTES + segments;
  for (const packet of packets) {
    let left = packet.byteLength;
    for (; left >= 255; left -= 255) page[table++] = 255;
    page[table++] = left;
    page.set(packet, at);
    at += packet.byteLength;
  }
  stampPage(page, place);
  return page;
}

/** Gives a page its place, in place: whoever copied one page for many streams numbers it for each. Flags stay as they are. */
export function stampPage(page: Uint8Array<ArrayBuffer>, { serial, sequence, granule }: PagePlace): void {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  view.setUint32(6, granule % 2 ** 32, true);
  view.setUint32(10, Math.floor(granule / 2 ** 32), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  view.setUint32(22, 0, true);
  view.setUint32(22, checksum(page), true);
}

/**
 * The identification header of Ogg Opus (RFC 7845 §5.1), alone on the first page.
 *
 *     bytes 0-7    "OpusHead"
 *     byte  8      version, 1
 *     byte  9      channels
 *     bytes 10-11  pre-skip, u16 little-endian, in samples at 48 kHz
 *     bytes 12-15  rate of what was encoded, u32 little-endian, in Hz; for information only
 *     bytes 16-17  gain, 0
 *     byte  18     mapping family, 0: mono or stereo
 *
 * @param preSkip samples that a player drops at the start, until its decoder has settled
 */
export function opusHead(channels: number, preSkip: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(19);
  head.set(utf8("OpusHead"));
  const view = new DataView(head.buffer);
  view.setUint8(8, 1);
  view.setUint8(9, channels);
  view.setUint16(10, preSkip, true);
  view.setUint32(12, SAMPLE_RATE_HZ, true);
  return head;
}

/**
 * The comment header of Ogg Opus (RFC 7845 §5.2): who wrote it, and `NAME=value` in UTF-8. It is to fit one page: what is longer than 30,000
 * bytes in all is left out.
 *
 * @param comments as pairs, e.g. `["TITLE", "An evening"]`
 */
export function opusTags(comments: readonly (readonly [string, string])[]): Uint8Array<ArrayBuffer> {
  const vendor = utf8("Canopy");
  const kept: Uint8Array[] = [];
  let bytes = 8 + 4 + vendor.byteLength + 4;
  for (const [name, value] of comments) {
    const comment = utf8(`${name}=${value}`);
    if (bytes + 4 + comment.byteLength > MOST_TAGS_BYTES) continue;
    bytes += 4 + comment.byteLength;
    kept.push(comment);
  }
  const tags = new Uint8Array(bytes);
  const view = new DataView(tags.buffer);
  tags.set(utf8("OpusTags"));
  let at = 8;
  const put = (field: Uint8Array) => {
    view.setUint32(at, field.byteLength, true);
    tags.set(field, at + 4);
    at += 4 + field.byteLength;
  };
  put(vendor);
  view.setUint32(at, kept.length, true);
  at += 4;
  for (const comment of kept) put(comment);
  return tags;
}

/** Longest comment header, in bytes: half of what one page holds. */
const MOST_TAGS_BYTES = 30_000;

/** The two pages that every Ogg Opus stream begins with; sound's own pages are numbered from 2 on. */
export function opusHeaderPages(serial: number, head: Uint8Array, tags: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = oggPage([head], { serial, sequence: 0, granule: 0, first: true });
  const second = oggPage([tags], { serial, sequence: 1, granule: 0 });
  const pages = new Uint8Array(first.byteLength + second.byteLength);
  pages.set(first);
  pages.set(second, first.byteLength);
  return pages;
}

/** The checksum of a page whose own four bytes of it are 0. */
export function checksum(page: Uint8Array): number {
  let crc = 0;
  for (let at = 0; at < page.byteLength; at++) crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ (page[at] ?? 0)) & 255] ?? 0);
  return crc >>> 0;
}
