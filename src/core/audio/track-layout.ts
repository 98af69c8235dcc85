import type { Stretch } from "./recording.ts";
import type { SegmentName } from "./segment.ts";
import { type FrameFacts, fillSlots, framesAhead, framesInIndex, type Held, segmentBytes, type Voices } from "./track.ts";

/** How long the pages of each segment are in one person's track, in order, in bytes; and whether he is heard in stereo anywhere. */
export type TrackLayout = { readonly bytes: readonly number[]; readonly channels: number };

/** What `frameIndexOf` said of a segment. */
export type IndexOf = (name: SegmentName) => Uint8Array;

/** Lays a track out without reading a segment. @param stretches of the recording, in order */
export function layOut(stretches: Iterable<Stretch>, indexOf: IndexOf, his: Voices): TrackLayout {
  return new GrowingLayout(his).extend(stretches, indexOf);
}

/** A track that is laid out as its recording grows: what stands already is not looked at again. */
export class GrowingLayout {
  readonly #his: Voices;
  /** Of all segments but the newest: what comes after that may reach back into it. */
  readonly #firm: number[] = [];
  #channels = 1;
  #before: Held<FrameFacts> | undefined;
  #newest: Held<FrameFacts> | undefined;
  /** The segment that was looked at last: all stretches of a lead ask for the same. */
  #looked: Held<FrameFacts> | undefined;

  constructor(his: Voices) {
    this.#his = his;
  }

  /** The layout with these stretches, which follow those before, in order. @param indexOf asked once for each segment, in order */
  extend(stretches: Iterable<Stretch>, indexOf: IndexOf): TrackLayout {
    for (const { epoch, index, ahead } of stretches) {
      const next = { epoch, index, frames: framesAhead(this.#look({ epoch, index: index + ahead }, indexOf), ahead) };
      if (this.#newest !== undefined) {
        const { bytes, channels } = this.#lay(this.#newest, next);
        this.#firm.push(bytes);
        this.#channels = Math.max(this.#channels, channels);
      }
      [this.#before, this.#newest] = [this.#newest, next];
    }
    if (this.#newest === undefined) return { bytes: [], channels: this.#channels };
    const { bytes, channels } = this.#lay(this.#newest, undefined);
    return { bytes: [...this.#firm, bytes], channels: Math.max(this.#channels, channels) };
  }

  #look(name: SegmentName, indexOf: IndexOf): Held<FrameFacts>["frames"] {
    if (this.#looked?.epoch !== name.epoch || this.#looked.index !== name.index) {
      this.#looked = { ...name, frames: framesInIndex(indexOf(name)) };
    }
    return this.#looked.frames;
  }

  #lay(own: Held<FrameFacts>, after: Held<FrameFacts> | undefined): { readonly bytes: number; readonly channels: number } {
    const slots = fillSlots(own, this.#before, after, this.#his);
    return { bytes: segmentBytes(slots), channels: slots.some((slot) => slot?.stereo === true) ? 2 : 1 };
  }
}

/** Bytes `from` up to, not including, `to` of a file. */
export type ByteRange = { readonly from: number; readonly to: number };

/**
 * What a `Range` header asks of a file (RFC 9110 §14.2): one range of bytes. "whole" for what is to be ignored: other units, several
 * ranges, what cannot be read. "unsatisfiable" if the file has none of it.
 */
export function rangeOf(header: string | undefined, length: number): ByteRange | "whole" | "unsatisfiable" {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(header?.replaceAll(/\s/g, "") ?? "") ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) return "whole";
  if (first === "") {
    const most = Number(last);
    return most === 0 || length === 0 ? "unsatisfiable" : { from: Math.max(0, length - most), to: length };
  }
  const from = Number(first);
  const to = last === "" ? length : Math.min(length, Number(last) + 1);
  // "5-3" is no range at all, and to be ignored.
  if (last !== "" && Number(last) < from) return "whole";
  return from >= length ? "unsatisfiable" : { from, to };
}

/** The parts of a file by their lengths: which of them a range touches. */
export class Parts {
  /** Where each part begins; the last entry is the file's length. */
  readonly #starts: readonly number[];

  constructor(bytes: Iterable<number>) {
    const starts = [0];
    for (const length of bytes) starts.push((starts.at(-1) ?? 0) + length);
    this.#starts = starts;
  }

  get length(): number {
    return this.#starts.at(-1) ?? 0;
  }

  /** Where a part begins. */
  startOf(part: number): number {
    return this.#starts[part] ?? this.length;
  }

  /** The part that byte `at` lies in. */
  partAt(at: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low;
  }
}
