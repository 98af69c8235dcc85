import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from "./format.ts";
import { ENCODER_PRE_SKIP } from "./ogg.ts";

/**
 * Opus in fragmented MP4 (ISO/IEC 14496-12; "Encapsulation of Opus in ISO Base Media File Format"): one track, packets of 20 ms. A fragment
 * follows from its number and its packets alone, so that whoever makes it makes the same bytes.
 */

/** The track's number, and the only one. */
const TRACK = 1;
/** Flags of tfhd: a default duration, and offsets that count from the fragment's own start. */
const TFHD_FLAGS = 0x020008;
/** Flags of trun: where its bytes start, and each sample's size. */
const TRUN_FLAGS = 0x000201;
/** 16.16 and 8.8 for one. */
const [ONE_32, ONE_16] = [0x00010000, 0x0100] as const;

type Field = Uint8Array | readonly number[];

/** What every fragment needs to be read: what is in the track, and nothing of its sound. */
export function initSegment(channels: number): Uint8Array<ArrayBuffer> {
  const matrix = [...u32(ONE_32), ...zeros(12), ...u32(ONE_32), ...zeros(12), ...u32(0x40000000)];
  const dOps = box("dOps", [0, channels], u16(ENCODER_PRE_SKIP), u32(SAMPLE_RATE_HZ), u16(0), [0]);
  const opus = box("Opus", zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4), u32(SAMPLE_RATE_HZ * 0x10000), dOps);
  const stbl = box(
    "stbl",
    full("stsd", 0, 0, u32(1), opus),
    full("stts", 0, 0, u32(0)),
    full("stsc", 0, 0, u32(0)),
    full("stsz", 0, 0, u32(0), u32(0)),
    full("stco", 0, 0, u32(0)),
  );
  const dinf = box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1)));
  const mdia = box(
    "mdia",
    full("mdhd", 0, 0, zeros(8), u32(SAMPLE_RATE_HZ), u32(0), u16(0x55c4), u16(0)),
    full("hdlr", 0, 0, zeros(4), ascii("soun"), zeros(12), [0]),
    box("minf", full("smhd", 0, 0, zeros(4)), dinf, stbl),
  );
  const tkhd = full("tkhd", 0, 3, zeros(8), u32(TRACK), zeros(4), u32(0), zeros(8), zeros(4), u16(ONE_16), zeros(2), matrix, zeros(8));
  const mvhd = full(
    "mvhd",
    0,
    0,
    zeros(8),
    u32(SAMPLE_RATE_HZ),
    u32(0),
    u32(ONE_32),
    u16(ONE_16),
    zeros(10),
    matrix,
    zeros(24),
    u32(TRACK + 1),
  );
  const mvex = box("mvex", full("trex", 0, 0, u32(TRACK), u32(1), u32(FRAME_SAMPLES), u32(0), u32(0)));
  return join([
    box("ftyp", ascii("iso6"), u32(0), ascii("iso6"), ascii("mp41"), ascii("cmfc")),
    box("moov", mvhd, box("trak", tkhd, mdia), mvex),
  ]);
}

/**
 * One fragment.
 *
 * @param number one more per fragment
 * @param start of its first packet on the track's timeline, in samples
 */
export function mediaSegment(number: number, start: number, packets: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const sizes = packets.flatMap((packet) => u32(packet.byteLength));
  const tfhd = full("tfhd", 0, TFHD_FLAGS, u32(TRACK), u32(FRAME_SAMPLES));
  const tfdt = full("tfdt", 1, 0, u32(Math.floor(start / 2 ** 32)), u32(start % 2 ** 32));
  const moof = (offset: number) =>
    box(
      "moof",
      full("mfhd", 0, 0, u32(number)),
      box("traf", tfhd, tfdt, full("trun", 0, TRUN_FLAGS, u32(packets.length), u32(offset), sizes)),
    );
  // The offset is told inside of what it counts: its own size does not depend on it. 8: the header of mdat.
  return join([box("styp", ascii("msdh"), u32(0), ascii("msdh")), moof(moof(0).byteLength + 8), box("mdat", ...packets)]);
}

/** A box: its size, its name, and what is in it. */
function box(name: string, ...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const bytes = fields.reduce((sum, field) => sum + field.length, 8);
  return join([u32(bytes), ascii(name), ...fields]);
}

/** A box with a version and flags. */
function full(name: string, version: number, flags: number, ...fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  return box(name, u32(version * 0x1000000 + flags), ...fields);
}

function join(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(fields.reduce((sum, field) => sum + field.length, 0));
  let at = 0;
  for (const field of fields) {
    out.set(field, at);
    at += field.length;
  }
  return out;
}

function ascii(text: string): readonly number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

function u32(value: number): readonly number[] {
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function u16(value: number): readonly number[] {
  return [(value >>> 8) & 255, value & 255];
}

function zeros(count: number): readonly number[] {
  return new Array<number>(count).fill(0);
}
