import type { Stretch } from "./recording.ts";
import type { SegmentName } from "./segment.ts";
import {
  fillSlots,
  framesAhead,
  type Held,
  slottedIn,
  TRACK_TAIL_BYTES,
  type TrackFile,
  trackHead,
  trackPages,
  trackTail,
  type Voices,
} from "./track.ts";
import { type ByteRange, Parts, type TrackLayout } from "./track-layout.ts";

/** Segments that are asked for at once: two minutes, some 2 MB of four voices that speak at 32 kbit/s. */
const BATCH = 60;

/** Segments in the order in which they were asked for, the first of them at least; what there is not any more is left out. */
export type ReadSegments = (names: readonly SegmentName[]) => Promise<readonly (SegmentName & { readonly bytes: Uint8Array })[]>;

/**
 * One person's track of a recording as an Ogg Opus file, remuxed: his packets as they were spoken. Any range of its bytes can be made
 * without making what stands before it, and none of it is held for longer than a batch of segments is needed.
 */
export class TrackStream {
  readonly #file: TrackFile;
  readonly #names: readonly Stretch[];
  readonly #his: Voices;
  readonly #head: Uint8Array;
  readonly #parts: Parts;

  /** @param names of the recording's stretches, in order: those of the layout */
  constructor(file: Omit<TrackFile, "channels">, names: readonly Stretch[], { bytes, channels }: TrackLayout, his: Voices) {
    this.#file = { ...file, channels };
    this.#names = names;
    this.#his = his;
    this.#head = trackHead(this.#file);
    this.#parts = new Parts([this.#head.byteLength, ...bytes, TRACK_TAIL_BYTES]);
  }

  /** Length of the whole file, in bytes. */
  get length(): number {
    return this.#parts.length;
  }

  /** The first bytes, in which all stands that does not follow from the layout. */
  get head(): Uint8Array {
    return this.#head;
  }

  /**
   * The bytes of a range, in pieces.
   *
   * @throws if a segment is not there any more: what was promised cannot be kept
   */
  async *read({ from, to }: ByteRange, read: ReadSegments): AsyncGenerator<Uint8Array> {
    const last = this.#names.length + 1;
    const tape = new Tape(this.#names, read);
    for (let part = this.#parts.partAt(from); part <= last && this.#parts.startOf(part) < to; part++) {
      const bytes = part === 0 ? this.#head : part === last ? this.#tail() : await this.#segment(part - 1, tape);
      const start = this.#parts.startOf(part);
      yield bytes.subarray(Math.max(0, from - start), Math.min(bytes.byteLength, to - start));
    }
  }

  #tail(): Uint8Array {
    return trackTail(this.#file.serial, this.#names.length);
  }

  async #segment(at: number, tape: Tape): Promise<Uint8Array> {
    const own = await tape.at(at);
    const before = at > 0 ? await tape.at(at - 1) : undefined;
    const after = at + 1 < this.#names.length ? await tape.at(at + 1) : undefined;
    const pages = trackPages(this.#file.serial, at, fillSlots(own, before, after, this.#his));
    const bytes = new Uint8Array(this.#parts.startOf(at + 2) - this.#parts.startOf(at + 1));
    let end = 0;
    for (const page of pages) {
      bytes.set(page, end);
      end += page.byteLength;
    }
    if (end !== bytes.byteLength) throw new Error(`segment ${own.epoch}.${own.index} is not the one that was laid out`);
    return bytes;
  }
}

/** Segments one after another, asked for in batches; those that are passed are forgotten. */
class Tape {
  readonly #names: readonly Stretch[];
  readonly #read: ReadSegments;
  readonly #held = new Map<number, Held<Uint8Array>>();

  constructor(names: readonly Stretch[], read: ReadSegments) {
    this.#names = names;
    this.#read = read;
  }

  /** The stretch number `at`. */
  async at(at: number): Promise<Held<Uint8Array>> {
    const { index = 0, ahead = 0 } = this.#names[at] ?? {};
    const held = await this.#segment(at + ahead, at);
    return ahead === 0 ? held : { epoch: held.epoch, index, frames: framesAhead(held.frames, ahead) };
  }

  /** The segment that is stretch number `at`. @param needed the first stretch that it is needed for */
  async #segment(at: number, needed: number): Promise<Held<Uint8Array>> {
    const name = this.#names[at];
    const known = this.#held.get(at);
    if (known !== undefined) return known;
    // The one before is needed too when a range begins here.
    const first = this.#held.has(at - 1) ? at : Math.max(0, at - 1);
    for (const passed of this.#held.keys()) if (passed < needed - 2) this.#held.delete(passed);
    const asked = this.#names.slice(first, first + BATCH);
    for (const { epoch, index, bytes } of await this.#read(asked.filter(({ ahead }) => ahead === 0))) {
      const found = asked.findIndex((name) => name.epoch === epoch && name.index === index && name.ahead === 0);
      if (found >= 0) this.#held.set(first + found, { epoch, index, frames: slottedIn(bytes, { epoch, index }) });
    }
    const read = this.#held.get(at);
    // A batch of large segments may end before what is needed: once more, from there.
    if (read === undefined && first < at && this.#held.has(first)) return this.#segment(at, needed);
    if (read === undefined) throw new Error(`segment ${name?.epoch}.${name?.index} is not there any more`);
    return read;
  }
}
