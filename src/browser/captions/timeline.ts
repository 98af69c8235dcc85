import type { RoomInstant } from "../../core/audio/player.ts";
import type { AudienceState, CaptionLine, CaptionsState, RoomState } from "../../core/wire/messages.ts";

/** A line that ended this long before what sounds when it is first heard of, in ms, was for who was here then. */
const STALE_MS = 15_000;
/** Lines that wait or are remembered, at most: minutes of captions, of which the cached lane is some seconds behind. */
const MOST = 200;

/** A line to be shown. `key` tells it from every other. */
export type ShownLine = Pick<CaptionLine, "voice" | "name" | "text"> & { readonly key: string };

/** What is to be shown: lines that have become certain since the last time, each once and in order, and those that are still being said. */
export type ShownLines = { readonly finals: readonly ShownLine[]; readonly speaking: readonly ShownLine[] };

type Known = { readonly epoch: number; line: CaptionLine; shown: boolean };

const NOTHING: ShownLines = { finals: [], speaking: [] };

/** Lays captions on the sound: a line is shown once the player has come to where it was said. Pure. */
export class CaptionTimeline {
  readonly #lines = new Map<string, Known>();
  #newest: CaptionsState | undefined;
  #firstEpoch: number | undefined;

  /** The newest captions that the room has told; the same again is no news. */
  told(state: CaptionsState): void {
    if (state === this.#newest) return;
    this.#newest = state;
    for (const line of state.lines) {
      const key = `${state.epoch}.${line.id}`;
      const known = this.#lines.get(key);
      if (known === undefined) this.#lines.set(key, { epoch: state.epoch, line, shown: false });
      else if (!known.line.final) known.line = line;
    }
    for (const key of this.#lines.keys()) {
      if (this.#lines.size <= MOST) break;
      this.#lines.delete(key);
    }
  }

  /** @param at what sounds now; undefined while nobody knows: then nothing is shown */
  show(at: RoomInstant | undefined): ShownLines {
    if (at === undefined) return NOTHING;
    this.#firstEpoch ??= at.epoch;
    const finals: ShownLine[] = [];
    const speaking: ShownLine[] = [];
    for (const [key, known] of this.#lines) {
      if (known.shown || !this.#isReached(known, at)) continue;
      const { voice, name, text, final } = known.line;
      if (this.#isStale(known, at)) known.shown = final;
      else if (!final) speaking.push({ key, voice, name, text });
      else {
        known.shown = true;
        finals.push({ key, voice, name, text });
      }
    }
    return { finals, speaking };
  }

  #isReached({ epoch, line }: Known, at: RoomInstant): boolean {
    return epoch < at.epoch || (epoch === at.epoch && line.from <= at.roomTimeMs);
  }

  /** What was said before this listener came. */
  #isStale({ epoch, line }: Known, at: RoomInstant): boolean {
    return epoch === at.epoch ? line.to < at.roomTimeMs - STALE_MS : epoch < (this.#firstEpoch ?? 0);
  }
}

/** Where the room itself stands, as far as it has told: for who hears it as it speaks, or has its captions and no sound. */
export function newestTold(told: {
  readonly room: RoomState | undefined;
  readonly audience: AudienceState | undefined;
  readonly captions: CaptionsState | undefined;
}): RoomInstant | undefined {
  const { room, audience, captions } = told;
  if (captions === undefined) return undefined;
  const epoch = room?.epoch ?? captions.epoch;
  const roomTimeMs = Math.max(room?.roomTime ?? 0, audience?.roomTime ?? 0, epoch === captions.epoch ? captions.roomTime : 0);
  return { epoch, roomTimeMs };
}
