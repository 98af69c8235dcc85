/**
 * Looks that a fall must last to be believed, one a second. When a plan gives leaves a new parent, the old one no longer counts them and the new
 * one's report is up to a second per level away: for that long whole crowds seem to be gone.
 */
export const LOOKS = 5;

/** A figure that rises at once and falls only when it has been lower for a while. */
export class Peak {
  #recent: number[] = [];

  /** One more look. */
  look(value: number): number {
    this.#recent = [...this.#recent.slice(1 - LOOKS), value];
    return this.value;
  }

  /** The highest of the last looks; 0 before the first. */
  get value(): number {
    return Math.max(0, ...this.#recent);
  }

  /** True while the figure is still told higher than it was at the last look. */
  get holds(): boolean {
    return this.value > (this.#recent.at(-1) ?? 0);
  }
}
