import { type Recording, replayMs, segmentAt } from "./recording.ts";
import { type LineChunk, ReplayLine } from "./replay-line.ts";
import type { SegmentName } from "./segment.ts";

/** So much is laid on the line beyond where it plays, in ms of what sounds: decoded sound is large, 0.2 MB a second and voice. */
const LAID_AHEAD_MS = 6_000;
/** So much is fetched beyond where it plays, in ms of replay time … */
const FETCHED_AHEAD_MS = 30_000;
/** … and no more than this, in bytes: half a minute of four voices at 32 kbit/s each. */
const FETCHED_AHEAD_BYTES = 512 * 1024;
/** What was fetched is kept for who goes back, in bytes: some four minutes of one voice. The oldest gives way. */
const KEPT_BYTES = 2 * 1024 * 1024;
/** Requests at a time: one that hangs does not hold up the others. */
const AT_ONCE = 3;
/** How long after each failure it is tried again, in ms; after the last as long again. */
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;
/** After so many failures the listener is told that something is wrong, and a segment that is not there, though it is listed, is given up … */
const TOLD_AFTER = 3;
/** … and after so many, 7.5 s, one that fails while the one after it comes. */
const GIVEN_UP_AFTER = 5;

/** Why a segment was not got: it is not there, one may not have it, or the line or the server failed. */
export type NotGot = "gone" | "denied" | "failed";

/** What the mind wants done. `look`: ask anew what is recorded. `begin`: a new line starts: forget all sound, and whatever is being fetched. */
export type ReplayEffect =
  | { readonly do: "fetch"; readonly name: SegmentName }
  | { readonly do: "look" }
  | { readonly do: "begin" }
  | { readonly do: "hear"; readonly chunks: readonly LineChunk[] }
  | { readonly do: "finish" };

type Try = { readonly why: NotGot; readonly failures: number; readonly notBefore: number };

/**
 * Which segments a replay fetches and when, and what it plays: from each seek on, every kept chunk once and in order.
 *
 * First sound needs one segment; the others are fetched ahead, bounded in time and bytes. What fails is tried again for as long as
 * somebody waits for it; what is not there is looked up in the recording, and then given up and told. Time comes as an argument, in ms.
 */
export class ReplayMind {
  #recording: Recording;
  #isEnded: boolean;
  #line: ReplayLine;
  /** Replay time of the next segment to be laid. */
  #cursorMs = 0;
  #atMs = 0;
  #speed = 0;
  #isFinished = false;
  readonly #kept = new Map<string, Uint8Array>();
  #keptBytes = 0;
  readonly #asked = new Set<string>();
  readonly #tries = new Map<string, Try>();

  /** @param ended nothing more is being recorded */
  constructor(recording: Recording, ended: boolean) {
    this.#recording = recording;
    this.#isEnded = ended;
    this.#line = new ReplayLine(0);
  }

  get line(): ReplayLine {
    return this.#line;
  }

  /** Where it plays, in ms of replay time. */
  get positionMs(): number {
    return this.#line.replayMsAt(this.#atMs);
  }

  /** Nothing more is known to come, though the room goes on. */
  get isCaughtUp(): boolean {
    return !this.#isEnded && this.#next() === undefined;
  }

