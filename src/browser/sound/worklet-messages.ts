import type { Patience } from "../../core/audio/jitter-buffer.ts";
import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { HeardChunk, PlayerFacts } from "../../core/audio/player.ts";

/** What the capture worklet says: one frame of the microphone, mono, 960 samples. */
export type CapturedFrame = {
  /** The audio clock at its first sample, in samples. */
  readonly at: number;
  readonly pcm: Float32Array<ArrayBuffer>;
};

/** What the output worklet is made with. */
export type OutputOptions = { readonly patience?: Patience | undefined };

/** What the output worklet is told. */
export type ToOutput =
  | { readonly tell: "chunk"; readonly chunk: HeardChunk }
  | { readonly tell: "go-live" }
  | { readonly tell: "start-anew" };

/** What the output worklet says, some 25 times a second. */
export type FromOutput = { readonly facts: PlayerFacts; readonly levels: readonly VoiceLevel[] };
