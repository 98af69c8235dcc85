import { localTime } from "../core/ids.ts";
import { Admission } from "../core/tree/people/admission.ts";
import type { Plan } from "../core/tree/shape/plan.ts";
import type { Answer, Joiner } from "./calls.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";
import type { Moment } from "./moment.ts";

/** As in objects/tree/leaf-object.ts. */
const PARKED_MS = 1_000;

/** What is behind the door. */
export type Inside = {
  mind(): NodeMind | undefined;
  /** The mind, woken if need be, and told of a plan. */
  know(plan: Plan): NodeMind;
  /** A seat is kept. */
  reserve(): void;
  /** He takes the seat that was kept for him, and is greeted. */
  sit(joiner: Joiner, mind: NodeMind): void;
  settle(): void;
  /** From now on the instant matters at which something comes. */
  hasten(): void;
};

/** Who may come into a leaf, and when; does what objects/tree/leaf-object.ts does with upgrades. */
export class LeafDoor {
  readonly #leaf: Host;
  readonly #inside: Inside;
  readonly #admission = new Admission<Joiner>();
  #hasOddOnes = false;
  #watching: Moment | undefined;

  constructor(leaf: Host, inside: Inside) {
    this.#leaf = leaf;
    this.#inside = inside;
  }

  /** True while nobody is parked and all lines are alike: then sound changes nothing but what the leaf's own listeners hear. */
  get canWait(): boolean {
    return this.#leaf.server.inbox !== undefined && this.#inside.mind() !== undefined && this.#admission.parked === 0 && !this.#hasOddOnes;
  }

  /** Listeners who will be let in without being parked, whoever comes; 0 where that is not sure. */
  get room(): number {
    const mind = this.#inside.mind();
    if (!this.canWait || mind?.plan === undefined || !mind.isFed || mind.down.ended || !this.#leaf.isUp) return 0;
    return Math.min(mind.plan.leafListeners - mind.listeners, this.#admission.room);
  }

  /** A listener knocks: taken at once, parked for a moment, or told why not. */
  knock(joiner: Joiner, plan: Plan, joins: number): void {
    this.#leaf.requested(this.#leaf.ground.costs.turnMs);
    const mind = this.#inside.know(plan);
    mind.want(joiner.region, joins, this.#leaf.local);
    const refusal = this.#refusal(mind);
    if (refusal !== undefined) {
      this.#inside.settle();
      return joiner.answered(refusal, mind.plan);
    }
    if (this.#admission.arrive(joiner, this.#leaf.local)) return this.#admit(joiner, mind);
    this.#inside.hasten();
    this.#watchParked(mind);
  }

  /** The sound has gone out: now there is time for joins. */
  heard(mind: NodeMind): void {
    for (const joiner of this.#admission.heard(mind.down.lateMs, this.#leaf.local)) this.#admit(joiner, mind);
  }

  /** The leaf is dead: nobody answers who is parked. */
  drop(): void {
    for (const joiner of this.#admission.tick(localTime(Number.POSITIVE_INFINITY)).late) joiner.answered("unready", undefined);
  }

  #refusal(mind: NodeMind): Answer | undefined {
    if (mind.down.ended) return "ended";
    const isFull = mind.plan === undefined || mind.listeners + this.#admission.parked >= mind.plan.leafListeners;
    return isFull ? "full" : undefined;
  }

  #admit(joiner: Joiner, mind: NodeMind): void {
    if (mind.down.ended) return joiner.answered("ended", mind.plan);
    this.#inside.reserve();
    joiner.answered("taken", mind.plan);
    if (joiner.line !== undefined || joiner.watcher !== undefined) {
      this.#hasOddOnes = true;
      this.#inside.hasten();
    }
    this.#inside.sit(joiner, mind);
  }

  #watchParked(mind: NodeMind): void {
    this.#watching ??= this.#leaf.later(PARKED_MS, () => {
      this.#watching = undefined;
      const { taken, late } = this.#admission.tick(this.#leaf.local);
      for (const joiner of taken) this.#admit(joiner, mind);
      for (const joiner of late) joiner.answered("busy", mind.plan);
      if (this.#admission.parked > 0) this.#watchParked(mind);
    });
  }
}
