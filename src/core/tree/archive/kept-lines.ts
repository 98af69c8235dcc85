import { LAST_SEQUENCE } from "../../audio/position.ts";
import type { RecordedCaption } from "../../audio/recording.ts";
import { type Fields, isCount, isFields, isNumber, parseObject } from "../../json.ts";
import type { Deleted } from "./keeping.ts";
import { onSince, type Switch } from "./switches.ts";

/** Lines of captions that one recording keeps: more than two a second for six hours. */
const MOST_LINES = 50_000;
/** Longest line that is kept, in UTF-16 units. */
const MAX_LINE = 1_000;
/** Lines that are remembered, so that each is kept once: a text repeats the last four. */
const REMEMBERED = 16;

/** A line of captions as it is stored: whose track it is, is known when it is read. */
export type KeptLine = Omit<RecordedCaption, "track"> & { readonly id: string; readonly voice: number };

/** Takes final lines from captions as they are told, each once. */
export class Lines {
  /** Of lines that were kept. */
  #ids: readonly string[] = [];
  #count = 0;

  /**
   * @param switches by which something is kept just now, or nothing: what began while it was off is not taken
   * @param deleted how far all was deleted
   */
  take(captionsText: string, switches: readonly Switch[], deleted: Deleted): readonly KeptLine[] {
    const since = onSince(switches);
    const told = toldIn(captionsText);
    if (told === undefined || since === undefined) return [];
    const { epoch } = told;
    const lines = told.lines.flatMap((line) => lineOf(line, epoch));
    const fresh = lines
      .filter((line) => isAfter(line, since) && isAfter(line, deleted))
      .filter(({ id }) => !this.#ids.includes(id) && !deleted.lines.includes(id))
      .slice(0, MOST_LINES - this.#count);
    this.#ids = [...this.#ids, ...fresh.map(({ id }) => id)].slice(-REMEMBERED);
    this.#count += fresh.length;
    return fresh;
  }

  /** All that was kept is deleted: there is room again. */
  forget(): void {
    this.#count = 0;
  }
}

/** The lines that a text tells of, final or not, by the names that they are kept under. */
export function lineNames(captionsText: string): readonly string[] {
  const told = toldIn(captionsText);
  return told === undefined ? [] : told.lines.map(({ id }) => idOf(told.epoch, id));
}

function toldIn(captionsText: string): { readonly epoch: number; readonly lines: readonly Fields[] } | undefined {
  const said = parseObject(captionsText);
  const epoch = said?.["epoch"];
  if (said === undefined || !Array.isArray(said["lines"]) || !isCount(epoch)) return undefined;
  return { epoch, lines: said["lines"].filter(isFields) };
}

/** True of a line that began then or later. */
function isAfter({ epoch, fromMs }: KeptLine, { after, atMs }: Pick<Switch, "after" | "atMs">): boolean {
  return epoch === after.epoch && after.sequence < LAST_SEQUENCE ? fromMs >= atMs : epoch > after.epoch;
}

/** The name of a line is one of its epoch. */
function idOf(epoch: number, id: unknown): string {
  return `${epoch}.${String(id)}`;
}

function lineOf({ id, voice, text, from, to, final }: Fields, epoch: number): readonly KeptLine[] {
  if (final !== true || typeof id !== "string" || typeof text !== "string" || !isCount(voice) || !isNumber(from) || from < 0) return [];
  const fromMs = Math.floor(from);
  const toMs = isNumber(to) ? Math.max(fromMs, Math.floor(to)) : fromMs;
  return [{ id: idOf(epoch, id), epoch, voice, text: text.slice(0, MAX_LINE), fromMs, toMs }];
}