  /** What is needed next cannot be had for a while already. */
  get isInTrouble(): boolean {
    const next = this.#next();
    return next !== undefined && (this.#tries.get(keyOf(next))?.failures ?? 0) >= TOLD_AFTER;
  }

  /** The listener goes to `ms` of replay time: a new line starts there. */
  seek(ms: number, now: number): readonly ReplayEffect[] {
    const startMs = Math.min(Math.max(0, ms), Math.max(0, replayMs(this.#recording) - 1));
    this.#line = new ReplayLine(startMs);
    this.#cursorMs = startMs - (segmentAt(this.#recording, startMs)?.intoMs ?? 0);
    this.#atMs = 0;
    this.#isFinished = false;
    // Who waited for another place does not wait any more; what is wanted here is wanted at once.
    this.#tries.clear();
    this.#asked.clear();
    return [{ do: "begin" }, ...this.#go(now)];
  }

  /** The player stands at `lineMs`. @param speed at which it plays; 0 while it does not: then little is fetched beyond the first sound */
  plays(lineMs: number, speed: number, now: number): readonly ReplayEffect[] {
    this.#atMs = lineMs;
    this.#speed = speed;
    return this.#go(now);
  }

  /** A segment has come. */
  got(name: SegmentName, bytes: Uint8Array, now: number): readonly ReplayEffect[] {
    const key = keyOf(name);
    this.#asked.delete(key);
    this.#tries.delete(key);
    this.#keep(key, bytes);
    return this.#go(now);
  }

  /** A segment has not come. */
  notGot(name: SegmentName, why: NotGot, now: number): readonly ReplayEffect[] {
    const key = keyOf(name);
    this.#asked.delete(key);
    const failures = (this.#tries.get(key)?.failures ?? 0) + 1;
    const waitMs = RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] ?? 0;
    this.#tries.set(key, { why, failures, notBefore: now + waitMs });
    // A recording that was deleted, or that one may not hear any more, says so itself.
    const look: readonly ReplayEffect[] = why === "failed" ? [] : [{ do: "look" }];
    return [...look, ...this.#go(now)];
  }

  /** What is recorded by now; false if it is not the same recording any more: what was heard is gone. */
  known(recording: Recording, ended: boolean, now: number): readonly ReplayEffect[] | false {
    const isOther = this.#recording.runs.some((run, index) => {
      const by = recording.runs[index];
      return by?.epoch !== run.epoch || by.first !== run.first || by.last < run.last;
    });
    if (isOther) return false;
    this.#recording = recording;
    this.#isEnded = ended;
    return this.#go(now);
  }

  /** Time has passed. */
  second(now: number): readonly ReplayEffect[] {
    return this.#go(now);
  }

  #go(now: number): readonly ReplayEffect[] {
    return [...this.#lay(), ...this.#fetch(now)];
  }

  get #laidAheadMs(): number {
    return LAID_AHEAD_MS * Math.max(1, this.#speed);
  }

  #lay(): readonly ReplayEffect[] {
    const chunks: LineChunk[] = [];
    while (this.#line.endMs - this.#atMs < this.#laidAheadMs) {
      const next = this.#next();
      const bytes = next && this.#kept.get(keyOf(next));
      if (next === undefined) break;
      if (bytes !== undefined) chunks.push(...this.#line.add(this.#recording, next, bytes));
      else if (this.#isHopeless(next)) this.#line.giveUp(this.#recording.segmentMs);
      else break;
      this.#cursorMs += this.#recording.segmentMs - next.intoMs;
    }
    const effects: ReplayEffect[] = chunks.length > 0 ? [{ do: "hear", chunks }] : [];
    if (!this.#isFinished && this.#isEnded && this.#next() === undefined) {
      this.#isFinished = true;
      effects.push({ do: "finish" });
    }
    return effects;
  }

  #fetch(now: number): readonly ReplayEffect[] {
    const effects: ReplayEffect[] = [];
    let bytes = 0;
    // While the line is down one is asked for, and the one after it, to see whether it is the line.
    const until = this.isInTrouble
      ? this.#cursorMs + 2 * this.#recording.segmentMs
      : this.positionMs + (this.#speed === 0 ? LAID_AHEAD_MS : Math.max(FETCHED_AHEAD_MS, 2 * this.#laidAheadMs));
    for (let atMs = this.#cursorMs; atMs < until && this.#asked.size < AT_ONCE && bytes < FETCHED_AHEAD_BYTES; ) {
      const name = segmentAt(this.#recording, atMs);
      if (name === undefined) break;
      const isFirst = atMs === this.#cursorMs;
      atMs += this.#recording.segmentMs - name.intoMs;
      const key = keyOf(name);
      const kept = this.#kept.get(key);
      bytes += kept?.byteLength ?? 0;
      if (kept !== undefined || this.#asked.has(key) || now < (this.#tries.get(key)?.notBefore ?? now)) continue;
      this.#asked.add(key);
      effects.push({ do: "fetch", name: { epoch: name.epoch, index: name.index } });
      // Nothing stands beside what one waits for, unless that fails.
      if (isFirst && !this.#tries.has(key)) break;
    }
    return effects;
  }

  /** What is not there, though it is still listed, holds nobody up; nor does one that fails where the one after it comes. */
  #isHopeless(next: SegmentName & { readonly intoMs: number }): boolean {
    const tried = this.#tries.get(keyOf(next));
    if (tried === undefined || tried.why === "denied") return false;
    if (tried.why === "gone") return tried.failures >= TOLD_AFTER;
    const after = segmentAt(this.#recording, this.#cursorMs + this.#recording.segmentMs - next.intoMs);
    return tried.failures >= GIVEN_UP_AFTER && after !== undefined && this.#kept.has(keyOf(after));
  }

  #next(): (SegmentName & { readonly intoMs: number }) | undefined {
    return segmentAt(this.#recording, this.#cursorMs);
  }

  #keep(key: string, bytes: Uint8Array): void {
    if (this.#kept.has(key)) return;
    this.#kept.set(key, bytes);
    this.#keptBytes += bytes.byteLength;
    for (const [oldest, old] of this.#kept) {
      if (this.#keptBytes <= KEPT_BYTES || oldest === key) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= old.byteLength;
    }
  }
}

function keyOf({ epoch, index }: SegmentName): string {
  return `${epoch}/${index}`;
}
