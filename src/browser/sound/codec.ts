/** Sound out of a decoder: where its frame stands on the room's timeline, in samples, and what it holds. */
export type Decoded = (start: number, pcm: Float32Array) => void;

/** One voice's Opus decoder. What goes in comes out in order, soon, through `Decoded`. */
export interface Decoder {
  /** @param start where the frame stands on the room's timeline, in samples; rising */
  decode(frame: Uint8Array, start: number): void;
  /** A talkspurt starts: forget the sound before. What was put in before still comes out. */
  reset(): void;
  close(): void;
}

/** Makes decoders of the kind this browser has. `onLost` says that the frames put in so far will not come out. */
export type MakeDecoder = (onDecoded: Decoded, onLost: () => void) => Decoder;

/** Makes 20 ms Opus packets of 960 samples; one comes out for each that goes in, in order. */
export interface Encoder {
  encode(pcm: Float32Array<ArrayBuffer>): void;
  close(): void;
}

/** Says each packet as it is ready. */
export type Encoded = (packet: Uint8Array<ArrayBuffer>) => void;
