import type { Studio } from "./studio.ts";

/** What the studio says about itself, honestly and in one sentence. */
export function sayStudio(studio: Studio): string {
  const { link, end, wanted, onAir, microphone } = studio;
  if (end !== undefined) return sayEnd(end.code, end.says);
  if (studio.room?.phase === "ended") return "The room is over. Thank you for hosting.";
  if (link !== "open")
    return wanted ? "The connection was lost. Coming back by itself; you will go on air again." : "Connecting to the room …";
  if (wanted && microphone === "held") return "Your browser holds the microphone back after the reload. Touch the page to go on.";
  if (wanted && microphone === "opening") return "Opening the microphone …";
  if (onAir) return sayOnAir(studio);
  if (wanted && (microphone === "closed" || microphone === "fault")) return "Use a microphone, and you go on air again.";
  if (wanted) return "Going on air …";
  if (microphone === "open") return studio.muted ? "Ready, and still muted. Nobody hears you yet." : "Ready. Nobody hears you yet.";
  return "Choose your microphone, try it, then go on air.";
}

/** What deserves a warning, the gravest first; nothing if all is well. */
export function sayWarning(studio: Studio): string | undefined {
  if (studio.fault !== undefined) return studio.fault;
  if (studio.refused !== undefined) return studio.refused;
  if (studio.lossy) return "Your line is too slow: parts of what you say are not heard.";
  if (studio.silent && studio.microphone === "open")
    return "Your microphone is silent: nobody hears you. Is it switched off, or is another one chosen?";
  return studio.notice;
}

/** How good the line is, from its round trip and what it does not get rid of. */
export function sayLine(roundTripMs: number | undefined, unsentBytes: number): string | undefined {
  if (roundTripMs === undefined) return undefined;
  const grade = unsentBytes > 8_000 || roundTripMs > 600 ? "weak" : unsentBytes > 2_000 || roundTripMs > 250 ? "fair" : "good";
  const waiting = unsentBytes > 2_000 ? ` · ${Math.round(unsentBytes / 1_000)} kB not sent yet` : "";
  return `Connection ${grade} · ${roundTripMs} ms there and back${waiting}`;
}

function sayOnAir({ muted, mutedInRoom, microphone }: Studio): string {
  if (microphone === "fault" || microphone === "closed") return "You are on air without a microphone: nobody hears you.";
  if (microphone === "opening") return "You are on air. Changing the microphone …";
  if (muted) return "You are on air, muted: nobody hears you.";
  return mutedInRoom ? "You are on air. Unmuting …" : "You are on air. Everybody in the room hears you.";
}

function sayEnd(code: number, says: string): string {
  switch (code) {
    case 4500:
      return "The room is over. Thank you for hosting.";
    case 4501:
      return "Another window took over: you are the host there now, and this window is off.";
    default:
      return `${says}${says.endsWith(".") ? "" : "."}`;
  }
}
