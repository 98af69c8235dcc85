/** Where the room's timeline stands for what is said here, from pings and their answers. Knows no clock. */
export class RoomClock {
  readonly #sentAt = new Map<number, number>();
  #aheadMs: number | undefined;

  /** A ping goes out. @param now by this page's clock, in ms */
  sent(id: number, now: number): void {
    this.#sentAt.set(id, now);
  }

  /** Its answer came. @param roomTimeMs when the ping arrived, by the room's timeline; 0 while there is none */
  answered(id: number, roomTimeMs: number): void {
    const sentAt = this.#sentAt.get(id);
    for (const older of this.#sentAt.keys()) if (older <= id) this.#sentAt.delete(older);
    if (sentAt !== undefined && roomTimeMs > 0) this.#aheadMs = roomTimeMs - sentAt;
  }

  /** The line was lost, and the room's timeline may be another: nothing is known any more. */
  forget(): void {
    this.#sentAt.clear();
    this.#aheadMs = undefined;
  }

  /**
   * Where on the room's timeline, in ms, stands what was said at an instant of this page's clock; undefined while nobody knows. What is said now
   * takes the way that a ping takes, and gets its place when it arrives: so no half of a round trip has to be guessed.
   */
  at(localMs: number): number | undefined {
    return this.#aheadMs === undefined ? undefined : Math.max(0, Math.round(localMs + this.#aheadMs));
  }
}
