import type { Words } from "../../core/say/words.ts";
import { ENDING } from "../../core/wire/ending.ts";
import { sayWhyEnded, words } from "../page/words.ts";
import { type Hearing, isOver } from "./hearing.ts";

/** More than this behind live is worth a word and a button, in ms. */
export const BEHIND_MS = 5_000;

/** Sound that comes in portions of at least so much, in ms, is heard late enough to say so. */
const CROWDED_MS = 400;

/** What the listener page says about the sound, honestly and in one sentence. */
export function sayHearing(hearing: Hearing, { listener: say, doors }: Words = words): string {
  const { link, listening, phase, held, facts, opensAt } = hearing;
  if (isOver(hearing)) return sayEnd(hearing, say);
  if (!listening) {
    if (hearing.firstSoundMs !== undefined) return say.paused;
    if (opensAt !== undefined) return doors.notYet;
    return phase === "live" ? say.onAirNow : say.notYet;
  }
  if (held) return say.held;
  const isCached = hearing.lane === "cached";
  if (isCached && facts?.playing === true) return hearing.full ? say.cachedFull : say.cachedAway;
  if (isCached && hearing.full && phase === "live") return say.veryFull;
  if (link === "opening" && hearing.room === undefined) return say.connecting;
  if (link !== "open" && !isCached) return say.lost;
  if (opensAt !== undefined) return doors.waiting;
  if (phase !== "live") return say.notYetListening;
  if (hearing.stage !== undefined && hearing.stage.speakers.length > 0) {
    if (hearing.stage.speakers.every(({ state }) => state === "away")) return say.hostLost;
    if (hearing.stage.speakers.every(({ state }) => state !== "on-air")) return say.hostMuted;
  }
  if (facts === undefined || !facts.playing) return say.waiting;
  if (facts.behindMs > BEHIND_MS) return say.later;
  if (hearing.stride * (hearing.room?.chunkMs ?? 0) >= CROWDED_MS) return say.crowded;
  return say.live;
}

/** What was missed, that the room moved, or how it began anew; nothing if all was heard. */
export function sayMissed({ missed, moved, room }: Hearing, { listener: say, count }: Words = words): string | undefined {
  const ms = missed?.ms ?? 0;
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (ms > 0) return say.missed(count.plain(seconds));
  if (moved !== undefined) return say.moved(room?.title ?? moved);
  return missed?.anew === true ? say.anew : undefined;
}

function sayEnd({ end }: Hearing, say: Words["listener"]): string {
  return end === undefined || end.code === ENDING.ended.code ? say.overThanks : say.noRetry(sayWhyEnded(end));
}

/** That the host's line is silent, or that he is gone; nothing while he is there. */
export function sayHost(room: Hearing["room"], { listener: say }: Words = words): string | undefined {
  if (room === undefined || room.phase !== "live" || room.host === "here") return undefined;
  return room.host === "silent" ? say.hostSilent : say.hostGone;
}
