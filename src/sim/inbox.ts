import type { Clock, Task } from "./clock.ts";

/** Something that comes to a leaf: sound on its way, or a listener who was let in and is to sit down. */
export type Arrival = Task & {
  /** It is there, and next is looked at; false if it never comes. */
  arrives?(): boolean;
};

/** The core that does a leaf's work (server.ts). */
type Core = {
  replay(task: Task, at: number, now: number): boolean;
  enqueue(task: Task): void;
};

type Come = { readonly at: number; readonly what: Arrival };

/**
 * What has come to a leaf and was not looked at yet.
 *
 * Sound for its listeners, and listeners for whom it surely has seats, are of no consequence to anybody else: so nobody waits for the very instant,
 * and a leaf lives through several of them at once, each at its own time and in their order, whenever somebody looks: before anything else happens
 * to it, and four times a second. The order of the whole evening costs a leaf's memory to be fetched anew for each; this fetches it once for some.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #core: Core;
  #come: Come[] = [];
  #isBusy = false;

  constructor(clock: Clock, core: Core) {
    this.#clock = clock;
    this.#core = core;
  }

  /** Comes at `at`: now, or later than now. */
  add(at: number, what: Arrival): void {
    const come = this.#come;
    let place = come.length;
    while (place > 0 && (come[place - 1]?.at ?? 0) > at) place--;
    if (place === come.length) come.push({ at, what });
    else come.splice(place, 0, { at, what });
  }

  /** Lives through all that has come until now. */
  catchUp(): void {
    if (this.#come.length === 0 || this.#isBusy) return;
    this.#isBusy = true;
    const { now } = this.#clock;
    let first = 0;
    for (let one = this.#come[0]; one !== undefined && one.at <= now; one = this.#come[++first]) {
      if (one.what.arrives?.() === false) continue;
      // What its core has not come to yet stands in line, like everything that comes from now on.
      if (!this.#core.replay(one.what, one.at, now)) this.#core.enqueue(one.what);
    }
    if (first > 0) this.#come.splice(0, first);
    this.#clock.resume();
    this.#isBusy = false;
  }

  /** From now on the instant matters: what is still on its way comes by itself. */
  hasten(): void {
    this.catchUp();
    const coming = this.#come;
    this.#come = [];
    for (const { at, what } of coming) this.#clock.at(at, what);
  }

  /** The leaf is dead, and what was on its way to it is lost. */
  clear(): void {
    this.#come = [];
  }
}
