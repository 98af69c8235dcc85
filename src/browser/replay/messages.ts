import type { VoiceLevel } from "../../core/audio/mixer.ts";
import type { HeardChunk } from "../../core/audio/player.ts";
import type { ReplayFacts, Wish } from "../../core/audio/replay-player.ts";

/** What a replay's audio thread is told. Lines are numbered: each seek begins a new one. */
export type ToReplay =
  | { readonly tell: "begin"; readonly line: number }
  | { readonly tell: "chunk"; readonly chunk: HeardChunk }
  | { readonly tell: "finish" }
  | { readonly tell: "wish"; readonly wish: Wish };

/** What it says, some 25 times a second. */
export type FromReplay = { readonly line: number; readonly facts: ReplayFacts; readonly levels: readonly VoiceLevel[] };
