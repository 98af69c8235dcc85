import type { Position } from "../../audio/position.ts";
import { type Message, messagesOf } from "./greeting.ts";
import type { Part } from "./parts.ts";

/** What comes after a position, and where one stands who has heard it. Written as messages once, for all who are sent it. */
export class Slice {
  readonly parts: readonly Part[];
  readonly through: Position;
  #messages: readonly Message[] | undefined;

  constructor(parts: readonly Part[], through: Position) {
    this.parts = parts;
    this.through = through;
  }

  /** As messages for listeners. @param roomTimeMs where the newest chunk ends: the same whenever this slice is asked for */
  messages(roomTimeMs: number): readonly Message[] {
    this.#messages ??= messagesOf(this.parts, roomTimeMs);
    return this.#messages;
  }
}
