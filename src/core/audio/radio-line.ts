import { BLOCK_FLAG, type Chunk, chunksIn, decodeChunk } from "./chunk.ts";
import { FRAME_MS, FRAME_SAMPLES, MAX_FRAME_BYTES, SAMPLES_PER_MS, SILENCE_LEVEL } from "./format.ts";
import { Loudest } from "./loudest.ts";
import { opusSamples } from "./opus.ts";

/** 20 ms of digital silence: CELT, full band, mono, no coded band (RFC 6716 §4.3). */
export const SILENT_PACKET: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);
/** Slots between a chunk's arrival and its start on the line: a second, so that chunks may be late by as much. Who plays by HTTP is seconds behind anyway. */
const LEAD_SLOTS = 50;
/** A hole within a talkspurt up to this, in slots, is closed up: clocks drift, and nobody paused for 40 ms. */
const DRIFT_SLOTS = 2;
/** A pause is not cut below this, in slots, to catch up: 200 ms still sound like a pause. */
const LEAST_PAUSE_SLOTS = 10;
/** So far behind what has come, in slots, nothing is caught up: the lead and half a second. */
const COMFORT_SLOTS = LEAD_SLOTS + 25;
/** Packets that wait at the most: 15 s. What is older then is not played, so that a long fault costs a hole and no lasting delay. */
const MOST_WAITING = 750;

type Waiting = { readonly place: number; readonly packet: Uint8Array; readonly starts: boolean };

/** The slot of an instant: 20 ms each since 1970, so that whoever holds this line, and whenever, numbers it alike. */
export function slotAt(ms: number): number {
  return Math.floor(ms / FRAME_MS);
}

/**
 * A room as one line of Opus packets, 50 a second, that never has a hole: what plain players are fed with. Pure.
 *
 * Of those who sound, the loudest is heard, with the hysteresis of `Loudest`, his packets unchanged; where nobody sounds, packets of silence. Each
 * packet of who is heard is played once and in order, whatever comes late, is merged or begins anew: what is late delays what follows, and pauses
 * make good for it. Slots are this machine's time; a chunk's own times only say what lies between two chunks, so no clocks are compared.
 */
export class RadioLine {
  readonly #loudest = new Loudest(1);
  /** When each voice's talkspurt began, in ms by the root's clock. */
  readonly #spurts = new Map<number, number>();
  #waiting: Waiting[] = [];
  /** The slot after the newest packet that was placed, by the root's clock. */
  #placed = Number.NEGATIVE_INFINITY;
  /** Where the newest chunk begins and ends, in slots by the root's clock. */
  #heardFrom: number | undefined;
  #heardTo = 0;
  /** Added to the root's slots: another root's clock may be behind the one before. */
  #ahead = 0;
  /** From the root's slots to this line's; undefined in a pause: what comes next says anew how far behind it is. */
  #shift: number | undefined;
  #next: number | undefined;
  /** The slot after the newest packet that was played. */
  #playedTo = Number.NEGATIVE_INFINITY;
  #epoch = 0;

  /** The slot that is next; undefined before `start`. */
  get next(): number | undefined {
    return this.#next;
  }

  /** Packets that are yet to be played. */
  get waits(): number {
    return this.#waiting.length;
  }

  /** Takes the chunks of a message, each of them new and in order; bytes are kept as views until they are played. */
  hear(message: Uint8Array, now: number): void {
    for (const { at } of chunksIn(message)) {
      const chunk = decodeChunk(message, at);
      if (!("malformed" in chunk)) this.#hear(chunk, now);
    }
  }

