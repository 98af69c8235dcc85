import type { Host } from "./host.ts";

/** As in objects/room/root/root.ts. */
const DOUBT_MS = 1_000;

/** Set while it is doubtful whether a room still feeds its audience: nobody is fed until the audience has answered, or for a second. */
export class Doubt {
  readonly #host: Host;
  #waiting: (() => void)[] | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Another root may feed the audience. @param ask asks who does, and calls when that is known */
  begin(ask: (known: () => void) => void): void {
    if (this.#waiting !== undefined) return;
    this.#waiting = [];
    ask(() => this.#end());
    this.#host.later(DOUBT_MS, () => this.#end());
  }

  /** `go` at once, or when all is sure. */
  whenSure(go: () => void): void {
    if (this.#waiting === undefined) go();
    else this.#waiting.push(go);
  }

  /** The object dies: who waits, waits in vain. */
  forget(): void {
    this.#waiting = undefined;
  }

  #end(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const go of waiting) go();
  }
}
