import type { Loss } from "../../core/audio/replay-line.ts";
import type { Wish } from "../../core/audio/replay-player.ts";
import type { RecordingNews } from "../../core/wire/recording.ts";
import type { NoRecording } from "./fetching.ts";

/** How a replay stands, for who shows it. */
export type Replay = {
  readonly phase: "loading" | "ready" | "deleted" | NoRecording;
  readonly news: RecordingNews | undefined;
  readonly wish: Wish;
  /** Where it plays, in ms of replay time. */
  readonly positionMs: number;
  readonly durationMs: number;
  /** It would play, and nothing has come yet. */
  readonly waiting: boolean;
  /** What is needed next cannot be had for some seconds already. */
  readonly trouble: boolean;
  /** All that is recorded by now was played, and the room goes on. */
  readonly caughtUp: boolean;
  readonly finished: boolean;
  /** The browser or the phone holds the sound back; a touch gives it free. */
  readonly held: boolean;
  /** The newest loss of sound that was passed over. */
  readonly loss: Loss | undefined;
  /** From the newest click on play, or seek while it played, to the sound, in ms. */
  readonly toSoundMs: number | undefined;
  readonly stalls: number;
};

/** Before anything is known of it. */
export const UNHEARD: Replay = {
  phase: "loading",
  news: undefined,
  wish: { playing: false, speed: 1, skipsPauses: false },
  positionMs: 0,
  durationMs: 0,
  waiting: false,
  trouble: false,
  caughtUp: false,
  finished: false,
  held: false,
  loss: undefined,
  toSoundMs: undefined,
  stalls: 0,
};
