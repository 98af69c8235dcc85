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
  #ids: readonly string[] = [];
  #count = 0;

  /** @param inForce the switch that is on: what began before it was said while it was off */
  take(captionsText: string, epoch: number, inForce: Switch): readonly KeptLine[] {
    const said = parseObject(captionsText);
    const roomTime = said?.["roomTime"];
    if (said === undefined || !Array.isArray(said["lines"]) || !isNumber(roomTime)) return [];
    const lines = said["lines"].filter(isFields).flatMap((line) => lineOf(line, epoch, roomTime));
    const since = inForce.after.epoch === epoch ? inForce.atMs : 0;
    const fresh = lines.filter(({ id, fromMs }) => fromMs >= since && !this.#ids.includes(id)).slice(0, MOST_LINES - this.#count);
    this.#ids = [...this.#ids, ...fresh.map(({ id }) => id)].slice(-REMEMBERED);
    this.#count += fresh.length;
    return fresh;
  }
}

function lineOf({ id, voice, text, from, final }: Fields, epoch: number, roomTime: number): readonly KeptLine[] {
  if (final !== true || typeof id !== "string" || typeof text !== "string" || !isCount(voice) || !isNumber(from) || from < 0) return [];
  const fromMs = Math.floor(from);
  return [{ id, epoch, voice, text: text.slice(0, MAX_LINE), fromMs, toMs: Math.max(fromMs, Math.floor(roomTime)) }];
}
