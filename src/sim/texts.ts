import type { Position } from "../core/audio/position.ts";
import { isCount, isFields, parseObject } from "../core/json.ts";

/** What a listener's client reads of a text. Every leaf sends the same few texts to all: each is read once. */

/** True of a greeting's first text. */
export function isWelcome(text: string): boolean {
  return text.startsWith('{"type":"welcome"');
}

/** Where the sound goes on, and why not where it was, if the text is a `gap`. */
export function gapTo(text: string): (Position & { readonly reason: unknown }) | undefined {
  if (!text.startsWith('{"type":"gap"')) return undefined;
  const said = parseObject(text);
  const to = said?.["to"];
  if (!isFields(to)) return undefined;
  const { epoch, sequence } = to;
  return isCount(epoch) && isCount(sequence) ? { epoch, sequence, reason: said?.["reason"] } : undefined;
}

let lastText = "";
let lastWindow: number | undefined;

/** The window for coming back that an audience state tells, in ms. */
export function toldWindow(text: string): number | undefined {
  if (!text.startsWith('{"type":"audience"')) return undefined;
  if (text !== lastText) {
    const told = parseObject(text)?.["comeBackMs"];
    lastText = text;
    lastWindow = isCount(told) ? told : undefined;
  }
  return lastWindow;
}
