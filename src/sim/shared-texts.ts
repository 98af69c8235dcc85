import { isCount } from "../core/json.ts";
import { formatWelcome } from "../core/tree/down/greeting.ts";
import { formatPassed, type LinkText, parseLinkText } from "../core/tree/down/link.ts";
import { parseStateHead, type StateHead } from "../core/tree/down/states.ts";
import type { Texts } from "../core/tree/down/texts.ts";

/** So many texts are remembered; what is told to all is told within a few hundred ms. */
const REMEMBERED = 256;
/** Welcomes that are remembered, by chunk, stride and states: leaves differ by one of these. A power of two. */
const WELCOMES = 1_024;

type Asked = Parameters<typeof formatWelcome>;
type Welcome = { readonly asked: Asked; readonly text: string };

/** Reads and writes each text once for all nodes of an evening: the same few go to thousands of them. What they make of it is theirs. */
export class SharedTexts implements Texts {
  readonly #links = new Map<string, LinkText | undefined>();
  readonly #heads = new Map<string, StateHead | undefined>();
  readonly #welcomes: (Welcome | undefined)[] = new Array<Welcome | undefined>(WELCOMES).fill(undefined);

  link(text: string): LinkText | undefined {
    // Said to one child alone, with a number of its own: not worth remembering, and surely read rightly if it would be written so.
    const revision = text.startsWith(PASSED) ? Number(text.slice(PASSED.length, -1)) : undefined;
    if (revision !== undefined)
      return isCount(revision) && formatPassed(revision) === text ? { type: "passed", revision } : parseLinkText(text);
    return remembered(this.#links, text, parseLinkText);
  }

  head(text: string): StateHead | undefined {
    return remembered(this.#heads, text, parseStateHead);
  }

  welcome(...asked: Asked): string {
    const [states, revision, , newest] = asked;
    const slot = (newest.sequence + 61 * (states.at(-1)?.length ?? 0) + 7 * revision) & (WELCOMES - 1);
    const known = this.#welcomes[slot];
    if (known !== undefined && isSame(known.asked, asked)) return known.text;
    const text = formatWelcome(...asked);
    this.#welcomes[slot] = { asked, text };
    return text;
  }
}

const PASSED = formatPassed(0).slice(0, -2);

function isSame(one: Asked, other: Asked): boolean {
  const [states, revision, roomTimeMs, newest, extras] = one;
  const [otherStates, otherRevision, otherTimeMs, otherNewest, otherExtras] = other;
  if (roomTimeMs !== otherTimeMs || revision !== otherRevision || states.length !== otherStates.length) return false;
  if (newest.sequence !== otherNewest.sequence || newest.epoch !== otherNewest.epoch) return false;
  if (extras.acks !== otherExtras.acks || extras.segments !== otherExtras.segments) return false;
  return states === otherStates || states.every((state, index) => state === otherStates[index]);
}

function remembered<Read>(known: Map<string, Read | undefined>, text: string, read: (text: string) => Read | undefined): Read | undefined {
  const before = known.get(text);
  if (before !== undefined || known.has(text)) return before;
  const said = read(text);
  if (known.size >= REMEMBERED) known.clear();
  known.set(text, said);
  return said;
}
