import type { Downstream } from "../down/downstream.ts";
import type { NodeSettings } from "../node-effect.ts";
import type { OwnFigures } from "./census.ts";

/** Who listens at this node itself: at a leaf its links, at a radio whom its body holds by other means, at a relay nobody. */
export class Own {
  /** True of a leaf: who hangs below are people. */
  readonly isLeaf: boolean;
  readonly #listeners: (() => number) | undefined;
  readonly #hearing: () => number;
  readonly #down: Pick<Downstream<unknown>, "size" | "stride" | "lateMs" | "slow">;

  /** @param hearing those at a leaf's links whose players say that sound comes out */
  constructor(
    { below, serving, held }: Pick<NodeSettings, "below" | "serving" | "held">,
    down: Pick<Downstream<unknown>, "size" | "stride" | "lateMs" | "slow">,
    hearing: () => number,
  ) {
    this.isLeaf = below === "listeners";
    this.#down = down;
    this.#listeners = this.isLeaf ? (serving?.listeners ?? (() => down.size)) : held;
    this.#hearing = serving?.hearing ?? held ?? hearing;
  }

  /** Undefined at a relay. */
  get listeners(): number | undefined {
    return this.#listeners?.();
  }

  get hearing(): number {
    return this.#hearing();
  }

  /** What is reported of them. */
  get figures(): OwnFigures | undefined {
    const { listeners, hearing } = this;
    const { stride, lateMs, slow } = this.#down;
    return listeners === undefined ? undefined : { listeners, hearing, stride, lateMs, slow };
  }
}
