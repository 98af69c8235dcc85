import { FRAME_SAMPLES, MAX_FRAME_BYTES } from "./format.ts";
import { opusSamples } from "./opus.ts";

/** The version that a speaker's page writes. */
export const SPEECH_VERSION = 1;
/** Length of the header of a speaker's message, in bytes. */
export const SPEECH_HEADER_BYTES = 9;
/** Most frames in one message: half a second, which a page sends at once after its line stalled. */
export const MAX_SPEECH_FRAMES = 25;
/** Largest message that the room reads from a speaker, in bytes. */
export const MAX_SPEECH_BYTES = 64 + MAX_SPEECH_FRAMES * (2 + MAX_FRAME_BYTES);

/** What a speaker sends to the room: frames without a hole between them. */
export type Speech = {
  /** Where the first frame stands on the speaker's own clock, in samples at 48 kHz; u32, wrapping. */
  readonly sample: number;
  /** −dBov, 0 loudest, 127 silence (RFC 6464). */
  readonly level: number;
  /** A talkspurt starts with the first frame: the listeners' decoders start afresh. */
  readonly starts: boolean;
  /** The talkspurt ends with the last frame; there may be none, if the end was noticed late. */
  readonly ends: boolean;
  /** Opus packets of 20 ms each. */
  readonly frames: readonly Uint8Array[];
};

/** Why a speaker's message was not taken; the speaker is told this word. */
export type SpeechFault = "speech-too-short" | "speech-too-long" | "speech-version-unknown" | "speech-malformed" | "speech-not-20-ms-opus";

/**
 * A speaker's message. Trusts nothing, throws nothing; frames are views, not copies.
 *
 *     byte  0      version, 1
 *     byte  1      length of this header, 9, so that older rooms skip what newer pages add
 *     bytes 2-5    sample position of the first frame on the speaker's clock, u32, 48 kHz, wrapping
 *     byte  6      level, −dBov, 127 silence
 *     byte  7      flags: 1 a talkspurt starts, 2 it ends
 *     byte  8      number of frames, 0 to 25
 *     then per frame its length, u16, and its bytes
 */
export function decodeSpeech(message: Uint8Array): Speech | SpeechFault {
  if (message.byteLength < SPEECH_HEADER_BYTES) return "speech-too-short";
  if (message.byteLength > MAX_SPEECH_BYTES) return "speech-too-long";
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  if (view.getUint8(0) !== SPEECH_VERSION) return "speech-version-unknown";
  const headerBytes = view.getUint8(1);
  const count = view.getUint8(8);
  if (headerBytes < SPEECH_HEADER_BYTES || headerBytes > message.byteLength || count > MAX_SPEECH_FRAMES) return "speech-malformed";
  const frames: Uint8Array[] = [];
  let at = headerBytes;
  for (let left = count; left > 0; left--) {
    if (at + 2 > message.byteLength) return "speech-malformed";
    const end = at + 2 + view.getUint16(at);
    if (end > message.byteLength) return "speech-malformed";
    const frame = message.subarray(at + 2, end);
    if (frame.byteLength > MAX_FRAME_BYTES || opusSamples(frame) !== FRAME_SAMPLES) return "speech-not-20-ms-opus";
    frames.push(frame);
    at = end;
  }
  const flags = view.getUint8(7);
  return { sample: view.getUint32(2), level: Math.min(127, view.getUint8(6)), starts: (flags & 1) !== 0, ends: (flags & 2) !== 0, frames };
}

/** The bytes of `speech`, as decodeSpeech draws them. `sample` wraps at 2³². */
export function encodeSpeech(speech: Speech): Uint8Array<ArrayBuffer> {
  const bytes = speech.frames.reduce((sum, frame) => sum + 2 + frame.byteLength, SPEECH_HEADER_BYTES);
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  view.setUint8(0, SPEECH_VERSION);
  view.setUint8(1, SPEECH_HEADER_BYTES);
  view.setUint32(2, speech.sample);
  view.setUint8(6, speech.level);
  view.setUint8(7, (speech.starts ? 1 : 0) | (speech.ends ? 2 : 0));
  view.setUint8(8, speech.frames.length);
  let at = SPEECH_HEADER_BYTES;
  for (const frame of speech.frames) {
    view.setUint16(at, frame.byteLength);
    out.set(frame, at + 2);
    at += 2 + frame.byteLength;
  }
  return out;
}
