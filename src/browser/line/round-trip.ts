/** How long the line takes there and back, from pings that may still be under way. Knows no clock. */
export class RoundTrip {
  readonly #sentAt = new Map<number, number>();
  #id = 0;
  #lastMs: number | undefined;

  /** A ping goes out at `now`; the number that its answer must bear. */
  sent(now: number): number {
    this.#sentAt.set(++this.#id, now);
    return this.#id;
  }

  /** An answer came. One that was not asked for says nothing. */
  answered(id: number, now: number): void {
    const sentAt = this.#sentAt.get(id);
    if (sentAt === undefined) return;
    this.#lastMs = now - sentAt;
    // Answers come in order: what was asked before this one is answered by nothing any more.
    for (const older of this.#sentAt.keys()) if (older <= id) this.#sentAt.delete(older);
  }

  /** In ms: the newest answer's, or how long the oldest unanswered ping has waited, if that is worse; nothing before any answer. */
  ms(now: number): number | undefined {
    if (this.#lastMs === undefined) return undefined;
    const oldest = this.#sentAt.values().next().value ?? now;
    return Math.round(Math.max(this.#lastMs, now - oldest));
  }

  /** The line was lost: nothing of it is left to be answered. */
  forget(): void {
    this.#sentAt.clear();
    this.#lastMs = undefined;
  }
}
