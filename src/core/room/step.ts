import { type RefusalCode, refusal } from "./refusals.ts";
import type { Room, RoomEffect } from "./state.ts";

/** What one event makes of a room; what everybody must be told of the change is found by comparing (tells.ts). */
export type Step = {
  readonly room: Room;
  /** Done before anybody is told. */
  readonly early?: readonly RoomEffect[];
  /** Done after everybody was told. */
  readonly late?: readonly RoomEffect[];
};

/** A *no*: nothing changes. */
export function no(room: Room, code: RefusalCode, says?: string): Step {
  return { room, late: [{ do: "refuse", refusal: refusal(code, says) }] };
}

/** One step after another. */
export function both(one: Step, next: (room: Room) => Step): Step {
  const other = next(one.room);
  return {
    room: other.room,
    early: [...(one.early ?? []), ...(other.early ?? [])],
    late: [...(one.late ?? []), ...(other.late ?? [])],
  };
}
