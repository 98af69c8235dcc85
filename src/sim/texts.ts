import type { Position } from "../core/audio/position.ts";
import { isCount, isFields, parseObject } from "../core/json.ts";

/** What a listener's client reads of a text. Every leaf sends the same few texts to all: each is read once. */

/** True of a greeting's first text. */
export function isWelcome(text: string): boolean {
  return text.startsWith('{"type":"welcome"');
}

/** So many gaps are remembered; whole crowds are told of the same. */
const GAPS = 1_024;
const gaps = new Map<string, Position & { readonly reason: unknown }>();

/** Where the sound goes on, and why not where it was, if the text is a `gap`. */
export function gapTo(text: string): (Position & { readonly reason: unknown }) | undefined {
  if (!text.startsWith('{"type":"gap"')) return undefined;
  const known = gaps.get(text);
  if (known !== undefined) return known;
  const said = parseObject(text);
  const to = said?.["to"];
  if (!isFields(to)) return undefined;
  const { epoch, sequence } = to;
  if (!isCount(epoch) || !isCount(sequence)) return undefined;
  const gap = { epoch, sequence, reason: said?.["reason"] };
  if (gaps.size >= GAPS) gaps.clear();
  gaps.set(text, gap);
  return gap;
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
