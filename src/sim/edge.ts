import { placeListener } from "../core/tree/place.ts";
import type { NodeRef, Plan } from "../core/tree/plan.ts";
import type { Region } from "../core/tree/region.ts";
import type { AudienceHost } from "./audience-host.ts";
import { CALL_MS } from "./children.ts";
import type { Ground } from "./ground.ts";

/** One isolate at the edge: no state but the newest plan it has seen; what edge/plan-memory.ts and edge/listen.ts do. */
export class Isolate {
  readonly #ground: Ground;
  readonly #audience: AudienceHost;
  #plan: Plan | undefined;
  #waiting: ((plan: Plan | undefined) => void)[] = [];

  constructor(ground: Ground, audience: AudienceHost) {
    this.#ground = ground;
    this.#audience = audience;
  }

  /** The newest plan it knows. */
  get plan(): Plan | undefined {
    return this.#plan;
  }

  /** Calls `known` with the plan: at once, or when the audience's object has answered. Who waits, waits for one question together. */
  know(known: (plan: Plan | undefined) => void): void {
    if (this.#plan !== undefined) return known(this.#plan);
    this.#waiting.push(known);
    if (this.#waiting.length === 1) this.#look();
  }

  /** What a leaf's answer tells of the plan. */
  learn(plan: Plan | undefined): void {
    if (plan !== undefined && plan.revision > (this.#plan?.revision ?? 0)) this.#plan = plan;
  }

  /** A leaf for who wants in. */
  place(wanted: Region, tried: readonly NodeRef[]): NodeRef | undefined {
    return this.#plan === undefined ? undefined : placeListener(this.#plan, wanted, this.#ground.luck.minds(), tried);
  }

  /** The platform takes the isolate away; the next one knows nothing. */
  evict(): void {
    this.#plan = undefined;
  }

  #look(): void {
    const { clock } = this.#ground;
    const answered = (plan: Plan | undefined) => {
      this.learn(plan);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const known of waiting) known(this.#plan);
    };
    clock.after(CALL_MS, () => {
      if (!this.#audience.isUp) return void clock.after(CALL_MS, () => answered(undefined));
      this.#audience.server.submit({
        run: () => {
          this.#audience.requested();
          clock.after(CALL_MS, () => answered(this.#audience.plan));
        },
      });
    });
  }
}
