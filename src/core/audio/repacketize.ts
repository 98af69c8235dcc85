import { FRAME_MS, MAX_FRAME_BYTES } from "./format.ts";
import { frameMsOf } from "./opus.ts";

/** Why a packet cannot be had in packets of 20 ms. */
export type NotReframed =
  /** It is no Opus packet (RFC 6716 §3.4). */
  | "malformed"
  /** It holds frames of 40 or 60 ms, which only a decoder could part. */
  | "frames-too-long"
  /** 20 ms of it are longer than any Opus encoder makes them. */
  | "frames-too-large";

/** The frames in an Opus packet (RFC 6716 §3.2); `toc` is its first byte without the code. */
export type OpusFrames = { readonly toc: number; readonly frameMs: number; readonly frames: readonly Uint8Array[] };

/**
 * Opus packets of 2.5 to 120 ms in, packets of 20 ms out, without decoding: frames are parted and joined (RFC 6716 §3.2). Pure.
 *
 * Frames that are shorter than 20 ms wait until they fill a packet. All frames of a packet are of one kind; if the encoder changes its mind before one
 * is full, empty frames fill it, for which a decoder puts in what it would for a lost one.
 */
export class Reframer {
  #toc = 0;
  #frameMs = FRAME_MS;
  #waiting: Uint8Array[] = [];

  /** @returns packets of 20 ms, none while frames wait; they may be views of `packet` */
  take(packet: Uint8Array): readonly Uint8Array[] | NotReframed {
    const found = framesIn(packet);
    if (found === undefined) return "malformed";
    const { toc, frameMs, frames } = found;
    if (frameMs > FRAME_MS) return "frames-too-long";
    const out: Uint8Array[] = [];
    if (this.#waiting.length > 0 && toc !== this.#toc) out.push(this.#full());
    if (this.#waiting.length === 0 && frames.length * frameMs === FRAME_MS) out.push(packet);
    else {
      for (const frame of frames) {
        [this.#toc, this.#frameMs] = [toc, frameMs];
        this.#waiting.push(frame);
        if (this.#waiting.length * frameMs >= FRAME_MS) out.push(this.#full());
      }
    }
    return out.some(({ byteLength }) => byteLength > MAX_FRAME_BYTES) ? "frames-too-large" : out;
  }

  /** What waits is not heard: another stream begins. */
  startAnew(): void {
    this.#waiting = [];
  }

  #full(): Uint8Array {
    while (this.#waiting.length * this.#frameMs < FRAME_MS) this.#waiting.push(new Uint8Array(0));
    const packet = joined(this.#toc, this.#waiting);
    this.#waiting = [];
    return packet;
  }
}

/** 20 ms for which a decoder puts in what it would for a lost packet: of the kind of `packet`, so that it need not change its state. */
export function concealed(packet: Uint8Array): Uint8Array {
  const toc = (packet[0] ?? 0) & 0xfc;
  const frames = FRAME_MS / frameMsOf(toc);
  return joined(
    toc,
    Array.from({ length: frames }, () => new Uint8Array(0)),
  );
}

/** The frames of a packet; undefined if it is no Opus packet. */
export function framesIn(packet: Uint8Array): OpusFrames | undefined {
  const first = packet[0];
  if (first === undefined) return undefined;
  const frames = framesBy(first & 3, packet);
  const frameMs = frameMsOf(first);
  if (frames === undefined || frames.length * frameMs > 120) return undefined;
  return { toc: first & 0xfc, frameMs, frames };
}

function framesBy(code: number, packet: Uint8Array): readonly Uint8Array[] | undefined {
  const bytes = packet.byteLength;
  switch (code) {
    case 0:
      return [packet.subarray(1)];
    case 1:
      return bytes % 2 === 1 ? evenly(packet, 1, bytes, 2) : undefined;
    case 2: {
      const one = lengthAt(packet, 1);
      if (one === undefined || one.next + one.length > bytes) return undefined;
      return [packet.subarray(one.next, one.next + one.length), packet.subarray(one.next + one.length)];
    }
    default:
      return manyIn(packet);
  }
}

/**
 * Code 3 (RFC 6716 §3.2.5).
 *
 *     byte  1      bit 7: lengths are told; bit 6: padding; bits 0-5: number of frames
 *     then, with padding: its length, in bytes of which 255 means 254 and one more byte
 *     then, if told: the length of every frame but the last, one or two bytes each
 *     then the frames, and the padding
 */
function manyIn(packet: Uint8Array): readonly Uint8Array[] | undefined {
  const second = packet[1];
  const count = (second ?? 0) & 63;
  if (second === undefined || count === 0) return undefined;
  let at = 2;
  let end = packet.byteLength;
  if ((second & 64) !== 0) {
    for (let more = 255; more === 255; at++) {
      const byte = packet[at];
      if (byte === undefined) return undefined;
      more = byte;
      end -= byte === 255 ? 254 : byte;
    }
  }
  if (end < at) return undefined;
  if ((second & 128) === 0) return (end - at) % count === 0 ? evenly(packet, at, end, count) : undefined;
  const lengths: number[] = [];
  for (let left = count - 1; left > 0; left--) {
    const found = lengthAt(packet, at);
    if (found === undefined) return undefined;
    lengths.push(found.length);
    at = found.next;
  }
  const frames: Uint8Array[] = [];
  for (const length of lengths) {
    if (at + length > end) return undefined;
    frames.push(packet.subarray(at, at + length));
    at += length;
  }
  return at > end ? undefined : [...frames, packet.subarray(at, end)];
}

function evenly(packet: Uint8Array, from: number, to: number, count: number): readonly Uint8Array[] {
  const length = (to - from) / count;
  return Array.from({ length: count }, (_, index) => packet.subarray(from + index * length, from + (index + 1) * length));
}

/** A frame's length (RFC 6716 §3.2.1): up to 251 in one byte, up to 1,275 in two. */
function lengthAt(packet: Uint8Array, at: number): { readonly length: number; readonly next: number } | undefined {
  const [first, second] = [packet[at], packet[at + 1]];
  if (first === undefined) return undefined;
  if (first < 252) return { length: first, next: at + 1 };
  return second === undefined ? undefined : { length: first + 4 * second, next: at + 2 };
}

/** Frames of one kind as one packet: of code 0 if it is one, else of code 3 with their lengths. */
function joined(toc: number, frames: readonly Uint8Array[]): Uint8Array {
  const [only] = frames;
  if (frames.length === 1 && only !== undefined) return Uint8Array.of(toc, ...only);
  const lengths = frames.slice(0, -1).flatMap(({ byteLength: length }) => {
    return length < 252 ? [length] : [252 + (length & 3), (length - 252 - (length & 3)) / 4];
  });
  const head = Uint8Array.of(toc | 3, 128 | frames.length, ...lengths);
  const packet = new Uint8Array(frames.reduce((sum, frame) => sum + frame.byteLength, head.byteLength));
  packet.set(head);
  let at = head.byteLength;
  for (const frame of frames) {
    packet.set(frame, at);
    at += frame.byteLength;
  }
  return packet;
}
