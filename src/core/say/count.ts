import type { Language } from "./language.ts";

/** The forms of a counted thing; `#` stands for the number. `other` is for all that a language has no form of its own for. */
export type Forms = { readonly one: string; readonly other: string };

/** Counts things and writes numbers in one language, as Intl knows them. */
export type Counter = {
  (count: number, forms: Forms): string;
  /** A number alone, as `12,500`. */
  readonly plain: (count: number) => string;
};

/** How `language` counts. */
export function counterIn(language: Language): Counter {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  const count = (amount: number, { one, other }: Forms): string =>
    (rules.select(amount) === "one" ? one : other).replace("#", numbers.format(amount));
  return Object.assign(count, { plain: (amount: number) => numbers.format(amount) });
}
