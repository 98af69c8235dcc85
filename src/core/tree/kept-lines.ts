import type { RecordedCaption } from "../audio/recording.ts";
import { type Fields, isCount, isFields, isNumber, parseObject } from "../json.ts";
import type { Switch } from "./switches.ts";

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
  /** Of lines that were kept, or must not be. */
  #ids: readonly string[] = [];
  /** Of the lines of the newest text, final or not. */
  #newest: readonly string[] = [];
  #count = 0;

  /** @param inForce the switch that is on: what began before it was said while it was off */
  take(captionsText: string, inForce: Switch): readonly KeptLine[] {
    const said = parseObject(captionsText);
    const epoch = said?.["epoch"];
    if (said === undefined || !Array.isArray(said["lines"]) || !isCount(epoch)) return [];
    const told = said["lines"].filter(isFields);
    this.#newest = told.map(({ id }) => idOf(epoch, id));
    const since = inForce.after.epoch === epoch ? inForce.atMs : 0;
    const lines = told.flatMap((line) => lineOf(line, epoch));
    const fresh = lines.filter(({ id, fromMs }) => fromMs >= since && !this.#ids.includes(id)).slice(0, MOST_LINES - this.#count);
    this.#ids = [...this.#ids, ...fresh.map(({ id }) => id)].slice(-REMEMBERED);
    this.#count += fresh.length;
    return fresh;
  }

  /** All that was kept is deleted: what the newest text says goes with it, and is not taken when the next one repeats it. */
  forget(): void {
    this.#ids = [...this.#ids, ...this.#newest].slice(-REMEMBERED);
    this.#count = 0;
  }
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
