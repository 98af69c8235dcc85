import { CHUNK_FLAG, chunkLength } from "../../core/audio/chunk.ts";
import type { Stand } from "../../core/audio/lane-mind.ts";
import type { Position } from "../../core/audio/position.ts";
import { Continuity, type Heard } from "../listen/continuity.ts";
import type { GroupTimes, PartTally } from "./tally.ts";

/** So long a silence is a stall, in ms: what a player's buffer cannot hide. */
const STALL_MS = 1_000;

/** What one listener hears, whichever way it comes: reads the headers of chunks and nothing more. */
export class Hearing {
  readonly #tally: PartTally;
  readonly #times: GroupTimes;
  readonly #continuity = new Continuity();
  readonly #dueAt: number;
  /** Chunks up to here come as a greeting: they are old on purpose and say nothing about lag. */
  #greetedEpoch = 0;
  #greetedSequence = 0;
  #lostAt: number | undefined;
  /** When the sound that has come is over, if it is played at once; undefined before any and where silence follows. */
  #soundUntil: number | undefined;
  #everHeard = false;
  /** When the newest chunk with a voice in it came, and its epoch; undefined before any. */
  #voicedAt: number | undefined;
  #voicedEpoch = 0;
  #longestGapMs = 0;
  #stalls = 0;
  #lastLagMs = Number.POSITIVE_INFINITY;
  #endsMs = 0;

  /** @param dueAt when he was to come, on `performance.now()`'s clock */
  constructor(tally: PartTally, times: GroupTimes, dueAt: number) {
    this.#tally = tally;
    this.#times = times;
    this.#dueAt = dueAt;
  }

  /** The newest chunk heard, and the room time at its end; undefined before any. */
  get stand(): Stand | undefined {
    const { last } = this.#continuity;
    return last === undefined ? undefined : { ...last, endsMs: this.#endsMs };
  }

  /** Chunks that are missing, and gaps that were told, so far. */
  get holes(): number {
    return this.#continuity.holes;
  }

  get gaps(): number {
    return this.#continuity.gaps;
  }

  /** Silences of more than a second. */
  get stalls(): number {
    return this.#stalls;
  }

  /** The longest silence that a player without a buffer would have had, in ms. */
  get longestGapMs(): number {
    return this.#longestGapMs;
  }

  /** How late the newest chunk came, in ms; infinite before any. */
  get lastLagMs(): number {
    return this.#lastLagMs;
  }

  /** What it heard so far. */
  heard(): Heard {
    return this.#continuity.heard();
  }

  /** The server welcomed him: what comes up to `to` is older than now. */
  greeted(to: Position): void {
    this.#greetedEpoch = to.epoch;
    this.#greetedSequence = to.sequence;
  }

  /** The server told that what stands before `to` will not come. */
  gap(to: Position): void {
    this.#continuity.gap(to);
  }

  /** His connection was lost at `now`. */
  lost(now: number): void {
    this.#lostAt ??= now;
  }

  /**
   * Sound has come: bytes 4 to 27 of each chunk are read; core/audio/chunk.ts draws them.
   *
   * @param isLate late on purpose, because of its lane or as a replay: it says nothing of lag
   */
  message(message: Buffer, now: number, isLate = false): void {
    this.#came(now);
    const wall = Date.now();
    let soundMs = 0;
    let flags = 0;
    let at = 0;
    for (let length = chunkLength(message, at); length !== undefined; length = chunkLength(message, at)) {
      const epoch = message.readUInt32BE(at + 6);
      const sequence = message.readUInt32BE(at + 10);
      const isGreeting = epoch < this.#greetedEpoch || (epoch === this.#greetedEpoch && sequence <= this.#greetedSequence);
      if (this.#continuity.hear(epoch, sequence)) {
        this.#tally.chunks++;
        if (message.readUInt8(at + 5) > 0) this.#voiced(epoch, now);
        this.#tally.soundMs += message.readUInt16BE(at + 26);
        if (!isGreeting && !isLate) {
          this.#lastLagMs = wall - message.readDoubleBE(at + 18);
          this.#times.lag.add(this.#lastLagMs);
        }
      }
      flags = message.readUInt8(at + 4);
      const durationMs = message.readUInt16BE(at + 26);
      this.#endsMs = message.readUInt32BE(at + 14) + durationMs;
      soundMs += durationMs;
      at += length;
    }
    this.#soundUntil = (flags & CHUNK_FLAG.silenceFollows) === 0 ? now + soundMs : undefined;
  }

  /** A chunk in which somebody speaks. */
  #voiced(epoch: number, now: number): void {
    if (this.#voicedAt !== undefined && epoch > this.#voicedEpoch) this.#times.epochGap.add(now - this.#voicedAt);
    this.#voicedAt = now;
    this.#voicedEpoch = epoch;
  }

  #came(now: number): void {
    this.#tally.messages++;
    if (!this.#everHeard) {
      this.#everHeard = true;
      this.#times.firstAudio.add(now - this.#dueAt);
    }
    if (this.#lostAt !== undefined) {
      this.#tally.returned++;
      this.#times.back.add(now - this.#lostAt);
      this.#lostAt = undefined;
    }
    if (this.#soundUntil === undefined) return;
    const gapMs = now - this.#soundUntil;
    if (gapMs > this.#longestGapMs) this.#longestGapMs = gapMs;
    if (gapMs <= STALL_MS) return;
    this.#stalls++;
    this.#tally.stalls++;
  }
}
