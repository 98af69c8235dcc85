/** Something that happens at an instant of virtual time. */
export type Task = { run(): void };

/** One entry: when, what, and which of two at the same instant comes first. */
class Due {
  readonly at: number;
  readonly order: number;
  readonly task: Task;

  constructor(at: number, order: number, task: Task) {
    this.at = at;
    this.order = order;
    this.task = task;
  }
}

/** Slots of 1 ms that the wheel has; what is due later waits in a heap. A power of two, so that a slot is a mask away. */
const SLOTS = 65_536;

/**
 * Virtual time: the queue of all that will happen, in order of time, and of asking where times are equal.
 *
 * A wheel of 1 ms slots before a heap: a million returns that wait for their turn cost a push each, and only what is due within this very
 * millisecond is ever sorted.
 */
export class Clock {
  #now = 0;
  /** Set while something is lived through late: how late it really is. */
  #present: number | undefined;
  #slot = 0;
  #orders = 0;
  #waiting = 0;
  readonly #near = new Heap();
  readonly #far = new Heap();
  readonly #wheel: (Due[] | undefined)[] = new Array<Due[] | undefined>(SLOTS).fill(undefined);

  /** Virtual time since the evening began, in ms, with fractions. */
  get now(): number {
    return this.#now;
  }

  /** Things that have happened. */
  get happened(): number {
    return this.#orders - this.#waiting;
  }

  /** `task` runs at `at`; at once, but after what is due already, if that has passed. */
  at(at: number, task: Task): void {
    const due = new Due(Math.max(at, this.#present ?? this.#now), ++this.#orders, task);
    this.#waiting++;
    const slot = Math.floor(due.at);
    if (slot <= this.#slot) this.#near.push(due);
    else if (slot - this.#slot < SLOTS) this.#place(slot, due);
    else this.#far.push(due);
  }

  /** What happens until `resume` happens as if it were still `at`; what it asks for happens from now on. */
  turnBack(at: number): void {
    this.#present ??= this.#now;
    this.#now = at;
  }

  /** It is now again. */
  resume(): void {
    this.#now = this.#present ?? this.#now;
    this.#present = undefined;
  }

  /** `action` runs after `ms`, unless it is called off. */
  after(ms: number, action: () => void): Timer {
    const timer = new Timer(action);
    this.at(this.#now + ms, timer);
    return timer;
  }

  /** Lets time pass until `until`; everything that is due before or at it has happened then. */
  play(until: number): void {
    for (;;) {
      const next = this.#near.top;
      if (next !== undefined) {
        if (next.at > until) break;
        this.#near.pop();
        this.#waiting--;
        this.#now = next.at;
        next.task.run();
      } else if (this.#slot < until) this.#turn();
      else break;
    }
    this.#now = until;
  }

  /** On to the next slot. */
  #turn(): void {
    this.#slot++;
    const at = this.#slot & (SLOTS - 1);
    const dues = this.#wheel[at];
    if (dues !== undefined) {
      this.#wheel[at] = undefined;
      for (const due of dues) this.#near.push(due);
    }
    for (let far = this.#far.top; far !== undefined && far.at < this.#slot + SLOTS - 1; far = this.#far.top) {
      this.#far.pop();
      const slot = Math.floor(far.at);
      if (slot <= this.#slot) this.#near.push(far);
      else this.#place(slot, far);
    }
  }

  #place(slot: number, due: Due): void {
    const at = slot & (SLOTS - 1);
    const dues = this.#wheel[at];
    if (dues === undefined) this.#wheel[at] = [due];
    else dues.push(due);
  }
}

/** A task that can be called off. */
export class Timer implements Task {
  #action: (() => void) | undefined;

  constructor(action: () => void) {
    this.#action = action;
  }

  run(): void {
    const action = this.#action;
    this.#action = undefined;
    action?.();
  }

  cancel(): void {
    this.#action = undefined;
  }
}

/** A binary heap by (at, order). */
class Heap {
  readonly #dues: Due[] = [];

  get top(): Due | undefined {
    return this.#dues[0];
  }

  push(due: Due): void {
    const dues = this.#dues;
    let index = dues.length;
    dues.push(due);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = dues[above];
      if (parent === undefined || !isBefore(due, parent)) break;
      dues[index] = parent;
      index = above;
    }
    dues[index] = due;
  }

  pop(): void {
    const dues = this.#dues;
    const last = dues.pop();
    if (last === undefined || dues.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = dues[below];
      if (child === undefined) break;
      const right = dues[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        below++;
      }
      if (!isBefore(child, last)) break;
      dues[index] = child;
      index = below;
    }
    dues[index] = last;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
