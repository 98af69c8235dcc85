/** Nobody wants to be led back to a place nearer to the start or the end than this, in ms. */
const EDGE_MS = 15_000;

/** Where somebody stopped, remembered in this browser for each recording. */
export class Bookmark {
  readonly #name: string;
  readonly #startedAt: string;

  /** @param startedAt tells two recordings of one room apart */
  constructor(room: string, startedAt: string) {
    this.#name = `canopy:${room}:replay`;
    this.#startedAt = startedAt;
  }

  /** Where one stopped, in ms; undefined if that is not worth going back to. */
  read(durationMs: number): number | undefined {
    try {
      const [ms = "", ...startedAt] = (localStorage.getItem(this.#name) ?? "").split(" ");
      const at = /^\d{1,10}$/.test(ms) && startedAt.join(" ") === this.#startedAt ? Number(ms) : 0;
      return at >= EDGE_MS && at <= durationMs - EDGE_MS ? at : undefined;
    } catch {
      return undefined;
    }
  }

  write(ms: number): void {
    try {
      localStorage.setItem(this.#name, `${Math.round(ms)} ${this.#startedAt}`);
    } catch {
      // Where nothing can be kept one looks for the place himself.
    }
  }
}
