import type { PlacedFrame } from "./bundle.ts";
import { FRAME_SAMPLES, SAMPLES_PER_MS } from "./format.ts";
import type { Speech } from "./speech.ts";

/** How much delay a speaker's sound is given for the sake of what is whole. */
export type Calm = {
  /** How long the slowest arrival is remembered, in ms. */
  readonly memoryMs: number;
  /**
   * Added to it, in ms, so that a message a little later than any before does not cut a talkspurt. A chunk leaves at its end and a frame is
   * placed by its start, so even 0 leaves the length of a frame; less than 0 takes of that.
   */
  readonly marginMs: number;
  /** Sound that lies further ahead of its arrival than this, in ms, after a line recovered, is cut to get back to now. */
  readonly maxLeadMs: number;
};
/** For the audience: half a minute, so that a line that is slow now and then cuts no second word. */
const LISTENED_TO: Calm = { memoryMs: 30_000, marginMs: 20, maxLeadMs: 400 };
/** For those who answer: a stall is soon forgotten, and a cut of some frames disturbs them less than a delay that stays. */
export const TALKED_WITH: Calm = { memoryMs: 2_000, marginMs: -5, maxLeadMs: 60 };
/** Sound further ahead of now than this, in samples, is not taken: two seconds, more than any page sends after a stall. */
const MAX_AHEAD_SAMPLES = 2_000 * SAMPLES_PER_MS;
/** A jump of the speaker's own clock above this, in samples, is a new beginning: one minute. */
const MAX_JUMP_SAMPLES = 60_000 * SAMPLES_PER_MS;

/** Where a speaker's frames belong on the room's timeline, or why they cannot be taken. */
export type Placed = { readonly position: number; readonly skipFrames: number } | "speech-out-of-order" | "speech-too-fast";

/**
 * Lays one speaker's sample clock on the room's timeline.
 *
 * Transit is (arrival − the speaker's position of what could have been sent no earlier). The offset follows the slowest transit of the
 * time that is remembered: frames that arrive as usual are early enough for the chunk they belong to, and within a talkspurt they stay
 * seamless. When one is later than ever, the timeline slips once, as far as the slowest asks for; at the next talkspurt it moves back
 * towards now, where nobody hears it.
 * All positions in samples at 48 kHz.
 */
export class Alignment {
  readonly #memory: number;
  readonly #margin: number;
  readonly #maxLead: number;
  #last: number | undefined;
  #next: number | undefined;
  #offset = 0;
  #placedTo = 0;
  #slowest: { transit: number; at: number }[] = [];

  constructor({ memoryMs, marginMs, maxLeadMs } = LISTENED_TO) {
    this.#memory = memoryMs * SAMPLES_PER_MS;
    this.#margin = marginMs * SAMPLES_PER_MS;
    this.#maxLead = maxLeadMs * SAMPLES_PER_MS;
  }

  /**
   * @param sample the speaker's position of the first frame, u32, wrapping
   * @param frames how many frames of 20 ms follow each other
   * @param starts a talkspurt starts: the offset may move freely
   * @param now room position at arrival
   * @param openFrom where the chunk that is still open starts; nothing can be placed before it
   */
  place(sample: number, frames: number, starts: boolean, now: number, openFrom: number): Placed {
    const unwrapped = this.#last === undefined ? sample : this.#last + ((sample - this.#last) | 0);
    const jumped = this.#next !== undefined && Math.abs(unwrapped - this.#next) > MAX_JUMP_SAMPLES;
    if (this.#next !== undefined && unwrapped < this.#next && !jumped) return "speech-out-of-order";
    if (jumped) this.#slowest = [];
    const end = unwrapped + frames * FRAME_SAMPLES;
    const fresh = starts || jumped || this.#next === undefined;
    // What a talkspurt begins with was held back until a voice was noticed: it tells nothing of the line but by its last frame.
    const transit = now - (fresh ? end - FRAME_SAMPLES : unwrapped);
    const slowest = this.#remember(transit, now);
    if (fresh) this.#offset = slowest + this.#margin;
    let skipFrames = 0;
    const lead = unwrapped + this.#offset - now;
    if (!fresh && slowest + this.#margin + this.#maxLead < this.#offset && lead > this.#maxLead) {
      // A steady talker never pauses, so the way back to now is a cut.
      skipFrames = Math.min(frames, Math.floor((this.#offset - slowest - this.#margin) / FRAME_SAMPLES));
      this.#offset -= skipFrames * FRAME_SAMPLES;
    }
    const position = unwrapped + this.#offset + skipFrames * FRAME_SAMPLES;
    // Never over what this speaker said before, nor into a chunk that has left. Who must slip in mid-speech, slips as far as the
    // line's slowest asks for, once: a little at each chunk's border would be heard again and again.
    const earliest = Math.max(openFrom, this.#placedTo);
    const enough = fresh ? earliest : Math.max(earliest, unwrapped + slowest + this.#margin + skipFrames * FRAME_SAMPLES);
    const placed = position >= earliest ? position : enough;
    if (placed - now > MAX_AHEAD_SAMPLES) return "speech-too-fast";
    this.#offset += placed - position;
    this.#last = unwrapped;
    this.#next = end;
    this.#placedTo = placed + (frames - skipFrames) * FRAME_SAMPLES;
    return { position: placed, skipFrames };
  }

  /** The slowest transit within memory: a queue whose head is the slowest (monotonic, so each entry is touched twice at most). */
  #remember(transit: number, now: number): number {
    while ((this.#slowest.at(-1)?.transit ?? Number.POSITIVE_INFINITY) <= transit) this.#slowest.pop();
    this.#slowest.push({ transit, at: now });
    while (now - (this.#slowest[0]?.at ?? now) > this.#memory) this.#slowest.shift();
    return this.#slowest[0]?.transit ?? transit;
  }
}

/** What a speaker's message adds to the room's timeline: frames in their places, or why it cannot be taken. Arguments as in `place`. */
export function placeSpeech(alignment: Alignment, speech: Speech, now: number, openFrom: number): readonly PlacedFrame[] | string {
  if (speech.frames.length === 0) return [];
  const placed = alignment.place(speech.sample, speech.frames.length, speech.starts, now, openFrom);
  if (typeof placed === "string") return placed;
  const last = speech.frames.length - 1;
  return speech.frames.slice(placed.skipFrames).map((bytes, index) => ({
    position: placed.position + index * FRAME_SAMPLES,
    level: speech.level,
    starts: speech.starts && index + placed.skipFrames === 0,
    ends: speech.ends && index + placed.skipFrames === last,
    bytes,
  }));
}
