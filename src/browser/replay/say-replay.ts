import { words } from "../page/words.ts";
import type { Replay } from "./replay.ts";

/** What the status line says: what happens, and what one can do. */
export function sayReplay({ phase, wish, held, trouble, waiting, caughtUp, finished, toSoundMs }: Replay): string {
  const say = words.replay;
  if (phase === "loading") return say.loading;
  if (phase === "unreachable") return say.unreachable;
  if (phase !== "ready") return "";
  if (finished) return say.finished;
  if (!wish.playing) return toSoundMs === undefined ? say.ready : say.paused;
  if (held) return say.held;
  if (!waiting) return say.playing;
  if (caughtUp) return say.caughtUp;
  return trouble ? say.trouble : say.waiting;
}

/** Why there is nothing to hear, as a heading and a sentence; undefined if there is. */
export function sayNothing({ phase, news, durationMs }: Replay): { readonly title: string; readonly says: string } | undefined {
  const { none, locked, deleted } = words.replay;
  if (phase === "none") return none;
  if (phase === "locked") return locked;
  if (phase === "deleted") return deleted;
  if (phase !== "ready" || durationMs > 0 || news === undefined) return undefined;
  return news.ended ? none : { title: none.title, says: none.yet };
}

/** What was lost where it just plays. */
export function sayLoss({ loss }: Replay): string | undefined {
  if (loss === undefined) return undefined;
  const { ms } = loss;
  // Less than that nobody hears as a gap.
  if (ms !== undefined && ms < 500) return undefined;
  return ms === undefined ? words.replay.lostSome : words.replay.lost(words.replay.length(Math.max(1_000, ms)));
}
