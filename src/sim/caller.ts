import type { Plan } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type { Answer, Joiner } from "./calls.ts";
import type { Arrival } from "./inbox.ts";
import type { Line } from "./line.ts";
import { MS, OF, type Travellers } from "./travellers.ts";

/** Who looks after travellers. */
export type Leads = {
  readonly travellers: Travellers;
  /** He stands at the leaf, and it is his turn. */
  knocks(caller: Caller): void;
  /** What the leaf says to his knock. */
  answered(one: number, answer: Answer, plan: Plan | undefined): void;
  /** His first sound since he came, or came back, arrives at `at`. */
  sounds(one: number, at: number): void;
};

/** A traveller at a leaf's door, as the leaf sees him: no object before, and none any more once he is one of a cohort. */
export class Caller implements Joiner, Arrival {
  readonly one: number;
  readonly at: number;
  readonly line: Line | undefined;
  readonly #guide: Leads;

  /** @param line his own, where it is not like everybody's */
  constructor(guide: Leads, one: number, at: number, line?: Line) {
    this.#guide = guide;
    this.one = one;
    this.at = at;
    this.line = line;
  }

  get region(): Region {
    return this.#guide.travellers.regionOf(this.one);
  }

  get epoch(): number {
    return this.#guide.travellers.get(this.one, OF.epoch);
  }

  get sequence(): number {
    return this.#guide.travellers.get(this.one, OF.sequence);
  }

  get delayMs(): number {
    return this.#guide.travellers.ms(this.one, MS.delay);
  }

  run(): void {
    this.#guide.knocks(this);
  }

  answered(answer: Answer, plan: Plan | undefined): void {
    this.#guide.answered(this.one, answer, plan);
  }

  sounds(at: number): void {
    this.#guide.sounds(this.one, at);
  }
}
