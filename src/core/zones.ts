/** What the platform knows of time zones: their rules change with every year's edicts, so they are an argument, as time and luck are. */
export type Zones = {
  /** How far a zone's clocks are ahead of UTC at that instant (ms since 1970), in ms; undefined for a zone that is unknown. */
  offsetMsAt(timeZone: string, at: number): number | undefined;
};

/** What a time that somebody wrote means. `at`: ms since 1970; `twice`: both times that it may be, with their offsets. */
export type Meant = { readonly at: number } | { readonly missing: true } | { readonly twice: readonly string[] };

/** No zone's clocks are changed by more than this at once, in ms: Samoa left a whole day out in 2011. */
const LARGEST_CHANGE_MS = 36 * 3_600_000;

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3})\d*)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * The instant that an ISO 8601 time means: by its own offset, else as a wall clock in `timeZone` shows it.
 *
 * @returns undefined for what is no time, or a zone that is unknown
 */
export function instantOf(text: string, timeZone: string, zones: Zones): Meant | undefined {
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map((digits) => Number(digits ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second) + Number((found[7] ?? "").padEnd(3, "0"));
  // 30 February is no day: Date.UTC would make it one of March.
  if (new Date(wall).toISOString().slice(0, 16) !== text.slice(0, 16) || second > 59) return undefined;
  const offset = found[8];
  if (offset !== undefined) {
    const ms = offsetMs(offset);
    return ms === undefined ? undefined : { at: wall - ms };
  }
  const instants = instantsOf(wall, (at) => zones.offsetMsAt(timeZone, at));
  if (instants === undefined) return undefined;
  const [first] = instants;
  if (first === undefined) return { missing: true };
  return instants.length === 1 ? { at: first } : { twice: instants.map((at) => withOffset(wall, wall - at)) };
}

/** All instants at which a wall clock shows `wall` (ms since 1970, read as if it were UTC), the earliest first; undefined in an unknown zone. */
function instantsOf(wall: number, offsetAt: (at: number) => number | undefined): readonly number[] | undefined {
  const offsets = [wall - LARGEST_CHANGE_MS, wall, wall + LARGEST_CHANGE_MS].map(offsetAt).filter((offset) => offset !== undefined);
  if (offsets.length === 0) return undefined;
  const instants = [...new Set(offsets)].map((offset) => wall - offset).filter((at) => offsetAt(at) === wall - at);
  return instants.sort((one, other) => one - other);
}

/** `+01:00` in ms; undefined for what no clock is ahead by. */
function offsetMs(text: string): number | undefined {
  if (text === "Z") return 0;
  const [hours = 0, minutes = 0] = text.slice(1).split(":").map(Number);
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A wall time with its offset, as `opensAt` takes it. */
function withOffset(wall: number, offset: number): string {
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const two = (part: number): string => String(part).padStart(2, "0");
  const zone = `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  return `${new Date(wall).toISOString().slice(0, 19)}${zone}`;
}
