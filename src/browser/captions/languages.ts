/** Languages that recognizers of today's browsers know, beside those that a browser asks pages for. */
const COMMON = [
  "ar-EG",
  "cs-CZ",
  "da-DK",
  "de-DE",
  "el-GR",
  "en-GB",
  "en-US",
  "es-ES",
  "es-MX",
  "fi-FI",
  "fr-CA",
  "fr-FR",
  "he-IL",
  "hi-IN",
  "hu-HU",
  "id-ID",
  "it-IT",
  "ja-JP",
  "ko-KR",
  "nb-NO",
  "nl-NL",
  "pl-PL",
  "pt-BR",
  "pt-PT",
  "ro-RO",
  "ru-RU",
  "sv-SE",
  "th-TH",
  "tr-TR",
  "uk-UA",
  "vi-VN",
  "zh-CN",
  "zh-TW",
];

/** What a speaker can choose from: his own first, the likeliest of all first. @param own the browser's, best first; each BCP 47 */
export function languagesFor(own: readonly string[]): readonly string[] {
  // A language without a region stands for its home: recognizers want to be told which.
  const whole = own.map((tag) => COMMON.find((common) => common === tag || (!tag.includes("-") && common.startsWith(`${tag}-`))) ?? tag);
  return [...new Set([...whole, ...COMMON])];
}

/** A language's name in the page's own. */
export function languageLabel(tag: string, language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}
