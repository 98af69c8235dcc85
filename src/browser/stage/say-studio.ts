import { whenIn } from "../../core/say/when.ts";
import type { Words } from "../../core/say/words.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { LinkEnd } from "../line/link-mind.ts";
import { sayWhyEnded, words } from "../page/words.ts";
import type { Studio } from "./studio.ts";

/** What the studio says about itself, honestly and in one sentence. */
export function sayStudio(studio: Studio, { studio: say, listener, doors, language }: Words = words): string {
  const { link, end, wanted, onAir, microphone } = studio;
  const over = studio.room?.over;
  if (over !== undefined) return over.by === "idle" ? listener.ends.idle : listener.ends.operator(over.why);
  if (end !== undefined) return sayEnd(end, say);
  if (studio.room?.phase === "ended") return say.over;
  if (link !== "open") return wanted ? say.lostOnAir : say.connecting;
  if (wanted && microphone === "held") return say.held;
  if (studio.earsHeld) return say.earsHeld;
  if (studio.rehearsing && microphone === "open") return say.rehearsing;
  if (wanted && microphone === "opening") return say.openingMicrophone;
  if (onAir) return sayOnAir(studio, say);
  if (wanted && (microphone === "closed" || microphone === "fault")) return say.useOne;
  if (wanted) return say.going;
  const opensAt = studio.room?.opensAt;
  if (opensAt !== undefined) return doors.studio.opens(whenIn(language, opensAt));
  if (microphone === "open") return studio.muted ? say.readyMuted : say.ready;
  return say.choose;
}

/** What deserves a warning, the gravest first; nothing if all is well. */
export function sayWarning(studio: Studio, { studio: say }: Words = words): string | undefined {
  if (studio.fault !== undefined) return studio.fault;
  if (studio.refused !== undefined) return studio.refused;
  if (studio.lossy) return say.slow;
  if (studio.silent && studio.microphone === "open") return say.silent;
  return studio.notice;
}

/** How good the line is, from its round trip and what it does not get rid of. */
export function sayLine(roundTripMs: number | undefined, unsentBytes: number, { studio, count }: Words = words): string | undefined {
  if (roundTripMs === undefined) return undefined;
  const grade = unsentBytes > 8_000 || roundTripMs > 600 ? "weak" : unsentBytes > 2_000 || roundTripMs > 250 ? "fair" : "good";
  const waiting = unsentBytes > 2_000 ? ` · ${studio.line.unsent(count.plain(Math.round(unsentBytes / 1_000)))}` : "";
  return `${studio.line[grade]} · ${studio.line.roundTrip(count.plain(roundTripMs))}${waiting}`;
}

function sayOnAir({ muted, mutedInRoom, muteLocked, standsBy, steppedIn, microphone }: Studio, say: Words["studio"]): string {
  if (microphone === "fault" || microphone === "closed") return say.noMicrophone;
  if (microphone === "opening") return say.changing;
  if (muteLocked) return say.heldMuted;
  if (muted) return say.onMuted;
  if (mutedInRoom) return say.unmuting;
  if (standsBy) return steppedIn ? say.steppedIn : say.standingBy;
  return say.heard;
}

function sayEnd(end: LinkEnd, say: Words["studio"]): string {
  switch (end.code) {
    case ENDING.ended.code:
      return say.over;
    case ENDING.superseded.code:
      return say.otherWindow;
    case ENDING.moved.code:
      return say.moved;
    default: {
      const says = sayWhyEnded(end);
      return says.endsWith(".") ? says : `${says}.`;
    }
  }
}

/** How a speaker's line does, for who looks after the stage. */
export function sayLoss(
  { roundTripMs = 0, lossPercent }: { readonly roundTripMs?: number; readonly lossPercent: number },
  { panel, count }: Words = words,
): string {
  const grade = lossPercent > 5 || roundTripMs > 600 ? "weak" : lossPercent > 1 || roundTripMs > 250 ? "fair" : "good";
  const lost = lossPercent < 0.1 ? "" : ` (${panel.loss(count.plain(Math.round(lossPercent * 10) / 10))})`;
  return `${panel.lineOf[grade]}${lost}`;
}
