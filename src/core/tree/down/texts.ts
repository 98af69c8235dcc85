import { formatWelcome } from "./greeting.ts";
import { type LinkText, parseLinkText } from "./link.ts";
import { parseStateHead, type StateHead } from "./states.ts";

/** How a node reads and writes texts. The simulator does once what a thousand leaves do alike. */
export type Texts = {
  /** As parseLinkText. */
  link(text: string): LinkText | undefined;
  /** As parseStateHead. */
  head(text: string): StateHead | undefined;
  /** As formatWelcome. */
  welcome(...asked: Parameters<typeof formatWelcome>): string;
};

/** The work as it is. */
export const TEXTS: Texts = { link: parseLinkText, head: parseStateHead, welcome: formatWelcome };
