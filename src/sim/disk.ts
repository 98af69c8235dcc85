import type { Saved } from "../core/tree/saved.ts";

/** An unconfirmed write is on disk after so long, in ms; a death before loses it. Assumed. */
const WRITE_MS = 20;

type Written = { readonly saved: Saved; readonly at: number };

/** A node's storage, which outlives its deaths. */
export class Disk {
  #written: readonly Written[] = [];

  /** What was written last. */
  get saved(): Saved | undefined {
    return this.#written.at(-1)?.saved;
  }

  write(saved: Saved, now: number): void {
    const durable = this.#written.findLastIndex(({ at }) => at <= now);
    this.#written = [...this.#written.slice(Math.max(0, durable)), { saved, at: now + WRITE_MS }];
  }

  /** The object dies: what is not on disk yet is lost. */
  lose(now: number): void {
    this.#written = this.#written.filter(({ at }) => at <= now);
  }
}
