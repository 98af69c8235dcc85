import { type Hearing, isOver } from "./hearing.ts";

/** More than this behind live is worth a word and a button, in ms. */
export const BEHIND_MS = 5_000;

/** Sound that comes in portions of at least so much, in ms, is heard late enough to say so. */
const CROWDED_MS = 400;

/** What the listener page says about the sound, honestly and in one sentence. */
export function sayHearing(hearing: Hearing): string {
  const { link, listening, phase, held, facts } = hearing;
  if (isOver(hearing)) return sayEnd(hearing);
  if (!listening) {
    if (hearing.firstSoundMs !== undefined) return "Paused. Press Listen to hear what is on air now.";
    return phase === "live" ? "On air now." : "The host is not on air yet. Press Listen and you will hear it as soon as it starts.";
  }
  if (held) return "Your browser holds the sound back. Touch the page to let it through.";
  const isCached = hearing.lane === "cached";
  if (isCached && facts?.playing === true) return sayCached(hearing);
  if (isCached && hearing.full && phase === "live") return "The room is very full. You will hear it in a few seconds …";
  if (link === "opening" && hearing.room === undefined) return "Connecting …";
  if (link !== "open" && !isCached) return "The connection was lost. Coming back by itself …";
  if (phase !== "live") return "The host is not on air yet; you will hear it as soon as it starts. You can leave this page open.";
  if (hearing.stage !== undefined && hearing.stage.speakers.length > 0) {
    if (hearing.stage.speakers.every(({ state }) => state === "away")) return "The host's connection was lost. Waiting for it to return …";
    if (hearing.stage.speakers.every(({ state }) => state !== "on-air")) return "The host is muted.";
  }
  if (facts === undefined || !facts.playing) return "Waiting for sound …";
  if (facts.behindMs > BEHIND_MS) return "You are hearing it a little later than it is said.";
  if (hearing.stride * (hearing.room?.chunkMs ?? 0) >= CROWDED_MS) return "You are listening live, a moment late: so many are here.";
  return "You are listening live.";
}

function sayCached({ full }: Hearing): string {
  return full
    ? "You hear this a few seconds late: the room is very full."
    : "You hear this a few seconds late, until your connection has come back.";
}

/** What was missed, that the room moved, or how it began anew; nothing if all was heard. */
export function sayMissed({ missed, moved, room }: Hearing): string | undefined {
  const ms = missed?.ms ?? 0;
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (ms > 0) return `You were away too long: ${seconds} s of sound could not be brought back.`;
  if (moved !== undefined) return `The room moved: “${room?.title ?? moved}” goes on here. You need not do anything.`;
  return missed?.anew === true ? "The room began anew; a moment of sound may be missing." : undefined;
}

function sayEnd({ end }: Hearing): string {
  if (end === undefined || end.code === 4500) return "The room is over. Thank you for listening.";
  return `${end.says}. This page will not try again by itself; reload it if you want to.`;
}
