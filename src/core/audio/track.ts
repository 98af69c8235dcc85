import { chunksIn, decodeChunk } from "./chunk.ts";
import { FRAME_MS, FRAME_SAMPLES, SAMPLES_PER_MS } from "./format.ts";
import { ENCODER_PRE_SKIP, oggPage, opusHead, opusHeaderPages, opusTags, PAGE_HEADER_BYTES, pageBytes, segmentsOf } from "./ogg.ts";
import { opusSamples, SILENT_PACKET } from "./opus.ts";
import type { RecordedPerson } from "./recording.ts";
import { SEGMENT_MS, type SegmentName } from "./segment.ts";

/** Frames that fit into one segment's two seconds. */
export const SLOTS = SEGMENT_MS / FRAME_MS;
/** Packets of one page: half a second. So many of the largest (1,275 bytes, 6 lacing values each) fit a page's 255. */
const PAGE_PACKETS = 25;
const PAGES = SLOTS / PAGE_PACKETS;
/** Length of one frame's entry in a segment's index, in bytes. */
const ENTRY_BYTES = 6;
/** Bit 2 of a packet's first byte says stereo (RFC 6716 §3.1); in an index, the highest bit of its length does. */
const STEREO_BIT = 4;
const STEREO_MARK = 0x8000;

/** Something of one frame, and in which 20 ms it sounds, counted from the start of the segment that holds it. */
export type Slotted<Of> = { readonly voice: number; readonly slot: number; readonly of: Of };

/**
 * The frames of a segment, each in the 20 ms that are nearest to where it belongs on the room's timeline.
 *
 * Two frames of one voice never share a slot: they are 20 ms apart at least. A slot below 0 or from 100 on is a neighbour's: ticks that
 * were merged reach into the next segment, and what came after its own segment was closed stands in the next one.
 */
export function slottedIn(bytes: Uint8Array, { index }: SegmentName): Slotted<Uint8Array>[] {
  const startsMs = index * SEGMENT_MS;
  const found: Slotted<Uint8Array>[] = [];
  for (const { at } of chunksIn(bytes)) {
    const chunk = decodeChunk(bytes, at);
    if ("malformed" in chunk) continue;
    const start = (chunk.roomTimeMs - startsMs) * SAMPLES_PER_MS;
    for (const { voice, offsetSamples, frames } of chunk.blocks) {
      const first = Math.round((start + offsetSamples) / FRAME_SAMPLES);
      // What is no 20 ms of Opus would shift all that comes after it.
      for (const [more, of] of frames.entries()) if (opusSamples(of) === FRAME_SAMPLES) found.push({ voice, slot: first + more, of });
    }
  }
  return found;
}

/**
 * What must be known of a segment to say how long its tracks are without reading it. Kept beside the segment; 600 bytes for each voice
 * that sounds all the time.
 *
 *     for each frame:
 *     bytes 0-1    voice, u16 big-endian
 *     bytes 2-3    slot, i16
 *     bytes 4-5    length in bytes, u16; the highest bit: it is stereo
 */
export function frameIndexOf(bytes: Uint8Array, name: SegmentName): Uint8Array<ArrayBuffer> {
  const frames = slottedIn(bytes, name).filter(({ slot }) => Math.abs(slot) < 2 ** 15);
  const index = new Uint8Array(frames.length * ENTRY_BYTES);
  const view = new DataView(index.buffer);
  for (const [at, { voice, slot, of }] of frames.entries()) {
    view.setUint16(at * ENTRY_BYTES, voice);
    view.setInt16(at * ENTRY_BYTES + 2, slot);
    view.setUint16(at * ENTRY_BYTES + 4, of.byteLength | (isStereo(of) ? STEREO_MARK : 0));
  }
  return index;
}

/** A frame's length and channels, as an index tells them. */
export type FrameFacts = { readonly bytes: number; readonly stereo: boolean };

/** The entries of an index; what is left of a broken one is not read. */
export function framesInIndex(index: Uint8Array): Slotted<FrameFacts>[] {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  return Array.from({ length: Math.floor(index.byteLength / ENTRY_BYTES) }, (_, at) => {
    const said = view.getUint16(at * ENTRY_BYTES + 4);
    const of = { bytes: said & ~STEREO_MARK, stereo: (said & STEREO_MARK) !== 0 };
    return { voice: view.getUint16(at * ENTRY_BYTES), slot: view.getInt16(at * ENTRY_BYTES + 2), of };
  });
}

