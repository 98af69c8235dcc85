import type { Clock, Task } from "./clock.ts";
import type { Costs } from "./costs.ts";
import type { Inbox } from "./inbox.ts";

/**
 * One core that runs the work of an object, or of a whole process: one task after the other, each taking its virtual time.
 * So whoever is given more than he can do falls behind by himself, and minds see it as they would.
 */
export class Server implements Task {
  readonly #clock: Clock;
  /** What comes before anything else that happens here; undefined where nothing may wait. */
  inbox: Inbox | undefined;
  #queue: Task[] = [];
  #first = 0;
  #isArmed = false;
  #isBusy = false;
  #freeAt = 0;
  #spent = 0;
  #workedMs = 0;
  readonly #costs: Costs;
  #sinceCollection = 0;
  #tasks = 0;

  constructor(clock: Clock, costs: Costs) {
    this.#clock = clock;
    this.#costs = costs;
  }

  /** The instant within the running task, in ms: what is sent now leaves now. Minds see the task's beginning: a Worker's clock stands still. */
  get instant(): number {
    return this.#clock.now + this.#spent;
  }

  /** How far it is behind, in ms. */
  get behindMs(): number {
    return Math.max(0, this.#freeAt - this.#clock.now);
  }

  /** CPU that it has used, in ms. */
  get workedMs(): number {
    return this.#workedMs;
  }

  /** Tasks that it has begun. */
  get tasks(): number {
    return this.#tasks;
  }

  /** The running task takes `ms` more. */
  charge(ms: number): void {
    this.#spent += ms;
  }

  /**
   * The running task sends a message of `bytes` `times` times, up to now. Now and then the engine stops before: workerd hands bytes to sockets
   * when the task has called all sends, so a collection among them holds up every one.
   *
   * @returns what one of them costs, in ms
   */
  send(bytes: number, times: number): number {
    const { sendMs, sendKibMs, sendsPerCollection, collectionMs } = this.#costs;
    this.#sinceCollection += times;
    if (this.#sinceCollection >= sendsPerCollection) {
      this.#sinceCollection = 0;
      this.charge(collectionMs);
    }
    const costMs = sendMs + (bytes / 1_024) * sendKibMs;
    this.charge(costMs * times);
    return costMs;
  }

  /** `task` runs as soon as everything before it is done. */
  submit(task: Task): void {
    this.inbox?.catchUp();
    this.enqueue(task);
  }

  /** `task`, which came at `at`, runs as it would have run then, unless it could not have begun by `now`: then it is false. */
  replay(task: Task, at: number, now: number): boolean {
    const from = Math.max(at, this.#freeAt);
    if (this.#isArmed || this.#isBusy || from > now) return false;
    this.#clock.turnBack(from);
    this.#do(task);
    return true;
  }

  /** `task` stands in line, or runs if there is none. For the inbox only. */
  enqueue(task: Task): void {
    if (!this.#isArmed && !this.#isBusy && this.#freeAt <= this.#clock.now) return this.#do(task);
    this.#queue.push(task);
    this.#arm();
  }

  /** The clock says that it is free again. */
  run(): void {
    this.#isArmed = false;
    const task = this.#queue[this.#first++];
    if (this.#first === this.#queue.length) {
      this.#queue = [];
      this.#first = 0;
    }
    if (task !== undefined) this.#do(task);
  }

  #arm(): void {
    if (this.#isArmed || this.#isBusy) return;
    this.#isArmed = true;
    this.#clock.at(this.#freeAt, this);
  }

  #do(task: Task): void {
    this.#spent = 0;
    this.#isBusy = true;
    this.#tasks++;
    task.run();
    this.#isBusy = false;
    this.#freeAt = this.#clock.now + this.#spent;
    this.#workedMs += this.#spent;
    this.#spent = 0;
    if (this.#first < this.#queue.length) this.#arm();
  }
}
