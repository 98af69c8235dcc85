import type { Position } from "../../audio/position.ts";
import { type Plan, segmentsPath } from "../shape/plan.ts";
import type { Feed } from "./feed.ts";
import { formatStatus } from "./greeting.ts";
import type { States } from "./states.ts";
import type { Texts } from "./texts.ts";

/** A welcome, and all that it depends on. */
type LastWelcome = {
  readonly newest: Position;
  readonly forAll: readonly string[];
  readonly stride: number;
  readonly plan: Plan | undefined;
  readonly text: string;
};

/** Writes the first text of every listener; once for all who come between two chunks: in a storm they are hundreds. */
export class Welcomes {
  readonly #acks: boolean;
  readonly #texts: Texts;
  #last: LastWelcome | undefined;

  /** @param acks true where players are asked to acknowledge new sound */
  constructor(acks: boolean, texts: Texts) {
    this.#acks = acks;
    this.#texts = texts;
  }

  /** The newest of every state, where the sound stands, how it is served (if not at stride 1), and where segments are. */
  text({ newest, endsMs }: Feed, states: States, stride: number, plan: Plan | undefined): string {
    const forAll = states.forAll();
    const last = this.#last;
    if (last?.newest === newest && last.forAll === forAll && last.stride === stride && last.plan === plan) return last.text;
    const segments = plan === undefined ? undefined : segmentsPath(plan);
    const told = stride === 1 ? forAll : [...forAll, formatStatus(stride, endsMs)];
    const text = this.#texts.welcome(told, states.revision, endsMs, newest, { acks: this.#acks, segments });
    this.#last = { newest, forAll, stride, plan, text };
    return text;
  }
}
