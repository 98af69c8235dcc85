import { chunksIn, joinChunks, readHeader } from "./chunk.ts";
import type { LaneHead } from "./lane-head.ts";
import { comparePositions, continues, type Position } from "./position.ts";
import type { Missing, SegmentName } from "./segment.ts";

/**
 * How far behind live a chunk is handed on, in ms: its segment is closed 2.1 to 2.3 s after its first chunk was due, and the rest is for
 * fetching it. A listener who comes from the live lane stalls for no longer than this, which may be 4 s (README.md). And it is longer than
 * the jitter buffer's window for punctual arrivals (3 s), so that what it measured of the other lane does not make this one look late.
 */
export const LANE_BEHIND_MS = 3_600;
/** So long after a segment's last instant its closing chunk has reached the archive, in ms: one chunk of up to 200, and a little for the way. */
const CLOSING_MS = 300;
/** What is not there yet is asked for again after so long, in ms. */
const AGAIN_MS = 500;
/** A segment that is not there after so many tries may never be: the head is asked. */
const TRIES = 3;
/** The head is read this often, in ms: it tells the newest states, and mends the clock. */
const HEAD_EVERY_MS = 15_000;
/** While nothing can be fetched, it is read this often, in ms. */
const HEAD_WAITING_MS = 2_000;
/** A line that began later than it must (its first head was slow) comes up by 1 %, which no ear notices. */
const CATCHING_UP = 0.99;
/** Filling a gap takes no longer than this, in ms: the live sound waits for it. */
const FILL_MS = 10_000;

/** Where a listener stands: the last chunk that he heard, and the room time at its end, in ms. */
export type Stand = Position & { readonly endsMs: number };

/** What the lane's body must do. */
export type LaneEffect =
  | { readonly do: "fetch-head" }
  | { readonly do: "fetch"; readonly name: SegmentName }
  /** Chunks, as if a socket had brought them; `replayed`: they are late on purpose, and say nothing of the line. */
  | { readonly do: "hear"; readonly bytes: Uint8Array; readonly replayed: boolean }
  /** Chunks that will not come, before those that come next. */
  | { readonly do: "gap"; readonly gap: Missing }
  /** Nothing more will come: the gap is filled as far as it can be, or the room is over. */
  | { readonly do: "done" };

type Queued = {
  readonly bytes: Uint8Array;
  readonly position: Position;
  readonly dueAt: number;
  readonly replayed: boolean;
  readonly gap?: Missing;
};

/**
 * The cached lane of one listener: which segment to fetch when, and when to hand its chunks on. Pure: time is passed in, in ms.
 *
 * It follows the room at a fixed distance, chunk by chunk, so that a player sees an even line; what comes late is handed on at once, and
 * the player's own buffer sees to it. Or it fills a gap: then it hands on whatever it finds, up to `until`, as fast as it can be fetched.
 *
 * One question at a time; segments are named by arithmetic, and the head is read at the start, when arithmetic fails, and now and then.
 */
export class LaneMind {
  readonly #until: Position | undefined;
  #heard: Stand | undefined;
  #head: { readonly said: LaneHead; readonly at: number } | undefined;
  /** When room time 0 of the head's epoch was live, by this clock. */
  #base = 0;
  /** From here on nothing was fetched yet. */
  #next: SegmentName | undefined;
  #queue: Queued[] = [];
  #asked: "head" | SegmentName | undefined;
  #tries = 0;
  #askAt = 0;
  #startedAt = 0;
  #playAt = Number.NEGATIVE_INFINITY;
  #isSteady = false;
  #isReached = false;
  #isOver = false;
  #isDone = false;

  /**
   * @param heard where the listener stands; undefined for who has heard nothing
   * @param until for filling a gap: the first chunk that the listener has already
   */
  constructor(heard?: Stand, until?: Position) {
    this.#heard = heard;
    this.#until = until;
  }

  start(now: number): readonly LaneEffect[] {
    this.#startedAt = now;
    return this.second(now);
  }

