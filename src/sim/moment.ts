import type { Arrival } from "./inbox.ts";

/** Whose timer it is. */
type Owner = {
  readonly life: number;
  readonly server: { submit(task: Arrival): void; charge(ms: number): void };
  readonly ground: { readonly costs: { readonly timerMs: number } };
};

/** A timer of an object, in one life of it: when its time has come, it stands in line for the object's core; it can be called off. */
export class Moment implements Arrival {
  readonly at: number;
  readonly #owner: Owner;
  readonly #life: number;
  #action: (() => void) | undefined;
  #hasArrived = false;

  constructor(owner: Owner, at: number, action: () => void) {
    this.at = at;
    this.#owner = owner;
    this.#life = owner.life;
    this.#action = action;
  }

  arrives(): boolean {
    this.#hasArrived = true;
    return this.#action !== undefined && this.#owner.life === this.#life;
  }

  run(): void {
    if (!this.#hasArrived) {
      if (this.arrives()) this.#owner.server.submit(this);
      return;
    }
    const action = this.#action;
    this.#action = undefined;
    if (action === undefined || this.#owner.life !== this.#life) return;
    this.#owner.server.charge(this.#owner.ground.costs.timerMs);
    action();
  }

  cancel(): void {
    this.#action = undefined;
  }
}
