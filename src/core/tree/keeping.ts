import type { RecordedPerson } from "../audio/recording.ts";
import { isCount, isFields, isNumber, parseObject } from "../json.ts";
import { personOf } from "./heard-people.ts";
import { switchOf, type TakeSwitch } from "./switches.ts";

/** How long a recording is kept after the room's end where nobody has said how long, in ms: 30 days. */
export const KEEP_MS = 30 * 86_400_000;

/** What an archive remembers of a recording besides its segments; written when it changes, never per chunk. Instants in ms since 1970. */
export type Keeping = {
  /** The switches that a chunk may still ask for. */
  readonly switches: readonly TakeSwitch[];
  readonly takes: number;
  /** How long it is kept after the room's end, in ms. */
  readonly keepMs: number;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly people: readonly RecordedPerson[];
  readonly captioned: boolean;
};

/** Before anything was kept. */
export const NOTHING_KEPT: Keeping = {
  switches: [],
  takes: 0,
  keepMs: KEEP_MS,
  startedAt: undefined,
  endedAt: undefined,
  people: [],
  captioned: false,
};

/** The only door for what was remembered; nothing kept, if it is none. */
export function parseKeeping(text: string): Keeping {
  const said = parseObject(text);
  if (said === undefined || !Array.isArray(said["switches"]) || !Array.isArray(said["people"])) return NOTHING_KEPT;
  const { takes, keepMs, startedAt, endedAt } = said;
  if (!isCount(takes) || !isCount(keepMs)) return NOTHING_KEPT;
  return {
    switches: said["switches"].flatMap(takeSwitchOf),
    takes,
    keepMs,
    startedAt: isNumber(startedAt) ? startedAt : undefined,
    endedAt: isNumber(endedAt) ? endedAt : undefined,
    people: said["people"].map(personOf).filter((one) => one !== undefined),
    captioned: said["captioned"] === true,
  };
}

function takeSwitchOf(said: unknown): readonly TakeSwitch[] {
  const one = switchOf(said);
  return one !== undefined && isFields(said) && isCount(said["take"]) ? [{ ...one, take: said["take"] }] : [];
}
