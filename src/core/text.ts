/** Longest name of a person, in characters (code points). */
export const MAX_NAME = 40;
/** Longest title of a room, in characters. */
export const MAX_TITLE = 120;
/** Longest text about an evening, in characters. */
export const MAX_ABOUT = 500;
/** Longest question, in characters. */
export const MAX_QUESTION = 280;
/** Longest line of captions, in characters: some twenty seconds of quick speech. */
export const MAX_CAPTION = 300;

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

/** The UTF-8 of a text, half surrogates as U+FFFD. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code = point >= 0xd800 && point <= 0xdfff ? 0xfffd : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}

/** What is left of a text once everything is taken out that `readable` would refuse it for: for what a machine has written, whom nobody can ask again. */
export function legible(said: string): string {
  return said
    .normalize("NFC")
    .replace(/\s+/gu, " ")
    .replace(new RegExp(UNREADABLE, "gu"), "")
    .replace(/\p{Cs}/gu, "")
    .replace(/(\p{M}{4})\p{M}+/gu, "$1")
    .replace(/ {2,}/g, " ")
    .trim();
}
