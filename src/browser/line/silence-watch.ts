/** What is softer than this, in −dBov, comes from no open microphone: −70 dBov. */
const DEAD_LEVEL = 70;
/** A microphone that never gave a voice is believed dead after this, in ms. */
const DEAD_MS = 10_000;
/** One that did may only be listening: noise suppression takes pauses below the level of a dead one. In ms. */
const FELL_SILENT_MS = 30_000;
/** Sound, but no voice in it from the start: after so long it is the wrong microphone, or one too far away. In ms. */
const VOICELESS_MS = 30_000;

/** Notices a microphone from which nothing worth hearing comes, and takes no pause in a talk for one. Knows no clock. */
export class SilenceWatch {
  #since = 0;
  #aliveAt = 0;
  #voiced = false;

  /** A microphone was opened, or the host went on air: what was before counts no more. */
  begin(now: number): void {
    this.#since = now;
    this.#aliveAt = now;
    this.#voiced = false;
  }

  /**
   * True while the host should be warned.
   *
   * @param level of the newest frame, −dBov
   * @param voice the frame belongs to a talkspurt
   */
  silent(level: number, voice: boolean, now: number): boolean {
    if (level < DEAD_LEVEL) this.#aliveAt = now;
    this.#voiced ||= voice;
    if (this.#voiced) return now - this.#aliveAt >= FELL_SILENT_MS;
    return now - this.#aliveAt >= DEAD_MS || now - this.#since >= VOICELESS_MS;
  }
}
