import type { Language } from "./language.ts";

/**
 * A day and a time as people of `language` write it, with the zone's name.
 *
 * @param at ms since 1970
 * @param timeZone an IANA name; the reader's own where it is missing, and UTC where this platform does not know it
 */
export function whenIn(language: Language, at: number, timeZone?: string): string {
  const parts = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" } as const;
  const zoned = (zone: string | undefined): string =>
    new Intl.DateTimeFormat(language, { ...parts, timeZoneName: "short", ...(zone === undefined ? {} : { timeZone: zone }) }).format(at);
  try {
    return zoned(timeZone);
  } catch {
    return zoned("UTC");
  }
}
