import { BEFORE_ALL, type Position } from "../../audio/position.ts";
import type { RecordedPerson } from "../../audio/recording.ts";
import { isCount, isFields, isNumber, parseObject } from "../../json.ts";
import { personOf } from "./heard-people.ts";
import { switchOf, type TakeSwitch } from "./switches.ts";

/** How long a recording is kept after the room's end where nobody has said how long, in ms: 30 days. */
export const KEEP_MS = 30 * 86_400_000;

/** How far a room has come: its newest chunk, and the same instant on the timeline of its epoch, in ms. */
export type SaidUpTo = { readonly after: Position; readonly atMs: number };

/**
 * How far a recording was deleted: nothing that was said up to there is ever kept, though it may be heard or told of again, as it is to who
 * comes back.
 */
export type Deleted = SaidUpTo & {
  /** Lines of captions that were told of by then, by the names that they are kept under. */
  readonly lines: readonly string[];
};

/** Before anything was deleted. */
export const NOTHING_DELETED: Deleted = { after: BEFORE_ALL, atMs: 0, lines: [] };

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
  readonly deleted: Deleted;
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
  deleted: NOTHING_DELETED,
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
    deleted: deletedOf(said["deleted"]),
  };
}

/** Nothing, for what was remembered before deletions were. */
function deletedOf(said: unknown): Deleted {
  if (!isFields(said) || !isFields(said["after"]) || !isNumber(said["atMs"]) || !Array.isArray(said["lines"])) return NOTHING_DELETED;
  const { epoch, sequence } = said["after"];
  if (!isCount(epoch) || !isCount(sequence)) return NOTHING_DELETED;
  return { after: { epoch, sequence }, atMs: said["atMs"], lines: said["lines"].filter((id) => typeof id === "string") };
}

function takeSwitchOf(said: unknown): readonly TakeSwitch[] {
  const one = switchOf(said);
  return one !== undefined && isFields(said) && isCount(said["take"]) ? [{ ...one, take: said["take"] }] : [];
}
