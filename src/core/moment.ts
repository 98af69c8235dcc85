/** Beyond this no address points, in s: a week. */
const MOST_S = 7 * 24 * 3_600;

/**
 * The moment that an address names (`?t=`), in ms: `1h2m3s`, `62m`, `90`, `90s`; undefined if it names none.
 *
 * The spelling that people know from videos; parts may be left out, and may be larger than a clock's (`90m`).
 */
export function parseMoment(text: string): number | undefined {
  const found = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s?)?$/.exec(text.trim().toLowerCase());
  if (found === null || found[0] === "") return undefined;
  const [, hours = "0", minutes = "0", seconds = "0"] = found;
  const all = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return all <= MOST_S ? all * 1_000 : undefined;
}

/** The moment as an address names it: `1h2m3s`, `2m3s`, `3s`; whole seconds. */
export function formatMoment(ms: number): string {
  const { hours, minutes, seconds } = partsOf(ms);
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

/** The moment as a clock shows it: `1:02:03`, `12:03`, `0:07`. */
export function clockOf(ms: number): string {
  const { hours, minutes, seconds } = partsOf(ms);
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Whole hours, minutes and seconds of a length. */
export function partsOf(ms: number): { readonly hours: number; readonly minutes: number; readonly seconds: number } {
  const all = Math.max(0, Math.floor(ms / 1_000));
  return { hours: Math.floor(all / 3_600), minutes: Math.floor(all / 60) % 60, seconds: all % 60 };
}
