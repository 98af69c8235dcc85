/** Longest name of a person, in characters (code points). */
export const MAX_NAME = 40;
/** Longest title of a room, in characters. */
export const MAX_TITLE = 120;
/** Longest question, in characters. */
export const MAX_QUESTION = 280;

/**
 * Control characters, line and paragraph separators, and what turns text around or hides in it: bidirectional overrides and isolates,
 * marks without width, tags (Unicode TR36 §2.5, TR39). The joiners that emoji and Indic scripts are made with stay allowed.
 */
const UNREADABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;
/** Half of a pair of UTF-16 units. */
const LONE = /\p{Cs}/u;
/** Marks that pile up on one letter until they cover the lines around it. */
const PILED = /\p{M}{5,}/u;

/**
 * The one door for what people call themselves and each other's rooms, and what they ask: trimmed, in NFC, runs of spaces as one.
 *
 * @param most longest length, in characters (code points)
 * @returns undefined if it is empty, too long, or cannot be read as what it is
 */
export function readable(said: unknown, most: number): string | undefined {
  // Four UTF-16 units for each character at the most: longer ones are not looked at.
  if (typeof said !== "string" || said.length > most * 4) return undefined;
  const text = said
    .normalize("NFC")
    .replace(/[\p{Zs}\t]+/gu, " ")
    .trim();
  if (text === "" || [...text].length > most) return undefined;
  return UNREADABLE.test(text) || PILED.test(text) || LONE.test(text) ? undefined : text;
}
