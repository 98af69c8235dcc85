import { may, runsRoom, type Standing } from "../../core/room/roles.ts";
import type { StageSays, Verb } from "../../core/wire/messages.ts";
import { type Studio, standingIn } from "../stage/studio.ts";

/** Asks something of the room; false if there is no line at this moment. */
export type Ask = (said: StageSays) => boolean;

/** Where a panel stands. `isStudio`: on a page that has links and the end of the room of its own, and that shows who is on stage to speakers, too. */
export type PanelPage = { readonly room: string; readonly isStudio: boolean };

/** A part of a panel: its element, and how it follows what the room says. */
export type Panel = { readonly element: HTMLElement; readonly show: (studio: Studio) => void };

/** True of who runs the room: the whole panel is his. */
export function mayRun(studio: Studio): boolean {
  const standing = standingIn(studio);
  return standing !== undefined && runsRoom(standing);
}

/** True if this page's owner may do it just now, as far as roles go; the room itself decides again. */
export function allowed(studio: Studio, verb: Verb, target?: Standing): boolean {
  const standing = standingIn(studio);
  return standing !== undefined && may(standing, verb, target) === true;
}
