/** Keeps the screen on while wanted, where the browser can: phones that lock take the microphone away. */
export class WakeLock {
  #wanted = false;
  #asking = false;
  #lock: WakeLockSentinel | undefined;

  constructor() {
    // The browser lets go of it whenever the page is hidden.
    document.addEventListener("visibilitychange", () => void this.#follow());
  }

  set wanted(wanted: boolean) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    void this.#follow();
  }

  async #follow(): Promise<void> {
    if (this.#asking || !("wakeLock" in navigator)) return;
    if (!this.#wanted) {
      const lock = this.#lock;
      this.#lock = undefined;
      return lock?.release().catch(() => undefined);
    }
    if (document.visibilityState !== "visible" || this.#lock?.released === false) return;
    this.#asking = true;
    // Refused on an empty battery, for one: the show goes on, and the screen may go off.
    this.#lock = await navigator.wakeLock.request("screen").catch(() => undefined);
    this.#asking = false;
    if (!this.#wanted) await this.#follow();
  }
}
