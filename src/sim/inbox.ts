import type { Clock, Task } from "./clock.ts";

/** Something that comes to a leaf at an instant: sound on its way, or a listener who knocks. */
export type Arrival = Task & {
  readonly at: number;
  /** It is there, and next is looked at; false if it never comes. */
  arrives?(): boolean;
};

/** The core that does a leaf's work (server.ts). */
type Core = {
  replay(task: Task, at: number, now: number): boolean;
  enqueue(task: Task): void;
};

/** From where things come that nobody has put here yet. */
export type Sources = {
  /** To be put here: all that has come by `now`, and what is still on its way if that is as easy. */
  fetch(now: number): void;
  /** All was lived through. */
  done(): void;
};

/**
 * What has come to a leaf and was not looked at yet.
 *
 * Sound for its listeners, and listeners for whom it surely has seats, are of no consequence to anybody else: so nobody waits for the very instant,
 * and a leaf lives through many of them at once, each at its own time and in their order, whenever somebody looks: before anything else happens
 * to it, and twice a second. The order of the whole evening costs a leaf's memory to be fetched anew for each; this fetches it once for many.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #core: Core;
  readonly #sources: Sources;
  #come: Arrival[] = [];
  #isBusy = false;
  #isHasty = false;

  constructor(clock: Clock, core: Core, sources: Sources) {
    this.#clock = clock;
    this.#core = core;
    this.#sources = sources;
  }

  /** True while it lives through what has come. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Comes when it says that it comes. */
  add(what: Arrival): void {
    const come = this.#come;
    let place = come.length;
    come.push(what);
    for (; place > 0; place--) {
      const before = come[place - 1];
      if (before === undefined || before.at <= what.at) break;
      come[place] = before;
    }
    come[place] = what;
  }

  /** Lives through all that has come until now. */
  catchUp(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    const { now } = this.#clock;
    this.#sources.fetch(now);
    const come = this.#come;
    let first = 0;
    for (let one = come[0]; one !== undefined && one.at <= now; one = come[++first]) {
      if (one.arrives?.() === false) continue;
      // What its core has not come to yet stands in line, like everything that comes from now on.
      if (!this.#core.replay(one, one.at, now)) this.#core.enqueue(one);
    }
    if (first === come.length) come.length = 0;
    else if (first > 0) this.#come = come.slice(first);
    this.#clock.resume();
    this.#isBusy = false;
    if (this.#isHasty) this.#release();
    this.#sources.done();
  }

  /** From now on the instant matters: what is still on its way comes by itself. */
  hasten(): void {
    this.#isHasty = true;
    this.catchUp();
    if (this.#isHasty && !this.#isBusy) this.#release();
  }

  #release(): void {
    this.#isHasty = false;
    const coming = this.#come;
    this.#come = [];
    for (const one of coming) this.#clock.at(one.at, one);
  }

  /** The leaf is dead, and what was on its way to it is lost. */
  clear(): void {
    this.#come = [];
  }
}
