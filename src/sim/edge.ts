import { FullRooms } from "../core/tree/shape/full-rooms.ts";
import { anyLeaf, joinsOf, placeListener } from "../core/tree/shape/place.ts";
import type { NodeRef, Plan } from "../core/tree/shape/plan.ts";
import type { Region } from "../core/tree/shape/region.ts";
import type { AudienceHost } from "./audience-host.ts";
import { CALL_MS } from "./children.ts";
import type { Ground } from "./ground.ts";

/** One isolate at the edge: no state but the newest plan it has seen; what edge/memory/plan-memory.ts and edge/sound/listen.ts do. */
export class Isolate {
  readonly #ground: Ground;
  readonly #audience: AudienceHost;
  #full = new FullRooms();
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

  /** True if a join should look for a seat; else it is told to a leaf by the next that does. */
  mayKnock(wanted: Region, isBack: boolean): boolean {
    if (this.#plan === undefined) return false;
    if (this.#full.mayKnock(this.#plan.root, this.#plan.revision, this.#ground.clock.now)) return true;
    this.leaveJoins(wanted, joinsOf(isBack, isBack ? this.#ground.luck.minds() : 0));
    return false;
  }

  /** A leaf for who wants in; the first try asks some leaf even where all is full by the plan, to hear of a newer one. */
  place(wanted: Region, tried: readonly NodeRef[]): NodeRef | undefined {
    if (this.#plan === undefined) return undefined;
    const { minds } = this.#ground.luck;
    const full = this.#without(this.#plan, tried);
    return placeListener(this.#plan, wanted, minds(), full) ?? (full.length === 0 ? anyLeaf(this.#plan, wanted, minds()) : undefined);
  }

  /** Joins that a knock is to tell of, with its own. */
  takeJoins(wanted: Region, isBack: boolean): number {
    const own = joinsOf(isBack, isBack ? this.#ground.luck.minds() : 0);
    return this.#plan === undefined ? own : own + this.#full.takeUncounted(this.#plan.root, wanted);
  }

  /** Joins that no leaf was told of after all. */
  leaveJoins(wanted: Region, joins: number): void {
    if (this.#plan !== undefined && joins > 0) this.#full.leaveUncounted(this.#plan.root, wanted, joins);
  }

  foundSeat(): void {
    if (this.#plan !== undefined) this.#full.foundSeat(this.#plan.root);
  }

  leafIsFull(leaf: NodeRef): void {
    if (this.#plan !== undefined) this.#full.leafIsFull(this.#plan.root, leaf, this.#ground.clock.now);
  }

  foundFull(wanted: Region): void {
    if (this.#plan === undefined) return;
    const isSure = placeListener(this.#plan, wanted, 0, this.#without(this.#plan, [])) === undefined;
    this.#full.foundFull(this.#plan.root, this.#plan.revision, isSure, this.#ground.clock.now);
  }

  /** The platform takes the isolate away; the next one knows nothing. */
  evict(): void {
    this.#plan = undefined;
    this.#full = new FullRooms();
  }

  /** Leaves that need not be asked: those that this join has tried, and those that told others of this isolate that they are full. */
  #without(plan: Plan, tried: readonly NodeRef[]): readonly NodeRef[] {
    const full = this.#full.fullLeaves(plan.root, this.#ground.clock.now);
    return full.length === 0 ? tried : [...tried, ...full];
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
          const plan = this.#audience.look();
          clock.after(CALL_MS, () => answered(plan));
        },
      });
    });
  }
}
