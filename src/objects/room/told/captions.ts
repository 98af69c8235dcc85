import { type CaptionLine, CaptionLines, type CaptionRefusal } from "../../../core/room/caption-lines.ts";
import type { RoomEffect } from "../../../core/room/state.ts";

/** The body of a room's captions: one timer. Nothing of them is stored here; where the room is recorded, its archive keeps them. */
export class Captions {
  readonly #lines = new CaptionLines();
  readonly #tell: (lines: readonly CaptionLine[]) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #rings = Number.POSITIVE_INFINITY;

  /** @param tell tells everybody; three times a second at most */
  constructor(tell: (lines: readonly CaptionLine[]) => void) {
    this.#tell = tell;
  }

  /** @param roomTimeMs undefined while there is no timeline that it could stand on */
  say({ of, said, mayBegin }: Extract<RoomEffect, { do: "caption" }>, roomTimeMs: number | undefined): CaptionRefusal | undefined {
    if (roomTimeMs === undefined) return "caption-off-air";
    const refused = this.#lines.say(of, said, mayBegin, roomTimeMs, Date.now());
    this.#pass();
    return refused;
  }

  #pass(): void {
    const lines = this.#lines.tell(Date.now());
    if (lines !== undefined) this.#tell(lines);
    const due = this.#lines.dueAt ?? Number.POSITIVE_INFINITY;
    // A timer that rings too early asks again, so it is only set anew for what comes sooner.
    if (this.#timer !== undefined && this.#rings <= due) return;
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
    if (due === Number.POSITIVE_INFINITY) return;
    this.#rings = due;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#pass();
      },
      Math.max(0, due - Date.now()),
    );
  }
}
