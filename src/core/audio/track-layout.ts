import type { SegmentName } from "./segment.ts";
import { type FrameFacts, fillSlots, framesInIndex, type Held, segmentBytes, type Voices } from "./track.ts";

/** How long the pages of each segment are in one person's track, in order, in bytes; and whether he is heard in stereo anywhere. */
export type TrackLayout = { readonly bytes: readonly number[]; readonly channels: number };

/**
 * Lays a track out without reading a segment.
 *
 * @param names of the recording's segments, in order
 * @param indexOf what `frameIndexOf` said of a segment; asked once for each, in order
 */
export function layOut(names: Iterable<SegmentName>, indexOf: (name: SegmentName) => Uint8Array, his: Voices): TrackLayout {
  const bytes: number[] = [];
  let channels = 1;
  for (const [before, own, after] of withNeighbours(
    names,
    (name): Held<FrameFacts> => ({ ...name, frames: framesInIndex(indexOf(name)) }),
  )) {
    const slots = fillSlots(own, [before, after], his);
    if (slots.some((slot) => slot?.stereo === true)) channels = 2;
    bytes.push(segmentBytes(slots));
  }
  return { bytes, channels };
}

/** Each of `all`, made by `make`, with the one before and the one after it. */
function* withNeighbours<From, Of>(
  all: Iterable<From>,
  make: (from: From) => Of,
): Iterable<readonly [before: Of | undefined, own: Of, after: Of | undefined]> {
  let before: Of | undefined;
  let own: Of | undefined;
  for (const from of all) {
    const after = make(from);
    if (own !== undefined) yield [before, own, after];
    before = own;
    own = after;
  }
  if (own !== undefined) yield [before, own, undefined];
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
