import { element } from "../elements.ts";
import type { Ask, Panel } from "./shown.ts";

/** Everything that who runs the room may do. */
export function makePanel(_room: string, _ask: Ask): Panel {
  return { element: element("div"), show: () => undefined };
}
