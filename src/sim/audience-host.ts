import type { RoomId } from "../core/ids.ts";
import {
  type Audience,
  type AudienceAnswer,
  type AudienceEvent,
  type Claimed,
  decideAudience,
  type Moved,
  NO_AUDIENCE,
  type RoomSummary,
} from "../core/tree/audience.ts";
import type { Plan } from "../core/tree/plan.ts";
import type { Ground } from "./ground.ts";
import { Host } from "./host.ts";

export type Claim = Claimed | Moved;

/** The audience's object: the mind of core, as objects/audience-object.ts does it. Its state is storage, and outlives every death. */
export class AudienceHost extends Host {
  #audience: Audience<RoomSummary>;
  #plan: Plan;
  #looks = 0;

  constructor(ground: Ground, region: string, plan: Plan) {
    super(ground, "audience", `${plan.audience} (audience)`, region);
    this.#plan = plan;
    this.#audience = { ...NO_AUDIENCE, known: knownOf(plan) };
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
    this.#decide({ type: "note", known: knownOf(plan) });
  }

  claim(root: RoomId, reply: (claim: Claim) => void): void {
    const answer = this.#decide({ type: "claim", root });
    if (typeof answer === "object") reply(answer);
  }

  #decide(event: AudienceEvent<RoomSummary>): AudienceAnswer {
    const { audience, answer } = decideAudience(this.#audience, event);
    this.#audience = audience;
    this.#plan = audience.known?.plan ?? this.#plan;
    return answer;
  }
}

function knownOf(plan: Plan) {
  return { plan, summary: { room: plan.root, phase: "quiet" } };
}
