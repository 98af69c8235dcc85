import type { Problem, Successible } from "../page/api.ts";

/**
 * How it stands with who would take the room over.
 *
 * - free: he may, and nobody has
 * - mine: his own link has done it already, and may give the new room's links again until its host has come
 * - over: he may not, and that will not change; `room`: where the audience is now, if that is known
 * - unsure: that could not be known just now
 */
export type Standing =
  | { readonly at: "free"; readonly live: boolean; readonly listeners: number }
  | { readonly at: "mine"; readonly room: string }
  | { readonly at: "over"; readonly why: Problem; readonly room: string | undefined }
  | { readonly at: "unsure"; readonly why: Problem };

/** *Noes* that stay. All others are about this moment: the server is busy, restarting, or not there. */
const FINAL: ReadonlySet<string> = new Set([
  "room-moved",
  "room-ended",
  "room-unknown",
  "ticket-missing",
  "ticket-used",
  "ticket-invalid",
  "ticket-expired",
  "ticket-for-another-room",
  "ticket-role-wrong",
]);

/** How it stands, by what the server says of the ticket or answers who tried to use it. @param before how it stood when he tried */
export function standingBy(answer: Successible | Problem, before?: Standing): Standing {
  if (!("code" in answer)) {
    const { room, taken, live, listeners } = answer;
    return taken ? { at: "mine", room } : { at: "free", live, listeners };
  }
  if (!FINAL.has(answer.code)) return { at: "unsure", why: answer };
  // The room that this very link has made: its host has come, and it is there that one can listen.
  const mine = before?.at === "mine" ? before.room : undefined;
  return { at: "over", why: answer, room: answer.room ?? (answer.code === "ticket-used" ? mine : undefined) };
}
