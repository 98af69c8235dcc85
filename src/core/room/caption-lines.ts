import type { SessionId } from "../ids.ts";
import { RateLimit } from "../rate-limit.ts";

/** What somebody said, in words. */
export type CaptionLine = {
  /** Tells a line from every other of its epoch; the same line again is longer, or final. */
  readonly id: string;
  readonly voice: number;
  readonly name: string;
  readonly text: string;
  /** When it began and, as far as it is known, ended, on the timeline of the state's epoch, in ms. */
  readonly from: number;
  readonly to: number;
  /** It will not change any more. */
  readonly final: boolean;
};

/** What is told at once: the lines that two people see who talk with each other. */
export const MOST_LINES = 4;
/** Between two tellings, in ms: three a second, as it goes to every listener. */
export const TELL_MS = 334;
/** A line of which nothing was heard for so long, in ms, is final: whoever wrote it down is gone, or has nothing to add. */
export const LINE_QUIET_MS = 5_000;
/** Nobody writes down what was said longer ago than this, in ms. */
const PAST_MS = 60_000;
/** What one speaker's lines may be said within SAYINGS_MS: twice what a recognizer says that tells of every word. */
const SAYINGS = 20;
/** Lines that a room may begin within SAYINGS_MS. Less than what is told in that time (48), so that no line waits for long. */
const BEGINNINGS = 40;
const SAYINGS_MS = 4_000;
/** Lines that were told to the end are remembered: for newcomers, and for programs that ask twice. */
const REMEMBERED = 64;

/** Why a caption is not taken. */
export type CaptionRefusal = "caption-off-air" | "caption-final" | "caption-too-often";

/** Whose words they are. */
export type CaptionSpeaker = { readonly session: SessionId; readonly voice: number; readonly name: string };

/** What is said of a line. `from`, `to`: on the room's timeline, in ms; now if they are left out. */
export type CaptionSaying = {
  readonly id: string;
  readonly text: string;
  readonly final: boolean;
  readonly from?: number;
  readonly to?: number;
};

type Line = { -readonly [Field in keyof CaptionLine]: CaptionLine[Field] } & {
  /** What its speaker calls it. */
  readonly called: string;
  heardAt: number;
  /** Something of it was not told yet. */
  isNews: boolean;
};

/**
 * The captions of a room, all speakers' together: what is said of lines in, what is told of them out, at most three times a second however
 * many speak. Every line is told once it is final, whatever else happens; of what it was before that, as much as there is time for.
 *
 * A voice has one line that is not final; the next one ends it. Times are ms of one clock, but where room time is meant.
 */
export class CaptionLines {
  /** In the order in which they were begun. */
  #lines: Line[] = [];
  #begun = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  readonly #sayings = new RateLimit(SAYINGS, SAYINGS_MS);
  readonly #beginnings = new RateLimit(BEGINNINGS, SAYINGS_MS);

  /**
   * Something of a line was said.
   *
   * @param mayBegin a new line may be begun
   * @param roomTimeMs where the room's timeline stands
   */
  say(of: CaptionSpeaker, said: CaptionSaying, mayBegin: boolean, roomTimeMs: number, now: number): CaptionRefusal | undefined {
    if (!this.#sayings.take(of.session, now)) return "caption-too-often";
    const known = this.#lines.findLast(({ voice, called }) => voice === of.voice && called === said.id);
    // Whoever asks by HTTP may have to ask again.
    if (known?.final === true) return said.final && said.text === known.text ? undefined : "caption-final";
    if (known === undefined && !mayBegin) return "caption-off-air";
    if (known === undefined && !this.#beginnings.take("room", now)) return "caption-too-often";
    const line = known ?? this.#begin(of, said, roomTimeMs);
    const { text, final } = said;
    const to = Math.round(Math.max(line.from, line.to, Math.min(roomTimeMs, said.to ?? roomTimeMs)));
    Object.assign(line, { text, final, to, name: of.name, heardAt: now, isNews: true });
    return undefined;
  }

  /** When `tell` has something to tell, by the clock of `say`; undefined while there is nothing. */
  get dueAt(): number | undefined {
    let due = Number.POSITIVE_INFINITY;
    for (const { final, heardAt, isNews } of this.#lines) {
      if (isNews) due = Math.min(due, this.#toldAt + TELL_MS);
      if (!final) due = Math.min(due, heardAt + LINE_QUIET_MS);
    }
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  /** What is to be told now; undefined if there is nothing new, or it is too soon. */
  tell(now: number): readonly CaptionLine[] | undefined {
    for (const line of this.#lines) if (!line.final && now - line.heardAt >= LINE_QUIET_MS) end(line);
    if (now - this.#toldAt < TELL_MS || !this.#lines.some(({ isNews }) => isNews)) return undefined;
    this.#toldAt = now;
    const told = new Set([...this.#lines].sort(byUrgency).slice(0, MOST_LINES));
    for (const line of told) line.isNews = false;
    this.#forget();
    return this.#lines.filter((line) => told.has(line)).map(shown);
  }

  #begin({ voice, name }: CaptionSpeaker, said: CaptionSaying, roomTimeMs: number): Line {
    for (const line of this.#lines) if (line.voice === voice && !line.final) end(line);
    const from = Math.round(Math.max(0, roomTimeMs - PAST_MS, Math.min(roomTimeMs, said.from ?? roomTimeMs)));
    const id = String(++this.#begun);
    const line: Line = { id, called: said.id, voice, name, text: "", from, to: from, final: false, heardAt: 0, isNews: true };
    this.#lines.push(line);
    return line;
  }

  /** What is neither to be told nor to go on is remembered for a while only. */
  #forget(): void {
    let spare = this.#lines.filter(isDone).length - REMEMBERED;
    if (spare > 0) this.#lines = this.#lines.filter((line) => !isDone(line) || spare-- <= 0);
  }
}

function end(line: Line): void {
  line.final = true;
  line.isNews = true;
}

/** Final lines that nobody was told of, the oldest first; then what is being said, the longest untold first; then what was told, the newest first. */
function byUrgency(one: Line, other: Line): number {
  const [rank, otherRank] = [rankOf(one), rankOf(other)];
  if (rank !== otherRank) return rank - otherRank;
  return rank < 2 ? one.heardAt - other.heardAt : other.heardAt - one.heardAt;
}

function rankOf({ final, isNews }: Line): number {
  return isNews ? (final ? 0 : 1) : final ? 3 : 2;
}

function isDone({ final, isNews }: Line): boolean {
  return final && !isNews;
}

function shown({ id, voice, name, text, from, to, final }: Line): CaptionLine {
  return { id, voice, name, text, from, to, final };
}
