/** When there was a voice, by this page's clock, in ms. */
export type Voiced = { readonly from: number; readonly to: number };

/** Remembers the newest talkspurt of who speaks here. Knows no clock. */
export class Talkspurts {
  #last: { readonly from: number; to: number } | undefined;
  #speaking = false;

  /** The one that goes on, or was the last; undefined before any. */
  get last(): Voiced | undefined {
    return this.#last;
  }

  /** To be called for each frame. @param speaking it belongs to a talkspurt */
  frame(speaking: boolean, now: number): void {
    if (speaking && (!this.#speaking || this.#last === undefined)) this.#last = { from: now, to: now };
    if (speaking && this.#last !== undefined) this.#last.to = now;
    this.#speaking = speaking;
  }
}
