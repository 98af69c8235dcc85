/** What was muted or unmuted here stands for so long, in ms, before the room's own word is taken for newer. */
const SETTLES_MS = 2_000;

/**
 * Whose word on the mute stands: what was clicked here, or what the room says. Muted by somebody else is muted here too; nobody else opens a
 * microphone that its owner shut. Knows no clock.
 */
export class MuteRule {
  #clickedAt = Number.NEGATIVE_INFINITY;
  #lostAt = Number.NEGATIVE_INFINITY;

  /** Muted or unmuted here, by hand. */
  clicked(now: number): void {
    this.#clickedAt = now;
  }

  /** The line was lost. */
  lost(now: number): void {
    this.#lostAt = now;
  }

  /** True if somebody else has muted this speaker. @param inRoom what the room says @param here what holds here */
  isByOther(inRoom: boolean, here: boolean, now: number): boolean {
    return inRoom && !here && now - this.#clickedAt > SETTLES_MS;
  }

  /**
   * What holds on a new connection. A mute of before stands, whoever made it, until it is lifted here: what was clicked while the line was lost
   * is newer.
   *
   * @param inRoom what the room has kept @param isLocked who runs the room holds him muted @param here what held here @param goesOn he was on
   * stage here before: a page that was only opened knows nothing of his mute
   */
  onReturn(inRoom: boolean, isLocked: boolean, here: boolean, goesOn: boolean): boolean {
    if (isLocked) return true;
    return this.#clickedAt > this.#lostAt ? here : inRoom || (goesOn && here);
  }
}
