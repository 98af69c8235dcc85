/** FNV-1a's start and factor, 32 bits (Fowler, Noll, Vo). */
const START = 0x811c_9dc5;
const FACTOR = 0x0100_0193;

/** A running hash of what is played, so that it can be compared with what was said: a few kB a second, cheap enough to be always there. */
export class HeardHash {
  #hash = START;
  chunks = 0;

  /** A new line starts. */
  begin(): void {
    this.#hash = START;
    this.chunks = 0;
  }

  add(bytes: Uint8Array): void {
    this.chunks++;
    let hash = this.#hash;
    for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FACTOR);
    this.#hash = hash;
  }

  /** Eight hexadecimal digits. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }
}
