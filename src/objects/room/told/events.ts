import type { Happening } from "../../../core/room/happenings.ts";

/** What goes with an event besides the room's name and title: small, and nothing that a listener may not know. */
export type EventFields = { readonly [field: string]: string | number | boolean };

/**
 * Where a room's object notes what happened (`awake.events`): it is told to who asked for it by webhook, in the order in which it was noted, and
 * at least once.
 */
export interface Events {
  /** Nobody waits for it, and it never throws: what cannot be told now is told later, also by a later life of the object. */
  note(what: Happening, fields?: EventFields): void;
}
