import { CHUNK_FLAG, type ChunkHeader } from "../../audio/chunk.ts";
import type { LocalTime } from "../../ids.ts";

/** The punctual arrival is the earliest of so long, in ms: long enough to see one, short enough that drifting clocks do no harm. */
const PUNCTUAL_MS = 30_000;
/** A merged chunk has at least so many ticks: where none but merged ones came yet, a tick is taken for this part of one at most. */
const LEAST_MERGED = 2;

/**
 * How late chunks come, in ms: arrival less the chunk's end on the room's timeline, less the least of that in the last 30 s of one epoch.
 *
 * Two machines' clocks are never compared: their distance is in every arrival alike, and cancels out. A root that was late itself merges
 * ticks; the first tick of such a chunk was due earlier, so it counts as late by what was merged. A crowd that waits for its host may be too
 * much for one chunk a send from the very first on: then all are merged, and each says so of itself.
 */
export class Lateness {
  #epoch = 0;
  #tickMs = Number.POSITIVE_INFINITY;
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #turnsAt = 0;

  /** How late this chunk is, in ms; 0 for the first of an epoch. */
  of(chunk: ChunkHeader, now: LocalTime): number {
    if (chunk.epoch !== this.#epoch) this.#begin(chunk.epoch, now);
    if (now >= this.#turnsAt) this.#turn(now);
    const isMerged = (chunk.flags & CHUNK_FLAG.mergedTicks) !== 0;
    this.#tickMs = Math.min(this.#tickMs, isMerged ? chunk.durationMs / LEAST_MERGED : chunk.durationMs);
    const transit = now - (chunk.roomTimeMs + chunk.durationMs);
    this.#least = Math.min(this.#least, transit);
    const merged = isMerged ? chunk.durationMs - this.#tickMs : 0;
    return transit - Math.min(this.#least, this.#leastBefore) + merged;
  }

  /** Length of one tick, in ms, or more where only merged ones were seen in this epoch; undefined before any. */
  get tickMs(): number | undefined {
    return Number.isFinite(this.#tickMs) ? this.#tickMs : undefined;
  }

  #begin(epoch: number, now: LocalTime): void {
    this.#epoch = epoch;
    this.#tickMs = Number.POSITIVE_INFINITY;
    this.#least = Number.POSITIVE_INFINITY;
    this.#leastBefore = Number.POSITIVE_INFINITY;
    this.#turnsAt = now + PUNCTUAL_MS / 2;
  }

  /** The least of 30 s as that of two halves: nothing is kept per chunk. */
  #turn(now: LocalTime): void {
    this.#leastBefore = now < this.#turnsAt + PUNCTUAL_MS / 2 ? this.#least : Number.POSITIVE_INFINITY;
    this.#least = Number.POSITIVE_INFINITY;
    this.#turnsAt = now + PUNCTUAL_MS / 2;
  }
}
