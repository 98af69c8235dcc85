import { comparePositions, type Position } from "../../audio/position.ts";
import { isCount, isFields, parseObject } from "../../json.ts";

/**
 * From behind `after` on, what is said is kept, or is not. `atMs`: the same instant on the room's timeline, in ms.
 *
 * By position, not by when it was heard of: a child that was away is told the newest states first and then what it missed, and nothing that
 * was said while it was off may be kept because the word came before the sound.
 */
export type Switch = { readonly on: boolean; readonly after: Position; readonly atMs: number };

/** A switch as an archive remembers it: all that is kept from an `on` until the next `off` is one take. */
export type TakeSwitch = Switch & { readonly take: number };

/** The newest switches that are told: of who plays with it faster than the archive can hear, what was said in between is not kept. */
const MOST_SWITCHES = 32;

/** The switches with one more, if it is one. */
export function switched(switches: readonly Switch[], next: Switch): readonly Switch[] {
  if (switches.at(-1)?.on === next.on) return switches;
  const [oldest, , ...newer] = [...switches, next];
  if (oldest === undefined || switches.length < MOST_SWITCHES) return [...switches, next];
  return [{ ...oldest, on: false }, ...newer];
}

/** What an archive knows once it was `told`: up to the first told switch as it knew it, from there on as it is told. */
export function retold(known: readonly TakeSwitch[], told: readonly Switch[], takes: number): readonly TakeSwitch[] {
  const [first] = told;
  if (first === undefined) return known;
  const merged = known.filter(({ after }) => comparePositions(after, first.after) < 0);
  let newest = known.reduce((most, { take }) => Math.max(most, take), takes);
  for (const one of told) {
    const same = known.find(({ on, after }) => on === one.on && comparePositions(after, one.after) === 0);
    const before = merged.at(-1);
    const isNew = one.on && same === undefined && before?.on !== true;
    const take = same?.take ?? (isNew ? ++newest : (before?.take ?? newest));
    merged.push({ ...one, take });
  }
  return merged;
}

/** The take that the chunk at `position` belongs to; undefined for what is not kept. */
export function takeAt(switches: readonly TakeSwitch[], position: Position): number | undefined {
  const inForce = switches.findLast(({ after }) => comparePositions(after, position) < 0);
  return inForce?.on === true ? inForce.take : undefined;
}

/** From where on it has been on until now; undefined while it is off. */
export function onSince(switches: readonly Switch[]): Switch | undefined {
  return switches[switches.findLastIndex(({ on }) => !on) + 1];
}

/** Without those that no chunk after `heard` asks for. */
export function pruned(switches: readonly TakeSwitch[], heard: Position): readonly TakeSwitch[] {
  const inForce = switches.findLastIndex(({ after }) => comparePositions(after, heard) <= 0);
  return inForce <= 0 ? switches : switches.slice(inForce);
}

/** What a `recording` text says. `keepMs`: undefined where the room has not said how long. */
export type RecordingTold = { readonly keepMs: number | undefined; readonly switches: readonly Switch[] };

/** The only door for a `recording` text; undefined if it is none. */
export function parseRecordingTold(text: string): RecordingTold | undefined {
  const said = parseObject(text);
  if (said === undefined || !Array.isArray(said["switches"]) || said["switches"].length > MOST_SWITCHES) return undefined;
  const switches = said["switches"].map(switchOf).filter((one) => one !== undefined);
  if (switches.length !== said["switches"].length) return undefined;
  return { keepMs: isCount(said["keepMs"]) ? said["keepMs"] : undefined, switches };
}

/** The only door for one switch. */
export function switchOf(said: unknown): Switch | undefined {
  if (!isFields(said) || typeof said["on"] !== "boolean" || !isCount(said["atMs"]) || !isFields(said["after"])) return undefined;
  const { epoch, sequence } = said["after"];
  return isCount(epoch) && isCount(sequence) ? { on: said["on"], after: { epoch, sequence }, atMs: said["atMs"] } : undefined;
}