  /**
   * From here on the line plays. What was heard until now is its past: it begins so many ms ago.
   *
   * @param ageMs how long ago the newest chunk came; undefined if none did
   */
  start(now: number, pastMs: number, ageMs: number | undefined): void {
    if (this.#next !== undefined) return;
    this.#next = slotAt(now - pastMs);
    if (this.#heardFrom === undefined || ageMs === undefined) return;
    this.#shift = slotAt(now - ageMs) + LEAD_SLOTS - this.#heardFrom;
    const first = this.#next - this.#shift;
    this.#waiting = this.#waiting.filter(({ place }) => place >= first);
  }

  /** The packets of all slots that have passed; at most `most` of them, so that who slept does not catch up in one turn. */
  take(now: number, most: number): readonly Uint8Array[] {
    if (this.#next === undefined) return [];
    const packets: Uint8Array[] = [];
    for (const end = slotAt(now); this.#next < end && packets.length < most; this.#next++) packets.push(this.#packetFor(this.#next));
    return packets;
  }

  #packetFor(slot: number): Uint8Array {
    const head = this.#waiting[0];
    if (head === undefined || this.#shift === undefined) {
      this.#shift = undefined;
      return SILENT_PACKET;
    }
    const pause = head.place + this.#shift - slot;
    // Late: it is played now, and all behind it as much later.
    if (pause < 0) this.#shift -= pause;
    else if (pause > 0 && !(pause <= DRIFT_SLOTS && !head.starts)) return this.#pause(slot, pause);
    else this.#shift -= pause;
    this.#waiting.shift();
    this.#playedTo = slot + 1;
    return head.packet;
  }

  /** A slot of silence; where the line is behind, this pause makes some of it good. */
  #pause(slot: number, pause: number): Uint8Array {
    const behind = (this.#waiting.at(-1)?.place ?? 0) + (this.#shift ?? 0) - slot - COMFORT_SLOTS;
    const cut = Math.min(behind, pause - LEAST_PAUSE_SLOTS);
    if (cut > 0) this.#shift = (this.#shift ?? 0) - cut;
    return SILENT_PACKET;
  }

  #hear(chunk: Chunk, now: number): void {
    const startMs = chunk.dueMs - chunk.durationMs;
    if (chunk.epoch !== this.#epoch) this.#anew(chunk.epoch, slotAt(startMs));
    this.#heardFrom = slotAt(startMs) + this.#ahead;
    this.#heardTo = slotAt(chunk.dueMs) + this.#ahead;
    const sounding = this.#choose(chunk, startMs);
    for (const block of chunk.blocks) {
      if (block.voice !== sounding) continue;
      for (const [index, packet] of block.frames.entries()) {
        const at = Math.round((startMs * SAMPLES_PER_MS + block.offsetSamples) / FRAME_SAMPLES) + index + this.#ahead;
        this.#place(packet, at, index === 0 && (block.flags & BLOCK_FLAG.starts) !== 0, now);
      }
    }
  }

  /** Another root, and maybe another machine's clock: what it sends comes behind what still waits of the one before. */
  #anew(epoch: number, first: number): void {
    this.#epoch = epoch;
    this.#spurts.clear();
    const isEmpty = this.#waiting.length === 0;
    if (isEmpty) this.#shift = undefined;
    if (isEmpty) this.#placed = Number.NEGATIVE_INFINITY;
    this.#ahead = isEmpty ? 0 : Math.max(0, this.#heardTo - first);
  }

  #place(packet: Uint8Array, at: number, starts: boolean, now: number): void {
    // What is no frame of 20 ms would put all behind it at a wrong time.
    if (opusSamples(packet) !== FRAME_SAMPLES || packet.byteLength > MAX_FRAME_BYTES) return;
    const place = Math.max(this.#placed, at);
    if (this.#next !== undefined && this.#shift === undefined) {
      const soonest = Math.max(this.#next, slotAt(now)) + LEAD_SLOTS - (this.#heardFrom ?? place);
      // Where the line was behind and is not any more, all that was made good would be missing from this one pause.
      this.#shift = Math.max(soonest, starts ? this.#playedTo + LEAST_PAUSE_SLOTS - place : soonest);
    }
    this.#placed = place + 1;
    this.#waiting.push({ place, packet, starts });
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** Whose voice is heard in this chunk; undefined if nobody's is. */
  #choose(chunk: Chunk, startMs: number): number | undefined {
    const candidates = new Map<number, { voice: number; level: number; ageMs: number; ends: boolean }>();
    for (const { voice, level, flags, frames } of chunk.blocks) {
      if (frames.length === 0) continue;
      if ((flags & BLOCK_FLAG.starts) !== 0 || !this.#spurts.has(voice)) this.#spurts.set(voice, startMs);
      const before = candidates.get(voice)?.level ?? SILENCE_LEVEL;
      const ageMs = chunk.dueMs - (this.#spurts.get(voice) ?? startMs);
      candidates.set(voice, { voice, level: Math.min(before, level), ageMs, ends: (flags & BLOCK_FLAG.ends) !== 0 });
    }
    const endMs = chunk.roomTimeMs + chunk.durationMs;
    const [sounding] = this.#loudest.choose([...candidates.values()], endMs, chunk.durationMs).sounding;
    for (const { voice, flags } of chunk.blocks) {
      if ((flags & BLOCK_FLAG.ends) === 0) continue;
      this.#loudest.leave(voice);
      this.#spurts.delete(voice);
    }
    return sounding;
  }
}