/** Whose sound a track is: his voices, by epoch. */
export type Voices = (epoch: number, voice: number) => boolean;

/** The voices of one person. */
export function voicesOf({ voices }: Pick<RecordedPerson, "voices">): Voices {
  const known = new Set(voices.map(({ epoch, voice }) => `${epoch}:${voice}`));
  return (epoch, voice) => known.has(`${epoch}:${voice}`);
}

/** A segment's frames, or what is known of them. */
export type Held<Of> = SegmentName & { readonly frames: readonly Slotted<Of>[] };

/** What of a segment's frames sounds in the stretch that lies `ahead` stretches before it: all that there is of a lead. */
export function framesAhead<Of>(frames: readonly Slotted<Of>[], ahead: number): readonly Slotted<Of>[] {
  if (ahead === 0) return frames;
  const moved = frames.map(({ voice, slot, of }) => ({ voice, slot: slot + ahead * SLOTS, of }));
  return moved.filter(({ slot }) => slot >= 0 && slot < SLOTS);
}

/**
 * What one person says in each 20 ms of the stretch `own`; undefined where he is silent.
 *
 * @param before the one before it in the recording
 * @param after the one after it; what does not continue it in room time has no part in it, though it may be of the same time
 */
export function fillSlots<Of>(own: Held<Of>, before: Held<Of> | undefined, after: Held<Of> | undefined, his: Voices): (Of | undefined)[] {
  const filled = new Array<Of | undefined>(SLOTS).fill(undefined);
  // His own last, so that nothing of a neighbour takes its place.
  const parts = [[before, -1] as const, [after, 1] as const, [own, 0] as const];
  for (const [held, away] of parts) {
    if (held === undefined || held.epoch !== own.epoch || held.index - own.index !== away) continue;
    const shift = away * SLOTS;
    for (const { voice, slot, of } of held.frames) {
      if (slot + shift >= 0 && slot + shift < SLOTS && his(own.epoch, voice)) filled[slot + shift] = of;
    }
  }
  return filled;
}

/** Bytes that a segment's pages take in a track. */
export function segmentBytes(slots: readonly (FrameFacts | undefined)[]): number {
  let bytes = PAGES * PAGE_HEADER_BYTES;
  for (const slot of slots) {
    const packet = slot?.bytes ?? SILENT_PACKET.byteLength;
    bytes += packet + segmentsOf(packet);
  }
  return bytes;
}

/** What a track's file is made of. */
export type TrackFile = {
  /** Tells it from the others, should somebody lay them into one file: the track's number. */
  readonly serial: number;
  readonly channels: number;
  readonly comments: readonly (readonly [string, string])[];
};

/** The first bytes of a track's file. */
export function trackHead({ serial, channels, comments }: TrackFile): Uint8Array<ArrayBuffer> {
  return opusHeaderPages(serial, opusHead(channels, ENCODER_PRE_SKIP), opusTags(comments));
}

/**
 * The pages of the recording's segment number `at`, four of half a second each. What he does not say is silence, so that a second of the
 * recording is a second of the file, and all tracks are of one length: a hole in granules is played differently by every player.
 */
export function trackPages(serial: number, at: number, slots: readonly (Uint8Array | undefined)[]): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: PAGES }, (_, page) => {
    const packets = slots.slice(page * PAGE_PACKETS, (page + 1) * PAGE_PACKETS).map((packet) => packet ?? SILENT_PACKET);
    const sequence = 2 + at * PAGES + page;
    return oggPage(packets, { serial, sequence, granule: (sequence - 1) * PAGE_PACKETS * FRAME_SAMPLES });
  });
}

/** Length of the last page, in bytes. */
export const TRACK_TAIL_BYTES = pageBytes([SILENT_PACKET.byteLength]);

/** The last page: the silence that makes good what a player drops at the start, so that the file plays as long as the recording, to the sample. */
export function trackTail(serial: number, segments: number): Uint8Array<ArrayBuffer> {
  const granule = segments * SLOTS * FRAME_SAMPLES + ENCODER_PRE_SKIP;
  return oggPage([SILENT_PACKET], { serial, sequence: 2 + segments * PAGES, granule, last: true });
}

/** True of a packet with two channels. */
export function isStereo(packet: Uint8Array): boolean {
  return ((packet[0] ?? 0) & STEREO_BIT) !== 0;
}
