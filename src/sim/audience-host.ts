import type { RoomId } from "../core/ids.ts";
import {
  type Adoption,
  type Audience,
  type Claimed,
  decideAudience,
  type Moved,
  NO_AUDIENCE,
  type RoomSummary,
} from "../core/tree/shape/audience.ts";
import type { Plan } from "../core/tree/shape/plan.ts";
import type { Ground } from "./ground.ts";
import { Host } from "./host.ts";

/** The audience's object: does what objects/tree/audience-object.ts does. Its state is storage, and outlives every death. */
export class AudienceHost extends Host {
  #state: Audience<RoomSummary> = NO_AUDIENCE;
  #planted: Plan;
  #looks = 0;

  constructor(ground: Ground, region: string, plan: Plan) {
    super(ground, "audience", `${plan.audience} (audience)`, region);
    this.#planted = plan;
    this.#state = decideAudience(this.#state, { type: "open", known: { plan, summary: { room: plan.root, phase: "quiet" } } }).audience;
  }

  get plan(): Plan {
    return this.#state.known?.plan ?? this.#planted;
  }

  /** Times that a cold edge asked what it knows. */
  get looks(): number {
    return this.#looks;
  }

  /** Somebody asks who feeds this audience, and by which plan. */
  look(): Plan {
    this.#looks++;
    return this.plan;
  }

  claim(root: RoomId): Claimed | Moved | undefined {
    const { audience, answer } = decideAudience(this.#state, { type: "claim", root });
    this.#state = audience;
    return typeof answer === "object" ? answer : undefined;
  }

  /** A root tells what changed. Who feeds instead, if it does not any more. */
  note(plan: Plan, phase: string): Moved | undefined {
    const { audience, answer } = decideAudience(this.#state, { type: "note", known: { plan, summary: { room: plan.root, phase } } });
    this.#state = audience;
    return typeof answer === "object" && "moved" in answer ? answer : undefined;
  }

  /** A successor takes the audience over. */
  adopt(adoption: Adoption<RoomSummary>): Claimed | Moved | undefined {
    const { audience, answer } = decideAudience(this.#state, { type: "adopt", adoption });
    this.#state = audience;
    return typeof answer === "object" ? answer : undefined;
  }
}