  /** When `second` has something to do at the latest; undefined once it is done. */
  get wakeAt(): number | undefined {
    if (this.#isDone) return undefined;
    const dueAt = this.#queue[0]?.dueAt ?? Number.POSITIVE_INFINITY;
    const askAt = this.#asked === undefined && !this.#isOver ? this.#askAt : Number.POSITIVE_INFINITY;
    const endAt = this.#until === undefined ? Number.POSITIVE_INFINITY : this.#startedAt + FILL_MS;
    return Math.min(dueAt, askAt, endAt);
  }

  /** The head came. */
  head(said: LaneHead, now: number): readonly LaneEffect[] {
    if (this.#asked !== "head") return [];
    this.#asked = undefined;
    const base = now - said.ageMs - said.roomTimeMs;
    // The way here takes now longer, now shorter: the shortest tells the clock.
    this.#base = this.#head?.said.epoch === said.epoch ? Math.min(this.#base + 1, base) : base;
    this.#head = { said, at: now };
    this.#isOver = said.phase === "ended";
    this.#next ??= this.#begin(said, now);
    this.#tries = 0;
    this.#askAt = this.#availableAt(now);
    return this.second(now);
  }

  /** A segment came. */
  segment(name: SegmentName, bytes: Uint8Array, now: number): readonly LaneEffect[] {
    if (!this.#isAnswer(name)) return [];
    this.#asked = undefined;
    this.#tries = 0;
    this.#take(bytes, now);
    this.#next = { epoch: name.epoch, index: name.index + 1 };
    this.#askAt = this.#availableAt(now);
    return this.second(now);
  }

  /** What was asked for is not there, or the line failed. */
  missing(now: number): readonly LaneEffect[] {
    if (this.#asked === undefined) return [];
    this.#tries++;
    this.#askAt = now + (this.#asked === "head" ? HEAD_WAITING_MS : AGAIN_MS);
    this.#asked = undefined;
    return this.second(now);
  }

  /** The room is over: what was fetched is still handed on. */
  over(now: number): readonly LaneEffect[] {
    this.#asked = undefined;
    this.#isOver = true;
    return this.second(now);
  }

  /** Time passed: hands on what is due, and asks what is to be asked. */
  second(now: number): readonly LaneEffect[] {
    if (this.#isDone) return [];
    const effects = [...this.#release(now)];
    if (this.#isFilled(now) || (this.#isOver && this.#queue.length === 0)) {
      this.#isDone = true;
      return [...effects, ...this.#lastGap(), { do: "done" }];
    }
    if (this.#asked !== undefined || this.#isOver || now < this.#askAt) return effects;
    const isOld = this.#head === undefined || now - this.#head.at >= HEAD_EVERY_MS;
    const name = this.#tries >= TRIES || (isOld && this.#until === undefined) ? undefined : this.#nearest();
    this.#asked = name ?? "head";
    return [...effects, name === undefined ? { do: "fetch-head" } : { do: "fetch", name }];
  }

  /** Where who has heard nothing begins, and who has heard something goes on. */
  #begin(said: LaneHead, now: number): SegmentName {
    const heard = this.#heard;
    if (heard !== undefined) return { epoch: heard.epoch, index: Math.floor(heard.endsMs / said.segmentMs) };
    const roomTimeMs = now - this.#base - LANE_BEHIND_MS;
    return { epoch: said.epoch, index: Math.max(0, Math.floor(roomTimeMs / said.segmentMs)) };
  }

  /** The next segment that can be fetched, or will be; undefined if nobody knows. */
  #nearest(): SegmentName | undefined {
    const [said, next] = [this.#head?.said, this.#next];
    if (said === undefined || next === undefined) return undefined;
    for (const run of said.runs) {
      if (run.epoch === next.epoch && run.last >= next.index) return { epoch: run.epoch, index: Math.max(run.first, next.index) };
      if (run.epoch > next.epoch) return { epoch: run.epoch, index: run.first };
    }
    return said.epoch === next.epoch && said.phase === "live" ? next : undefined;
  }

  /** When to ask next: now if the head tells of the next segment, else once its time is over; for news, if nobody knows. */
  #availableAt(now: number): number {
    const [said, name] = [this.#head?.said, this.#nearest()];
    if (said === undefined || name === undefined) return now + HEAD_WAITING_MS;
    if (said.runs.some(({ epoch, first, last }) => epoch === name.epoch && first <= name.index && name.index <= last)) return now;
    return Math.max(now, this.#base + (name.index + 1) * said.segmentMs + CLOSING_MS);
  }

  #isAnswer(name: SegmentName): boolean {
    const asked = this.#asked;
    return asked !== undefined && asked !== "head" && asked.epoch === name.epoch && asked.index === name.index;
  }

  #take(segment: Uint8Array, now: number): void {
    for (const { at, end } of chunksIn(segment)) {
      const header = readHeader(segment, at);
      if (header === undefined || (this.#heard !== undefined && comparePositions(header, this.#heard) <= 0)) continue;
      const position = { epoch: header.epoch, sequence: header.sequence };
      this.#isReached ||= this.#until !== undefined && comparePositions(position, this.#until) >= 0;
      if (this.#isReached) break;
      const gap = this.#heard === undefined || continues(this.#heard, position) ? undefined : { from: this.#heard, to: position };
      const isOfHead = this.#until === undefined && position.epoch === this.#head?.said.epoch;
      const dueAt = Math.max(this.#playAt, isOfHead ? this.#base + header.roomTimeMs + LANE_BEHIND_MS : Number.NEGATIVE_INFINITY);
      this.#isSteady ||= dueAt >= now;
      // The newest of a backlog tells when the line begins, as a greeting's last chunk does. Later on, what is late was late.
      const replayed = !this.#isSteady && (this.#until !== undefined || end < segment.byteLength);
      const bytes = segment.subarray(at, end);
      this.#queue.push({ bytes, position, dueAt, replayed, ...(gap === undefined ? {} : { gap: asPositions(gap) }) });
      this.#playAt = dueAt + header.durationMs * CATCHING_UP;
      this.#heard = { ...position, endsMs: header.roomTimeMs + header.durationMs };
    }
  }

  #release(now: number): readonly LaneEffect[] {
    const effects: LaneEffect[] = [];
    let run: Queued[] = [];
    const flush = () => {
      const replayed = run[0]?.replayed;
      if (replayed !== undefined) effects.push({ do: "hear", bytes: joinChunks(run.map(({ bytes }) => bytes)), replayed });
      run = [];
    };
    let count = 0;
    for (const queued of this.#queue) {
      if (queued.dueAt > now) break;
      count++;
      if (queued.gap !== undefined || (run[0] !== undefined && run[0].replayed !== queued.replayed)) flush();
      if (queued.gap !== undefined) effects.push({ do: "gap", gap: queued.gap });
      run.push(queued);
    }
    flush();
    this.#queue = this.#queue.slice(count);
    return effects;
  }

  /** True when nothing more is to be found before `until`, or the time for it is over. */
  #isFilled(now: number): boolean {
    const until = this.#until;
    if (until === undefined) return false;
    if (now - this.#startedAt >= FILL_MS || this.#tries >= TRIES) return true;
    if (this.#isReached || (this.#heard !== undefined && continues(this.#heard, until))) return true;
    if (this.#head === undefined || this.#asked !== undefined) return false;
    const nearest = this.#nearest();
    return nearest === undefined || nearest.epoch > until.epoch;
  }

  /** What a fill could not bring. */
  #lastGap(): readonly LaneEffect[] {
    const [from, to] = [this.#heard, this.#until];
    return from === undefined || to === undefined || continues(from, to) ? [] : [{ do: "gap", gap: asPositions({ from, to }) }];
  }
}

function asPositions({ from, to }: Missing): Missing {
  const bare = ({ epoch, sequence }: Position): Position => ({ epoch, sequence });
  return { from: bare(from), to: bare(to) };
}
