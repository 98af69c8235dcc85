/** A ring's level falls by this part per frame when a voice pauses: quick to rise, calm to fall. */
const RING_FALL = 0.88;
/** A voice this loud fills the ring: −16 dBFS. */
const FULL_RMS = 0.15;
/** Below this a ring is as good as still, and is left alone. */
const STILL = 0.004;

/** Faces' rings, which follow voices. A frame changes one CSS variable of who sounds, and nothing else. */
export class Rings<Key> {
  readonly #levels = new Map<Key, number>();
  readonly #faces = new Map<Key, HTMLElement>();

  /** From here on this face follows this voice. */
  follow(key: Key, face: HTMLElement): void {
    this.#faces.set(key, face);
  }

  /** Lets go of the faces of whoever is not `wanted`. */
  keep(wanted: (key: Key) => boolean): void {
    for (const key of this.#faces.keys()) if (!wanted(key)) this.#faces.delete(key);
  }

  /** What sounds just now. @param rms full scale is 1 */
  heard(key: Key, rms: number): void {
    this.#levels.set(key, Math.max(this.#levels.get(key) ?? 0, Math.min(1, rms / FULL_RMS)));
  }

  /** Once per animation frame. */
  frame(): void {
    for (const [key, level] of this.#levels) {
      this.#faces.get(key)?.style.setProperty("--level", level < STILL ? "0" : level.toFixed(3));
      if (level < STILL) this.#levels.delete(key);
      else this.#levels.set(key, level * RING_FALL);
    }
  }
}
