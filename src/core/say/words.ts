import { en } from "./en/en.ts";
import { fr } from "./fr/fr.ts";
import type { Language } from "./language.ts";
import type { Words } from "./type.ts";

export type { Words };

const WORDS: Readonly<Record<Language, Words>> = { en, fr };

/** The words of `language`. */
export function wordsOf(language: Language): Words {
  return WORDS[language];
}
