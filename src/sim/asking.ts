import { type NodeRef, type Plan, parentName } from "../core/tree/shape/plan.ts";
import type { AttachAnswer, Directory } from "./calls.ts";
import { CALL_MS } from "./children.ts";
import type { Host } from "./host.ts";
import type { NodeMind } from "./minds.ts";

/** As in objects/tree/node-body.ts. */
const ANSWER_MS = 3_000;
const LOOK_MS = 2_000;

/** What becomes of an answer. */
export type Answers = {
  mind(): NodeMind | undefined;
  /** Nobody dials: the mind is told. */
  unanswered(mind: NodeMind, ask: number): void;
  learn(plan: Plan): void;
  settle(): void;
};

/** A node's questions to those who may feed it; does what objects/tree/node-body.ts does. */
export class Asking {
  readonly #host: Host;
  readonly #node: NodeRef;
  readonly #directory: Directory;
  readonly #answers: Answers;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(host: Host, node: NodeRef, directory: Directory, answers: Answers) {
    this.#host = host;
    this.#node = node;
    this.#directory = directory;
    this.#answers = answers;
  }

  /** Whom the mind says now that question `ask` is for, is asked to dial. */
  ask(ask: number): void {
    const question = this.#answers.mind()?.question(ask);
    if (question === undefined) return;
    const { parent, plan, from } = question;
    const host = this.#directory.parent(parent);
    let isDone = false;
    const answered = (answer: AttachAnswer | undefined) => {
      const mind = this.#answers.mind();
      if (isDone || mind === undefined) return;
      isDone = true;
      late.cancel();
      if (answer?.dialed === true) return;
      this.#answers.unanswered(mind, ask);
      if (answer?.plan !== undefined) this.#answers.learn(answer.plan);
      else if (parent.kind === "root") this.#askAudience();
      this.#answers.settle();
    };
    const late = this.#host.later(ANSWER_MS, () => answered(undefined));
    this.#host.ask<AttachAnswer>(
      host,
      CALL_MS,
      (reply) => host.attach({ node: this.#node, from, plan, parent: parentName(parent) }, reply),
      answered,
    );
  }

  /** A root that does not feed may have been replaced, and may be past saying so: the audience knows who feeds now. */
  #askAudience(): void {
    const { now } = this.#host.ground.clock;
    if (now - this.#lookedAt < LOOK_MS) return;
    this.#lookedAt = now;
    const { audience } = this.#directory;
    this.#host.ask<Plan>(
      audience,
      CALL_MS,
      (reply) => reply(audience.look()),
      (plan) => (plan === undefined ? undefined : this.#answers.learn(plan)),
    );
  }
}
