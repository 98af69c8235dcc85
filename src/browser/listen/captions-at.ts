import type { RoomInstant } from "../../core/audio/player.ts";
import { newestTold } from "../captions/timeline.ts";
import type { Hearing } from "./hearing.ts";

/** What of the captions is to be read now: what sounds, or all that was told where no sound comes out. In the cached lane it still will. */
export function captionsAt(hearing: Hearing): RoomInstant | undefined {
  const at = hearing.held ? undefined : hearing.facts?.at;
  return at ?? (hearing.lane === "live" ? newestTold(hearing) : undefined);
}
