import type { Replay } from "./replay.ts";

/** What a lock screen, a headset or a keyboard's media keys may ask for. */
export type MediaDeeds = {
  readonly play: () => void;
  readonly pause: () => void;
  readonly by: (ms: number) => void;
  readonly to: (ms: number) => void;
};

/** How far their buttons go where they do not say it themselves, in ms. */
const STEP_MS = 10_000;

/** The recording on the lock screen: with its length, where one may seek. */
export class MediaKeys {
  #told = "";

  constructor(title: string, deeds: MediaDeeds) {
    if (!("mediaSession" in navigator)) return;
    const { mediaSession } = navigator;
    mediaSession.metadata = new MediaMetadata({ title, artist: "Canopy" });
    mediaSession.setActionHandler("play", deeds.play);
    mediaSession.setActionHandler("pause", deeds.pause);
    mediaSession.setActionHandler("stop", deeds.pause);
    mediaSession.setActionHandler("seekbackward", ({ seekOffset }) => deeds.by(-(seekOffset ?? STEP_MS / 1_000) * 1_000));
    mediaSession.setActionHandler("seekforward", ({ seekOffset }) => deeds.by((seekOffset ?? STEP_MS / 1_000) * 1_000));
    mediaSession.setActionHandler("seekto", ({ seekTime }) => seekTime !== undefined && deeds.to(seekTime * 1_000));
  }

  show({ phase, wish, positionMs, durationMs, waiting }: Replay): void {
    if (!("mediaSession" in navigator)) return;
    const { mediaSession } = navigator;
    mediaSession.playbackState = phase !== "ready" ? "none" : wish.playing ? "playing" : "paused";
    // It counts on by itself: told when something changes, and every ten seconds lest it drifts.
    const told = `${phase} ${wish.playing} ${wish.speed} ${waiting} ${durationMs} ${Math.floor(positionMs / 10_000)}`;
    if (told === this.#told || durationMs === 0) return;
    this.#told = told;
    try {
      const duration = durationMs / 1_000;
      mediaSession.setPositionState({ duration, position: Math.min(positionMs / 1_000, duration), playbackRate: wish.speed });
    } catch {
      // A lock screen without a position still has its buttons.
    }
  }
}
