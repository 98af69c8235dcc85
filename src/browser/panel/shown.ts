import type { Role } from "../../core/room/roles.ts";
import type { StageSays } from "../../core/wire/messages.ts";
import type { Studio } from "../studio.ts";

/** Asks something of the room; false if there is no line at this moment. */
export type Ask = (said: StageSays) => boolean;

/** A part of a panel: its element, and how it follows what the room says. */
export type Panel = { readonly element: HTMLElement; readonly show: (studio: Studio) => void };

/** True of who runs the room: the panel is his. */
export function mayRun(role: Role | undefined): boolean {
  return role === "host" || role === "co-host";
}
