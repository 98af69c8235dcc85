/** Does the same thing again and again: at once, but within any window of `perMs` no more than `most` times; the last change is never forgotten. */
export class Spaced {
  readonly #most: number;
  readonly #perMs: number;
  readonly #act: () => void;
  #since = Number.NEGATIVE_INFINITY;
  #done = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(most: number, perMs: number, act: () => void) {
    this.#most = most;
    this.#perMs = perMs;
    this.#act = act;
  }

  /** To be done, now or as soon as its time has come. */
  soon(): void {
    if (this.#timer !== undefined) return;
    const leftMs = this.#since + this.#perMs - Date.now();
    if (leftMs <= 0 || this.#done < this.#most) this.now();
    else this.#timer = setTimeout(() => this.now(), leftMs);
  }

  /** Done now; what waited is done with it. */
  now(): void {
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
    if (Date.now() - this.#since >= this.#perMs) {
      this.#since = Date.now();
      this.#done = 0;
    }
    this.#done++;
    this.#act();
  }
}
