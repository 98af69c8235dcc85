import type { Over } from "../../core/room/upkeep.ts";
import { ENDING } from "../../core/wire/ending.ts";
import type { LinkEnd } from "../line/link-mind.ts";
import { part, write } from "../page/parts.ts";
import { words } from "../page/words.ts";

/** What stands where one listened, once that is over for good: ended, removed, private. False for ends that the status line tells. @param isEnded the room itself is over */
export function showEnding(end: LinkEnd | undefined, isEnded: boolean, over: Over | undefined): boolean {
  const card = part("ending", HTMLElement);
  const { ends } = words.listener;
  const [title, says] =
    end?.code === ENDING.removed.code
      ? [ends.removedTitle, ends.removed]
      : end?.code === ENDING.private.code
        ? [ends.privateTitle, ends.private]
        : isEnded
          ? [ends.endedTitle, over === undefined ? ends.ended : over.by === "idle" ? ends.idle : ends.operator(over.why)]
          : [];
  card.hidden = title === undefined;
  if (title === undefined || says === undefined) return false;
  write(part("ending-title", HTMLElement), title);
  write(part("ending-says", HTMLElement), says);
  return true;
}
