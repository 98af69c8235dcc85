/** The languages that pages speak. */
export const LANGUAGES = ["en", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Of languages and whoever asks for none of them. */
const DEFAULT: Language = "en";
/** What is read of an Accept-Language header, in characters; browsers send well below 200. */
const MAX_HEADER = 1_000;

/** The language that a tag such as `fr-CA` names; undefined if pages do not speak it. */
export function languageIn(tag: string | undefined | null): Language | undefined {
  const primary = tag?.trim().toLowerCase().split("-")[0];
  return LANGUAGES.find((language) => language === primary);
}

/**
 * The language that suits a browser best: by quality, the first of equals (RFC 9110 §12.5.4).
 *
 * @param acceptLanguage the header, as in `fr-CH, fr;q=0.9, en;q=0.8`; undefined where there is none
 */
export function languageFor(acceptLanguage: string | undefined): Language {
  let best: Language = DEFAULT;
  let bestQuality = 0;
  for (const entry of (acceptLanguage ?? "").slice(0, MAX_HEADER).split(",")) {
    const [tag, ...parameters] = entry.split(";");
    const language = languageIn(tag);
    const quality = qualityIn(parameters);
    if (language === undefined || !(quality > bestQuality)) continue;
    best = language;
    bestQuality = quality;
  }
  return best;
}

function qualityIn(parameters: readonly string[]): number {
  const said = parameters.map((one) => one.trim()).find((one) => one.startsWith("q="));
  return said === undefined ? 1 : Number(said.slice(2));
}
