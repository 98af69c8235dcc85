import type { Zones } from "../../core/zones.ts";

/** Zones whose rules are kept at hand: each takes some 30 KB, and asking anew some 50 µs. */
const MOST_KEPT = 64;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The runtime's own time zone database. */
export const zones: Zones = {
  offsetMsAt(timeZone, at) {
    const clock = clockOf(timeZone);
    if (clock === undefined) return undefined;
    const shown = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? 0;
    const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
    return wall - Math.floor(at / 1_000) * 1_000;
  },
};

function clockOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const kept = clocks.get(timeZone);
  if (kept !== undefined) return kept;
  try {
    const numeric = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
    const clock = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", calendar: "gregory", ...numeric });
    const [oldest] = clocks.keys();
    if (clocks.size >= MOST_KEPT && oldest !== undefined) clocks.delete(oldest);
    clocks.set(timeZone, clock);
    return clock;
  } catch {
    // It throws for a zone that it does not know, and tells in no other way.
    return undefined;
  }
}
