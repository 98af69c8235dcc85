import { languageIn } from "../../core/say/language.ts";
import { type Words, wordsOf } from "../../core/say/words.ts";
import { endingOf } from "../../core/wire/ending.ts";

/** The page's words: in the language that the edge wrote it in. */
export const words: Words = wordsOf(languageIn(globalThis.document?.documentElement.lang) ?? "en");

/** A *no* in the page's words, by its code; in the server's own where the page has none for it. */
export function sayNo({ code, says }: { readonly code: string; readonly says: string }): string {
  return words.no.code[code] ?? says;
}

/** Why a connection is over for good: by its close code, in the page's words. */
export function sayWhyEnded({ code, says }: { readonly code: number; readonly says: string }): string {
  const name = endingOf(code);
  return name === undefined ? says : words.no.ending[name];
}
