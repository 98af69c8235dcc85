import type { RoomId } from "../core/ids.ts";
import type { Plan } from "../core/tree/plan.ts";
import type { Ground } from "./ground.ts";
import { Host } from "./host.ts";

export type Claim = { readonly epoch: number; readonly plan: Plan } | { readonly moved: RoomId };

/** The audience's object: does what objects/audience-object.ts does. Its state is storage, and outlives every death. */
export class AudienceHost extends Host {
  #plan: Plan;
  #epoch = 0;
  #looks = 0;

  constructor(ground: Ground, region: string, plan: Plan) {
    super(ground, "audience", `${plan.audience} (audience)`, region);
    this.#plan = plan;
  }

  get plan(): Plan {
    return this.#plan;
  }

  /** Times that a cold edge asked what it knows. */
  get looks(): number {
    return this.#looks;
  }

  /** A cold edge asks. */
  look(): Plan {
    this.requested();
    this.#looks++;
    return this.#plan;
  }

  /** The root tells what changed. */
  note(plan: Plan): void {
    if (plan.root === this.#plan.root && plan.revision > this.#plan.revision) this.#plan = plan;
  }

  claim(root: RoomId, reply: (claim: Claim) => void): void {
    if (this.#plan.root !== root) return reply({ moved: this.#plan.root });
    reply({ epoch: ++this.#epoch, plan: this.#plan });
  }
}
